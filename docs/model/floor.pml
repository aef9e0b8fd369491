/*
 * The floor under faults: mesh rules 1 to 7 (../rules.md), one slot, two homes that both want to speak. See ../model.md.
 *
 * One process takes one step of one node at a time. Messages lie in bags, one for each direction of an edge: they overtake
 * each other, arrive once or never, and a full bag may lose any. Leases have no clock: a claim of a home dies, oldest
 * first, whenever it likes; whoever remembers the lease that answered it may forget it only then (mesh rule 3's order:
 * holder, hops, granter).
 *
 * Switches: a tree (CHAIN, FORK, SIDE, TRIANGLE, REHOME), FAULTS=n, RESTART, DEATH, BREAKAWAY, OFFERED, WITHDRAW, CHAIR,
 * and the mutants NO_FENCE, NO_WAIT, NO_FREEZE, NO_CLEAN, NO_RELEASE_NAME, NO_OFFER_NUMBER, OUTWAITED_NAMED,
 * NO_VIA, NO_WAY, CLAIMS_KEPT.
 */
#ifndef FAULTS
#define FAULTS 2
#endif
#ifndef CAP
#define CAP 2
#endif
#include "trees.pml"

/* One end of an edge: out of the session, about to be up in it, up. A new session begins when both ends are out. */
#define OUT 0
#define READY 1
#define UP 2

/* A node towards its parent. A node that is not ATTACHED is the crown of what is attached below it. */
#define NONE 0
#define FREEZING 1
#define ASKING 2
#define ATTACHED 3

/* A crown's slot: FREE, or one of these plus the home (0 or 1). */
#define FREE 0
#define OFFER_TO 1
#define LEASE_TO 3
#define REVOKE_OF 5

/* Messages, by direction. A message is kind * 32 + content * 4 + attach number. */
#define ATTACH 1
#define DETACH 2
#define CLAIM 3
#define RELEASE 4       /* with a claim of its home, or 0: the offered holder; or PASSED: a hop's word about just that lease */
#define STANDING 5      /* that claim, on its way from a hop to the crown */

#define PASSED 3

#define ACK 1
#define OFFER 2
#define LEASE 3
#define REVOKE 4

byte end[2 * E];        /* 2e: the child's, 2e+1: the parent's end of edge e */
byte number[E];         /* the child's attach number in this session */
byte child[E];          /* the number under which the parent holds the child attached; 0: it does not */
byte uplink[N];
byte via[N];            /* the edge that `uplink` speaks of */
byte slot[N];
byte memory[2 * N];     /* of home h at node n: 0 nothing, 1 a lease that is dead, 1 + k one that dies with claim k */
bool older[2 * N];       /* that lease is of a grant before the home's newest */
byte latest[N];         /* whose lease went through last */
#ifdef MOVER
byte went[2 * N];       /* the edge by which it went on, plus one; elsewhere only one leads to a home */
bit way;                /* of two edges that may lead to a home, the one that the views at the top say */
#endif
byte cleaned[N];        /* what `Attach` will say: 0, or home * 4 + 1 (its gate is closed) + the claim it gave along */
byte claims[2];         /* live claims of a home, 1 the oldest */
byte gate[2];           /* the claim under which it is open; 0: closed */
bool asked[2];          /* the home has a live request */
byte bag[2 * E * CAP];
byte faults;
byte spare;             /* withdrawals and break-aways left */
bool away;              /* the node BREAKER has broken away */
byte dead;              /* a node that will not come back, plus one */

byte cur;               /* what the next step is about; 0 between steps */
byte i, j, n, e, d, h, k, kind, x, num, from, given, top0, top1, tmp;

#define slotHome(n) (1 - (slot[n] & 1))
#define isCrown(n) (uplink[n] != ATTACHED)
#define isFrozen(n) (uplink[n] == FREEZING || uplink[n] == ASKING)
#define remembersNone(n) (memory[2 * (n)] == 0 && memory[2 * (n) + 1] == 0)
/* Both ends hold the same session and number. */
#define isJoined(e) (uplink[CHILD(e)] == ATTACHED && via[CHILD(e)] == e && child[e] == number[e] && end[2 * (e)] == UP && end[2 * (e) + 1] == UP)

/* Rule 1. */
#ifdef NO_FENCE
#define FENCE(c) true
#else
#define FENCE(c) (c)
#endif

/* Rule 6. */
#ifdef NO_FREEZE
#define mayGrant(n) isCrown(n)
#else
#define mayGrant(n) (uplink[n] == NONE)
#endif

/* Rule 6: Attach names the leases whose homes said that their gate is closed; of one that was outwaited a renewal may be on the way. */
#ifdef OUTWAITED_NAMED
#define isNamed(n, h) (!older[2 * (n) + (h)])
#else
#define isNamed(n, h) (HOME(h) == n && !older[2 * (n) + (h)])
#endif

/* Rule 4. */
#ifdef NO_WAIT
#define isFree(n) (slot[n] == FREE || slot[n] >= LEASE_TO)
#else
#define isFree(n) (slot[n] == FREE && remembersNone(n))
#endif

/* Of two edges that may lead to home h, this is the one. */
#ifdef MOVER
#define IS_WAY(e, h) (!leadsTo(E - 1, h) || ((e) != FORKS && (e) != E - 1) || (e) == (way -> E - 1 : FORKS))
#else
#define IS_WAY(e, h) true
#endif

/* Only from there a claim is answered, and a lease that runs on goes where it went. */
#if defined(NO_WAY) || !defined(MOVER)
#define MAY_CLAIM(e, h) true
#define GOES_ON(n, x, h) true
#else
#define MAY_CLAIM(e, h) IS_WAY(e, h)
#define GOES_ON(n, x, h) (HOME(h) == (n) || memory[2 * (n) + (h)] == 0 || older[2 * (n) + (h)] != (((x) & OLDER) != 0) || \
        went[2 * (n) + (h)] == ahead(n, h))
#endif

/* The lease of home h went on from n to that child alone. */
#ifdef NO_VIA
#define WENT(n, h, e) leadsTo(e, h)
#elif defined(MOVER)
#define WENT(n, h, e) (went[2 * (n) + (h)] == (e) + 1)
#else
#define WENT(n, h, e) leadsTo(e, h)
#endif

/* Everything is attached along the declared edges, the backup is up and waits, nobody speaks. */
inline start() {
    i = 0;
    do
    :: i < E ->
        end[2 * i] = UP; end[2 * i + 1] = UP;
        if
        :: i + 1 < N -> child[i] = 1; number[i] = 1; uplink[i + 1] = ATTACHED; via[i + 1] = i
        :: else
        fi;
        i++
    :: else -> break
    od;
    i = 0;
    asked[0] = true; asked[1] = true;
    spare = SPARE
}

/* ---- bags, kept sorted so that equal contents are equal states ---- */

inline put(D, V) {
    tmp = V;
    if
    :: bag[(D) * CAP + CAP - 1] == 0 ->
        j = (D) * CAP;
        do
        :: j < (D) * CAP + CAP ->
            if
            :: bag[j] < tmp -> k = bag[j]; bag[j] = tmp; tmp = k
            :: else
            fi;
            j++
        :: else -> break
        od;
        j = 0; k = 0
    :: else
    fi;
    tmp = 0
}

inline take(I) {
    j = I;
    do
    :: (j % CAP) < CAP - 1 -> bag[j] = bag[j + 1]; j++
    :: else -> bag[j] = 0; break
    od;
    j = 0
}

/* Messages towards an end that has left the session: the fence will never let them pass (mesh rule 1). */
inline discard(D) {
#ifndef NO_FENCE
    j = (D) * CAP;
    do
    :: j < (D) * CAP + CAP -> bag[j] = 0; j++
    :: else -> break
    od;
    j = 0
#else
    skip
#endif
}

/* What a claim says beside its number. */
#define RENEWS 0
#define TAKES_OFFER 2
#ifdef NO_OFFER_NUMBER
#define IF_TAKES(x) true
#define IF_RENEWS(x) true
#else
#define IF_TAKES(x) ((x) == TAKES_OFFER)
#define IF_RENEWS(x) ((x) == RENEWS)
#endif

/* What a lease says beside its claim's number. */
#define OLDER 2

#define kindOf(v) ((v) >> 5)
#define contentOf(v) (((v) >> 2) & 7)
/* Attach, or what it will say, speaks of home h. */
#define saysOf(x, h) (((x) & 3) != 0 && (x) >> 2 == (h))
#define homeOf(v) (((v) >> 4) & 1)
/* A release that its home itself said. */
#define isWord(i, h) (((i) / CAP) % 2 == 0 && kindOf(bag[i]) == RELEASE && homeOf(bag[i]) == (h) && (contentOf(bag[i]) & 3) != PASSED)

/* Upward and downward. Nothing is sent into a session that the other end has left. */
inline sendUp(N_, KIND, X) {
    if
    :: end[2 * via[N_]] == UP && FENCE(end[2 * via[N_] + 1] != OUT) -> put(2 * via[N_], (KIND) * 32 + (X) * 4 + number[via[N_]])
    :: else
    fi
}

inline sendDown(N_, KIND, X, H) {
    e = 0;
    do
    :: e < E ->
        if
        :: leads(e, N_, H) && FENCE(end[2 * e] != OUT) ->
            put(2 * e + 1, (KIND) * 32 + (X) * 4 + child[e])
        :: else
        fi;
        e++
    :: else -> break
    od;
    e = 0
}

#define reaches(n, h) (HOME(h) == n || HAS_CHILD_TOWARDS(n, h))

/* A new grant of h: what was said about its former ones names other leases. */
inline newGrant(H) {
#ifndef NO_RELEASE_NAME
    i = 0;
    do
    :: i < 2 * E * CAP ->
        if
        :: (i / CAP) % 2 == 0 && kindOf(bag[i]) == RELEASE && homeOf(bag[i]) == H -> take(i)
        :: (i / CAP) % 2 == 1 && kindOf(bag[i]) == REVOKE && homeOf(bag[i]) == H -> take(i)
        :: (i / CAP) % 2 == 0 && kindOf(bag[i]) == ATTACH && saysOf(contentOf(bag[i]), H) -> bag[i] = bag[i] - 4 * contentOf(bag[i]); i++
        :: else -> i++
        fi
    :: else -> break
    od;
    i = 0;
    do
    :: i < 2 * E * CAP ->
        if
        :: (i / CAP) % 2 == 1 && kindOf(bag[i]) == LEASE && homeOf(bag[i]) == H && (contentOf(bag[i]) & OLDER) == 0 -> bag[i] = bag[i] + 4 * OLDER
        :: else
        fi;
        i++
    :: else -> break
    od;
    i = 0;
    do
    :: i < N -> cleaned[i] = (saysOf(cleaned[i], H) -> 0 : cleaned[i]); older[2 * i + H] = (memory[2 * i + H] != 0); i++
    :: else -> break
    od;
    i = 0
#else
    skip
#endif
}

/* The home heeds none of its claims any more; what is on the way for them changes nothing. */
inline forgetClaims(H) {
    i = 0;
    do
    :: i < 2 * E * CAP ->
        if
        :: (kindOf(bag[i]) == CLAIM || kindOf(bag[i]) == STANDING) && homeOf(bag[i]) == H -> take(i)
        :: isWord(i, H) -> bag[i] = bag[i] - 4 * (contentOf(bag[i]) & 3); i++
        :: (i / CAP) % 2 == 0 && kindOf(bag[i]) == ATTACH && saysOf(contentOf(bag[i]), H) ->
            bag[i] = bag[i] - 4 * ((contentOf(bag[i]) & 3) - 1); i++
        :: else -> i++
        fi
    :: else -> break
    od;
    i = 0;
    do
    :: i < N -> cleaned[i] = (saysOf(cleaned[i], H) -> H * 4 + 1 : cleaned[i]); i++
    :: else -> break
    od;
    i = 0
}

/* A leaf knows its own lease by its gate. */
inline remember(N_, H, K, OLD) {
    if
    :: isLeaf(N_)
    :: else ->
        latest[N_] = H;
        older[2 * (N_) + H] = OLD;
        if
        :: memory[2 * (N_) + H] < 1 + K -> memory[2 * (N_) + H] = 1 + K
        :: else
        fi;
#ifdef MOVER
        went[2 * (N_) + H] = ahead(N_, H)
#endif
    fi
}

inline forget(N_, H) {
    memory[2 * (N_) + H] = 0;
#ifdef MOVER
    went[2 * (N_) + H] = 0;
#endif
    if
    :: slot[N_] == LEASE_TO + H || slot[N_] == REVOKE_OF + H -> slot[N_] = FREE
    :: else
    fi
}

/* A child's part names a lease whose gate its home closed: who has an uplink tells it, who has none will when it asks for one. */
inline ended(N_, H) {
    forget(N_, H);
    if
    :: uplink[N_] == ATTACHED -> sendUp(N_, RELEASE, H * 4)
    :: uplink[N_] == NONE || uplink[N_] == FREEZING -> cleaned[N_] = H * 4 + 1
    :: else
    fi
}

/* What went down there before the child asked anew is over, named or not; no home said so, so it is about that lease alone. */
inline passed(N_, H) {
    if
    :: uplink[N_] == ATTACHED && !older[2 * (N_) + H] -> sendUp(N_, RELEASE, H * 4 + PASSED)
    :: else
    fi;
    forget(N_, H)
}

/* Rule 5: a node without an uplink is crown at once, and keeps the holder behind it. */
inline becomeCrown(N_) {
    uplink[N_] = NONE;
    slot[N_] = FREE;
    h = latest[N_];
    if
    :: memory[2 * (N_) + h] == 0 -> h = 1 - h
    :: else
    fi;
    if
    :: memory[2 * (N_) + h] != 0 && reaches(N_, h) -> slot[N_] = LEASE_TO + h
    :: else
    fi;
    h = 0
}

/* One end leaves the session. */
inline leave(D) {
    end[D] = OUT;
    discard((D) ^ 1);
    e = (D) / 2;
    if
    :: (D) % 2 == 1 -> child[e] = 0
    :: else ->
        number[e] = 0;
        if
        :: via[CHILD(e)] == e && uplink[CHILD(e)] == ATTACHED -> n = CHILD(e); becomeCrown(n); n = 0
        :: via[CHILD(e)] == e && isFrozen(CHILD(e)) -> uplink[CHILD(e)] = NONE
        :: else
        fi
    fi;
    e = 0
}

#ifdef OFFERED
#define MAY_GIVE true
#else
#define MAY_GIVE false
#endif

/* The gate closes and the crown hears of it; a pre-empted holder gives a claim along. */
inline closeGate(H, GIVES) {
    gate[H] = 0;
    forgetClaims(H);
    forget(HOME(H), H);
    given = 0;
    if
    :: MAY_GIVE && (GIVES) && asked[H] && claims[H] < 2 -> claims[H]++; given = claims[H]
    :: else
    fi;
    if
    :: uplink[HOME(H)] == ATTACHED -> sendUp(HOME(H), RELEASE, H * 4 + given)
    :: else
    fi
}

/* A free slot goes to a claim that stood already. */
inline leaseAtOnce(N_, H, K) {
    newGrant(H);
    slot[N_] = LEASE_TO + H; remember(N_, H, K, false); sendDown(N_, LEASE, H * 4 + K - 1, H)
}

inline openGate(H, K) {
    gate[H] = K;
    assert(asked[H])   /* S4 */
}

/* Takes an offer, or renews. */
inline sendClaim(H, TAKES) {
    claims[H]++;
    sendUp(HOME(H), CLAIM, H * 4 + TAKES + claims[H] - 1)
}

/* Takes a lease back. */
inline revoke(N_, H) {
    slot[N_] = REVOKE_OF + H;
    if
    :: HOME(H) == N_ -> closeGate(H, isFrozen(N_))
    :: else -> sendDown(N_, REVOKE, H * 4, H)
    fi
}

/* ---- messages ---- */

inline fromAbove() {
    n = CHILD(d / 2);
    if
    :: kind == ACK ->
        if
        :: uplink[n] == ASKING && via[n] == d / 2 && FENCE(num == number[d / 2]) ->
            uplink[n] = ATTACHED; slot[n] = FREE; cleaned[n] = 0
        :: else
        fi
    :: else ->
        if
        :: uplink[n] == ATTACHED && via[n] == d / 2 && FENCE(num == number[d / 2]) ->
            h = x >> 2;
            if
            :: kind == LEASE && GOES_ON(n, x, h) -> from = 1 + (x & 1); remember(n, h, from, (x & OLDER) != 0)
            :: else
            fi;
            if
            :: HOME(h) != n && (kind != LEASE || from != 0) -> sendDown(n, kind, x, h)
            :: HOME(h) == n && kind == OFFER && asked[h] && gate[h] == 0 && claims[h] < 2 -> sendClaim(h, TAKES_OFFER)
            :: HOME(h) == n && kind == LEASE && from > gate[h] -> openGate(h, from)
            :: HOME(h) == n && kind == REVOKE -> closeGate(h, true)
            :: else
            fi
        :: else
        fi
    fi
}

inline fromBelow() {
    n = PARENT(d / 2);
    e = d / 2;
    if
    :: kind == ATTACH ->
        if
        :: FENCE(num >= child[e]) ->
            child[e] = num;
            if
            :: FENCE(end[2 * e] != OUT) -> put(2 * e + 1, ACK * 32 + num)
            :: else
            fi;
            h = 0;
            do
            :: h < 2 ->
                if
                :: saysOf(x, h) -> ended(n, h)
                :: !saysOf(x, h) && memory[2 * n + h] != 0 && WENT(n, h, e) -> passed(n, h)
                :: else
                fi;
                h++
            :: else -> break
            od;
            h = x >> 2; from = ((x & 3) == 0 -> 0 : (x & 3) - 1); e = d / 2;
            if
            :: from != 0 && uplink[n] == ATTACHED -> sendUp(n, STANDING, h * 4 + from - 1)
            :: from != 0 && mayGrant(n) && isFree(n) -> leaseAtOnce(n, h, from)
            :: else
            fi
        :: else
        fi
    :: else ->
        if
        :: child[e] != 0 && FENCE(num == child[e]) ->
            h = x >> 2;
            if
            /* An answer would go another way than the lease that it renews. */
            :: kind == CLAIM && !MAY_CLAIM(e, h) -> skip
            :: kind == DETACH -> child[e] = 0
            :: kind == RELEASE && (x & 3) == PASSED ->
                if
                :: !older[2 * n + h] -> forget(n, h)
                :: else
                fi;
                if
                :: uplink[n] == ATTACHED -> sendUp(n, RELEASE, x)
                :: else
                fi
            :: kind == RELEASE && (x & 3) != PASSED ->
                if
                :: slot[n] == REVOKE_OF + h && isFrozen(n) && !older[2 * n + h] -> cleaned[n] = h * 4 + 1 + (x & 3)
                /* Given up while the part was by itself. */
                :: slot[n] >= LEASE_TO && slotHome(n) == h && uplink[n] == NONE && !older[2 * n + h] -> cleaned[n] = h * 4 + 1
                :: else
                fi;
                forget(n, h);
                if
                :: uplink[n] == ATTACHED -> sendUp(n, RELEASE, x)
                :: slot[n] == OFFER_TO + h -> slot[n] = FREE
                :: else
                fi
            :: kind == STANDING && uplink[n] == ATTACHED -> sendUp(n, STANDING, x)
            :: kind == STANDING && mayGrant(n) && isFree(n) -> from = 1 + (x & 1); leaseAtOnce(n, h, from)
            :: kind == CLAIM && uplink[n] == ATTACHED && MAY_CLAIM(e, h) -> sendUp(n, CLAIM, x)
            :: kind == CLAIM && slot[n] == OFFER_TO + h && IF_TAKES(x & 2) && mayGrant(n) && MAY_CLAIM(e, h) ->
                newGrant(h);
                slot[n] = LEASE_TO + h; from = 1 + (x & 1); remember(n, h, from, false); sendDown(n, LEASE, x & 5, h)
            :: kind == CLAIM && slot[n] == LEASE_TO + h && IF_RENEWS(x & 2) && MAY_CLAIM(e, h) ->
                from = 1 + (x & 1); remember(n, h, from, older[2 * n + h]); sendDown(n, LEASE, (x & 5) + (older[2 * n + h] -> OLDER : 0), h)
            :: kind == CLAIM && slot[n] == REVOKE_OF + h && MAY_CLAIM(e, h) -> sendDown(n, REVOKE, h * 4, h)
            :: else
            fi
        :: else
        fi
    fi
}

inline deliver() {
    d = cur / CAP;
    kind = kindOf(bag[cur]); x = contentOf(bag[cur]); num = bag[cur] & 3;
    take(cur);
    if
    :: d % 2 == 0 -> fromBelow()
    :: else -> fromAbove()
    fi
}

/* All that a node knew is gone; its home's request was kept on disk. */
inline restart() {
    n = cur;
    e = 0;
    do
    :: e < E ->
        if
        :: CHILD(e) == n -> end[2 * e] = OUT; discard(2 * e + 1); number[e] = 0
        :: else
        fi;
        if
        :: PARENT(e) == n -> end[2 * e + 1] = OUT; discard(2 * e); child[e] = 0
        :: else
        fi;
        e++
    :: else -> break
    od;
    forget(n, 0); forget(n, 1);
    uplink[n] = NONE; slot[n] = FREE; cleaned[n] = 0; latest[n] = 0;
    h = 0;
    do
    :: h < 2 ->
        if
        :: HOME(h) == n -> gate[h] = 0; forgetClaims(h)
        :: else
        fi;
        h++
    :: else -> break
    od
}

/* ---- what must hold ---- */

#ifdef CLAIMS_KEPT
#define KEPT 0
#else
#define KEPT 1
#endif

/* The oldest claim of home `cur` dies: a gate open under it closes, a lease that answered it is dead wherever it is. */
inline age() {
    claims[cur]--;
    if
#ifndef CLAIMS_KEPT
    :: gate[cur] == 1 -> gate[cur] = 0; forgetClaims(cur)
#endif
    :: gate[cur] > KEPT -> gate[cur]--
    :: else
    fi;
    i = 0;
    do
    :: i < N ->
        if
        :: memory[2 * i + cur] > 1 -> memory[2 * i + cur]--
        :: else
        fi;
        if
        :: saysOf(cleaned[i], cur) && (cleaned[i] & 3) > 1 -> cleaned[i]--
        :: else
        fi;
        i++
    :: else -> break
    od;
    i = 0;
    do
    :: i < 2 * E * CAP ->
        if
        :: isWord(i, cur) && (contentOf(bag[i]) & 3) != 0 -> bag[i] = bag[i] - 4; i++
        :: (i / CAP) % 2 == 0 && kindOf(bag[i]) == ATTACH && saysOf(contentOf(bag[i]), cur) && (contentOf(bag[i]) & 3) > 1 -> bag[i] = bag[i] - 4; i++
        :: (kindOf(bag[i]) == CLAIM || kindOf(bag[i]) == STANDING) && homeOf(bag[i]) == cur ->
            if
            :: (contentOf(bag[i]) & 1) == 0 -> take(i)
            :: else -> bag[i] = bag[i] - 4; i++
            fi
        :: else -> i++
        fi
    :: else -> break
    od
}

/* What can change nothing any more is taken out, so that states that differ only there are one. */
inline tidy() {
    n = 0;
    do
    :: n < N ->
        if
        :: memory[2 * n] == 0 || memory[2 * n + 1] == 0 -> latest[n] = 0
        :: else
        fi;
        if
        :: memory[2 * n] == 0 -> older[2 * n] = false
        :: else
        fi;
        if
        :: memory[2 * n + 1] == 0 -> older[2 * n + 1] = false
        :: else
        fi;
        n++
    :: else -> break
    od;
    h = 0;
    do
    :: h < 2 ->
        /* k: an offer is out; x: somebody remembers a lease */
        k = 0; x = 0; n = 0;
        do
        :: n < N ->
            if
            :: slot[n] == OFFER_TO + h -> k = 1
            :: else
            fi;
            if
            :: memory[2 * n + h] != 0 -> x = 1
            :: else
            fi;
            n++
        :: else -> break
        od;
        i = 0;
        do
        :: i < 2 * E * CAP ->
            if
#ifndef NO_OFFER_NUMBER
            :: k == 0 && bag[i] != 0 && (i / CAP) % 2 == 1 && kindOf(bag[i]) == OFFER && homeOf(bag[i]) == h -> take(i)
            :: k == 0 && bag[i] != 0 && (i / CAP) % 2 == 0 && kindOf(bag[i]) == CLAIM && homeOf(bag[i]) == h &&
                (contentOf(bag[i]) & 2) == TAKES_OFFER -> take(i)
#endif
#ifndef NO_RELEASE_NAME
            :: k == 0 && x == 0 && bag[i] != 0 && (i / CAP) % 2 == 0 && kindOf(bag[i]) == RELEASE && homeOf(bag[i]) == h -> take(i)
            :: x == 0 && bag[i] != 0 && (i / CAP) % 2 == 0 && kindOf(bag[i]) == ATTACH && contentOf(bag[i]) == h * 4 + 1 ->
                bag[i] = bag[i] - 4 * contentOf(bag[i]); i++
#endif
            :: else -> i++
            fi
        :: else -> break
        od;
        h++
    :: else -> break
    od;
#ifndef NO_FENCE
    i = 0;
    do
    :: i < 2 * E * CAP ->
        e = (i / CAP) / 2; num = bag[i] & 3; kind = kindOf(bag[i]);
        if
        :: bag[i] == 0 -> i++
        :: bag[i] != 0 && (i / CAP) % 2 == 1 ->
            if
            :: via[CHILD(e)] == e && num == number[e] && (uplink[CHILD(e)] == ASKING || (uplink[CHILD(e)] == ATTACHED && kind != ACK)) -> i++
            :: else -> take(i)
            fi
        :: else ->
            if
            :: num >= child[e] && (kind == ATTACH || num > child[e] || child[e] != 0) -> i++
            :: else -> take(i)
            fi
        fi
    :: else -> break
    od;
#endif
    /* Claims are counted anew from the oldest that somebody speaks of; k: which are spoken of. */
    h = 0;
    do
    :: h < 2 ->
        if
        :: claims[h] != 0 ->
            k = 0;
            if
            :: gate[h] != 0 -> k = gate[h]
            :: else
            fi;
            n = 0;
            do
            :: n < N ->
                if
                :: memory[2 * n + h] > 1 -> k = k | (memory[2 * n + h] - 1)
                :: else
                fi;
                if
                :: saysOf(cleaned[n], h) -> k = k | ((cleaned[n] & 3) - 1)
                :: else
                fi;
                n++
            :: else -> break
            od;
            i = 0;
            do
            :: i < 2 * E * CAP ->
                if
                :: (kindOf(bag[i]) == CLAIM || kindOf(bag[i]) == STANDING) && homeOf(bag[i]) == h -> k = k | (1 + (contentOf(bag[i]) & 1))
                :: isWord(i, h) -> k = k | (contentOf(bag[i]) & 3)
                :: (i / CAP) % 2 == 0 && kindOf(bag[i]) == ATTACH && saysOf(contentOf(bag[i]), h) -> k = k | ((contentOf(bag[i]) & 3) - 1)
                :: else
                fi;
                i++
            :: else -> break
            od;
            if
            :: k == 0 -> claims[h] = 0
            :: k == 1 -> claims[h] = 1
            :: k == 2 && claims[h] == 2 -> cur = h; age()
            :: else
            fi
        :: else
        fi;
        h++
    :: else -> break
    od
}

inline climb(T) {
    do
    :: uplink[T] == ATTACHED && isJoined(via[T]) -> T = PARENT(via[T])
    :: else -> break
    od
}

inline look() {
    if
    :: gate[0] != 0 && gate[1] != 0 ->
        top0 = HOME(0); climb(top0);
        top1 = HOME(1); climb(top1);
        assert(top0 != top1)   /* S1 */
    :: else
    fi;
    i = 0;
    do
    :: i < N ->
        /* S3: beside the one it leases to, a crown remembers no lease under which a gate is open. */
        assert(!(isCrown(i) && (slot[i] == LEASE_TO || slot[i] == LEASE_TO + 1)
            && memory[2 * i + 1 - (slot[i] - LEASE_TO)] > 1 && gate[1 - (slot[i] - LEASE_TO)] != 0
            && memory[2 * i + 1 - (slot[i] - LEASE_TO)] - 1 >= gate[1 - (slot[i] - LEASE_TO)]));
        i++
    :: else -> break
    od;
    tidy();
    cur = 0; i = 0; j = 0; n = 0; e = 0; d = 0; h = 0; k = 0; kind = 0; x = 0; num = 0; from = 0; given = 0; top0 = 0; top1 = 0; tmp = 0
}

#define STEP(action) d_step { action; look() }

init {
    d_step { start() }
    do
    /* A message arrives where the edge is up. */
    :: atomic {
        if
        ALL_MESSAGES(IF_ARRIVES)
        fi;
        STEP(deliver())
    }
    /* A full bag loses one. */
    :: atomic {
        if
        ALL_MESSAGES(IF_CROWDED)
        fi;
        STEP(take(cur))
    }
    /* An edge: one end leaves by itself (a fault), or because the other one has; a new session; one end is up in it. */
    :: atomic {
        if
        ALL_ENDS(IF_LEAVES)
        fi;
        STEP(leave(cur))
    }
    :: atomic {
        if
        ALL_ENDS(IF_CUT)
        fi;
        faults++;
        STEP(leave(cur))
    }
    :: atomic {
        if
        ALL_EDGES(IF_MEETS)
        fi;
        STEP(end[2 * cur] = READY; end[2 * cur + 1] = READY)
    }
    :: atomic {
        if
        ALL_ENDS(IF_READY)
        fi;
        STEP(end[cur] = UP)
    }
    /* Rule 6: freeze, clean, ask; resume without an answer. */
    :: atomic {
        if
        ALL_EDGES(IF_WANTS)
        fi;
        d_step {
            n = CHILD(cur); uplink[n] = FREEZING; via[n] = cur;
            cleaned[n] = ((cleaned[n] & 3) == 0 -> 0 : (cleaned[n] & 4) + 1);
            if
            :: slot[n] == OFFER_TO || slot[n] == OFFER_TO + 1 -> slot[n] = FREE
#ifndef NO_CLEAN
            :: slot[n] == LEASE_TO || slot[n] == LEASE_TO + 1 ->
                h = slot[n] - LEASE_TO; num = isNamed(n, h); given = 0; revoke(n, h); cleaned[n] = (num -> h * 4 + 1 + given : cleaned[n])
            :: isLeaf(n) && gate[ownHome(n)] != 0 -> h = ownHome(n); closeGate(h, true); cleaned[n] = h * 4 + 1 + given
#endif
            :: else
            fi;
            look()
        }
    }
    :: atomic {
        if
        ALL_NODES(IF_CLEAN)
        fi;
        d_step {
            uplink[cur] = ASKING; e = via[cur]; number[e]++;
            assert(number[e] < 4);
            if
            :: FENCE(end[2 * e + 1] != OUT) -> put(2 * e, ATTACH * 32 + cleaned[cur] * 4 + number[e])
            :: else
            fi;
            look()
        }
    }
    :: atomic {
        if
        ALL_NODES(IF_UNANSWERED)
        fi;
        faults++;
        STEP(uplink[cur] = NONE)
    }
    /* A crown offers, withdraws an offer, and forgets what is dead. */
    :: atomic {
        if
        ALL_MEMORIES(IF_OFFERS)
        fi;
        d_step {
            n = cur / 2; h = cur % 2;
            if
            :: HOME(h) == n ->
                newGrant(h); claims[h]++; from = claims[h]; remember(n, h, from, false); openGate(h, from);
                slot[n] = (isLeaf(n) -> FREE : LEASE_TO + h)
            :: else -> slot[n] = OFFER_TO + h; sendDown(n, OFFER, h * 4, h)
            fi;
            look()
        }
    }
    :: atomic {
        if
        ALL_NODES(IF_OFFERED)
        fi;
        STEP(slot[cur] = FREE)
    }
    :: atomic {
        if
        ALL_MEMORIES(IF_DEAD)
        fi;
        STEP(n = cur / 2; h = cur % 2; forget(n, h))
    }
    /* A home renews; its oldest claim dies. */
    :: atomic {
        if
        ALL_HOMES(IF_HOLDS)
        fi;
        d_step {
            if
            :: uplink[HOME(cur)] == ATTACHED -> sendClaim(cur, RENEWS)
            :: else -> claims[cur]++; from = claims[cur]; remember(HOME(cur), cur, from, older[2 * HOME(cur) + cur]); openGate(cur, from)
            fi;
            look()
        }
    }
    :: atomic {
        if
        ALL_HOMES(IF_CLAIMED)
        fi;
        STEP(age())
    }
#ifdef WITHDRAW
    /* A home ends its request, and files another. */
    :: atomic {
        if
        ALL_HOMES(IF_WITHDRAWS)
        fi;
        spare--;
        STEP(asked[cur] = false; closeGate(cur, false))
    }
    :: atomic {
        if
        ALL_HOMES(IF_SILENT)
        fi;
        STEP(asked[cur] = true)
    }
#endif
#ifdef CHAIR
    /* The chair takes the floor back. */
    :: atomic {
        if
        ALL_NODES(IF_LEASED)
        fi;
        spare--;
        STEP(n = cur; h = slot[cur] - LEASE_TO; revoke(n, h))
    }
#endif
#ifdef BREAKAWAY
    :: atomic {
        spare > 0 && uplink[BREAKER] == ATTACHED -> spare--; away = true;
        STEP(sendUp(BREAKER, DETACH, 0); n = BREAKER; becomeCrown(n))
    }
    :: atomic { away -> away = false }
#endif
#ifdef MOVER
    /* The node with two parents goes from one to the other while both are up: it leaves first. */
    /* The newest of its link records comes to the top. */
    :: atomic { uplink[MOVER] != NONE && way != (via[MOVER] == E - 1) -> way = 1 - way }
    :: atomic {
        spare > 0 && uplink[MOVER] == ATTACHED && end[2 * (MOVER_EDGES - via[MOVER])] == UP -> spare--;
        STEP(sendUp(MOVER, DETACH, 0); n = MOVER; becomeCrown(n))
    }
#endif
#ifdef RESTART
    :: atomic {
        if
        ALL_NODES(IF_FAILS)
        fi;
        faults++;
        d_step { restart(); look() }
    }
#endif
#ifdef DEATH
    :: atomic {
        faults < FAULTS && dead == 0 -> faults++; dead = VICTIM + 1; cur = VICTIM;
        d_step { restart(); look() }
    }
#endif
    od
}

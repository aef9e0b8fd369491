/* The trees, by -D; and lists of guards, one for each node, edge or place in a bag. */

#ifdef CHAIN
/* 0 ─ 1 ─ 2, homes at 2 and 0 */
#define N 3
#define E 2
#define CHILD(e) ((e) + 1)
#define PARENT(e) (e)
#define HOME(h) ((h) == 0 -> 2 : 0)
#define leadsTo(e, h) ((h) == 0)
#define isLeaf(n) ((n) == 2)
#define ownHome(n) 0
#define BREAKER 1
#define VICTIM 1
#endif

#ifdef FORK
/* 0 ─ 1 ─ {2, 3}, homes at 2 and 3 */
#define N 4
#define E 3
#define CHILD(e) ((e) + 1)
#define PARENT(e) ((e) == 0 -> 0 : 1)
#define HOME(h) ((h) + 2)
#define leadsTo(e, h) ((e) == 0 || (h) + 1 == (e))
#define isLeaf(n) ((n) >= 2)
#define ownHome(n) ((n) - 2)
#define BREAKER 1
#define VICTIM 1
#endif

#ifdef SIDE
/* 0 ─ {1 ─ 2, 3}, homes at 2 and 3 */
#define N 4
#define E 3
#define CHILD(e) ((e) + 1)
#define PARENT(e) ((e) == 1 -> 1 : 0)
#define HOME(h) ((h) + 2)
#define leadsTo(e, h) (((e) == 2) == ((h) == 1))
#define isLeaf(n) ((n) >= 2)
#define ownHome(n) ((n) - 2)
#define BREAKER 1
#define VICTIM 1
#endif

#ifdef REHOME
/* 0 ─ 1 ─ 2 ─ 3, and 2 may hang below 0 by edge 3; homes at 3 and OTHER */
#ifndef OTHER
#define OTHER 1
#endif
#define N 4
#define E 4
#define CHILD(e) ((e) == 3 -> 2 : (e) + 1)
#define PARENT(e) ((e) == 3 -> 0 : (e))
#define HOME(h) ((h) == 0 -> 3 : OTHER)
#define leadsTo(e, h) ((h) == 0 || ((e) == 0 && OTHER == 1))
#define isLeaf(n) ((n) == 3)
#define ownHome(n) 0
#define MOVER 2
#define MOVER_EDGES 4
#define VICTIM 1
#endif

#ifdef TRIANGLE
/* 0 ─ 1 ─ 2, and 2 may hang below 0 by edge 2; homes at 2 and OTHER */
#ifndef OTHER
#define OTHER 1
#endif
#define N 3
#define E 3
#define CHILD(e) ((e) == 2 -> 2 : (e) + 1)
#define PARENT(e) ((e) == 2 -> 0 : (e))
#define HOME(h) ((h) == 0 -> 2 : OTHER)
#define leadsTo(e, h) ((h) == 0 || ((e) == 0 && OTHER == 1))
#define isLeaf(n) ((n) == 2)
#define ownHome(n) 0
#define MOVER 2
#define MOVER_EDGES 3
#define VICTIM 1
#endif

#ifdef BELOW
/* 0 ─ 1 ─ 2 ─ 3, and 3 may hang below 1 by edge 3; homes at 3 and 0 */
#define N 4
#define E 4
#define CHILD(e) ((e) == 3 -> 3 : (e) + 1)
#define PARENT(e) ((e) == 3 -> 1 : (e))
#define HOME(h) ((h) == 0 -> 3 : 0)
#define leadsTo(e, h) ((h) == 0)
#define isLeaf(n) ((n) == 3)
#define ownHome(n) 0
#define MOVER 3
#define MOVER_EDGES 5
#define FORKS 1
#define VICTIM 2
#endif

#define EACH2(F) F(0) F(1)
#define EACH3(F) EACH2(F) F(2)
#define EACH4(F) EACH3(F) F(3)
#define EACH6(F) EACH4(F) F(4) F(5)
#define EACH8(F) EACH6(F) F(6) F(7)
#define EACH12(F) EACH8(F) F(8) F(9) F(10) F(11)
#define EACH16(F) EACH12(F) F(12) F(13) F(14) F(15)
#define EACH18(F) EACH16(F) F(16) F(17)
#define EACH24(F) EACH18(F) F(18) F(19) F(20) F(21) F(22) F(23)

#if N == 3
#define ALL_NODES EACH3
#define ALL_MEMORIES EACH6
#else
#define ALL_NODES EACH4
#define ALL_MEMORIES EACH8
#endif
#define ALL_HOMES EACH2

#if E == 2
#define ALL_EDGES EACH2
#define ALL_ENDS EACH4
#define HAS_CHILD_TOWARDS(n, h) (leads(0, n, h) || leads(1, n, h))
#elif E == 3
#define ALL_EDGES EACH3
#define ALL_ENDS EACH6
#define HAS_CHILD_TOWARDS(n, h) (leads(0, n, h) || leads(1, n, h) || leads(2, n, h))
#else
#define ALL_EDGES EACH4
#define ALL_ENDS EACH8
#define HAS_CHILD_TOWARDS(n, h) (leads(0, n, h) || leads(1, n, h) || leads(2, n, h) || leads(3, n, h))
#endif
/* The edge from n towards home h, plus one; 0: none. */
#if E == 2
#define ahead(n, h) (leads(0, n, h) -> 1 : (leads(1, n, h) -> 2 : 0))
#elif E == 3
#define ahead(n, h) (leads(0, n, h) -> 1 : (leads(1, n, h) -> 2 : (leads(2, n, h) -> 3 : 0)))
#else
#define ahead(n, h) (leads(0, n, h) -> 1 : (leads(1, n, h) -> 2 : (leads(2, n, h) -> 3 : (leads(3, n, h) -> 4 : 0))))
#endif
#define leads(e, n, h) (child[e] != 0 && PARENT(e) == (n) && leadsTo(e, h) && IS_WAY(e, h))

#if E * CAP == 2
#define ALL_MESSAGES EACH4
#elif E * CAP == 3
#define ALL_MESSAGES EACH6
#elif E * CAP == 4
#define ALL_MESSAGES EACH8
#elif E * CAP == 6
#define ALL_MESSAGES EACH12
#elif E * CAP == 8
#define ALL_MESSAGES EACH16
#elif E * CAP == 9
#define ALL_MESSAGES EACH18
#elif E * CAP == 12
#define ALL_MESSAGES EACH24
#endif

#define IF_ARRIVES(I) :: bag[I] != 0 && end[((I) / CAP) ^ 1] == UP -> cur = I;
#define IF_CROWDED(I) :: bag[((I) / CAP) * CAP + CAP - 1] != 0 -> cur = I;
#define IF_LEAVES(D) :: end[D] != OUT && end[(D) ^ 1] == OUT -> cur = D;
#define IF_CUT(D) :: end[D] == UP && end[(D) ^ 1] != OUT && faults < FAULTS -> cur = D;
#define IF_MEETS(e) :: end[2 * (e)] == OUT && end[2 * (e) + 1] == OUT && dead != CHILD(e) + 1 && dead != PARENT(e) + 1 -> cur = e;
#define IF_READY(D) :: end[D] == READY -> cur = D;
#define IF_WANTS(e) :: uplink[CHILD(e)] == NONE && end[2 * (e)] == UP && MAY_WANT(e) -> cur = e;
#ifdef NO_CLEAN
#define IF_CLEAN(n) :: uplink[n] == FREEZING && number[via[n]] < 3 -> cur = n;
#else
#define IF_CLEAN(n) :: uplink[n] == FREEZING && number[via[n]] < 3 && remembersNone(n) && slot[n] == FREE -> cur = n;
#endif
#define IF_UNANSWERED(n) :: uplink[n] == ASKING && faults < FAULTS -> cur = n;
#define IF_OFFERS(m) :: mayGrant((m) / 2) && isFree((m) / 2) && asked[(m) % 2] && (HAS_CHILD_TOWARDS((m) / 2, (m) % 2) \
        || (HOME((m) % 2) == (m) / 2 && gate[(m) % 2] == 0 && claims[(m) % 2] < 2)) -> cur = m;
#define IF_OFFERED(n) :: slot[n] == OFFER_TO || slot[n] == OFFER_TO + 1 -> cur = n;
#define IF_LEASED(n) :: spare > 0 && (slot[n] == LEASE_TO || slot[n] == LEASE_TO + 1) -> cur = n;
#define IF_DEAD(m) :: memory[m] == 1 -> cur = m;
#define IF_HOLDS(h) :: gate[h] != 0 && claims[h] < 2 && (uplink[HOME(h)] == ATTACHED || isLeaf(HOME(h)) || slot[HOME(h)] == LEASE_TO + (h)) -> cur = h;
#define IF_CLAIMED(h) :: claims[h] != 0 -> cur = h;
#define IF_WITHDRAWS(h) :: asked[h] && spare > 0 -> cur = h;
#define IF_SILENT(h) :: !asked[h] -> cur = h;
#define IF_FAILS(n) :: faults < FAULTS && dead != (n) + 1 -> cur = n;

/* With two ways to a node, the nearer edge of the longer one begins at the same node as the last edge, the shorter one. */
#ifndef FORKS
#define FORKS 0
#endif

#ifdef BREAKAWAY
#define MAY_WANT(e) !(away && CHILD(e) == BREAKER)
#else
#define MAY_WANT(e) true
#endif
#ifndef SPARE
#define SPARE 1
#endif

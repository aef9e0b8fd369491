import Basics

/// When an edge begins a descent because sums differ: one at a time, seldomer while nothing comes of it.
struct EdgeRepair {
    /// A pair of sums that was looked into is not looked into again before this.
    private var next = Instant.zero
    /// Own and neighbour's sum of the last descent, and how many were begun for that pair.
    private var pair: (UInt64, UInt64) = (0, 0)
    private var tries = 0
    private var unsettledMismatches = 0
    /// How many descents may still begin, whatever else there is to tell, for namespaces that began to be shared without being told.
    private var untold = 0
    /// The neighbour sent a namespace that this edition of the tree does not place behind it.
    private(set) var hasRefused = false
    /// The neighbour did so under the edition before, and the namespaces are compared anew since.
    private var hadRefused = false

    /// What a hello's sum is compared with, and how.
    struct Comparison {
        let own: UInt64
        let theirs: UInt64
        /// Both ends share the same meetings.
        let isAlike: Bool
        /// Neither end has anything waiting.
        let isSettled: Bool
        /// The neighbour stands above this node.
        let isAbove: Bool
        /// Least pause after a descent.
        let pause: Interval
    }

    /// Compares sums; true if a descent begins. The lower end begins it; the upper only if it began to share more than it told.
    ///
    /// `isTelling`: whether anything but the floor lane's records waits or is under way.
    mutating func begins(_ sums: Comparison, now: Instant, isTelling: () -> Bool) -> Bool {
        if sums.isAlike, sums.own == sums.theirs {
            agree()
            return false
        }
        let isUntold = untold > 0
        guard sums.isAbove || isUntold else { return false }
        // Sums differ by nature while either end still has something to tell, or shares a meeting that the other does not share yet. That must
        // not go on for ever: the missing records may be those that say which nodes run a meeting.
        if isUntold, sums.isAlike || hadRefused, untold == Limits.untoldDescents || (now >= next && !isTelling()) {
            // A first descent begins at once. A further one begins when all that the last one found is told; if the last one found nothing, its
            // digest was lost.
            untold -= 1
            if untold == 0 { hadRefused = false }
        } else if !sums.isSettled || !sums.isAlike {
            unsettledMismatches += 1
            guard unsettledMismatches >= 20 else { return false }
        }
        unsettledMismatches = 0
        return descends((sums.own, sums.theirs), pause: sums.pause, now: now)
    }

    private mutating func agree() {
        tries = 0
        unsettledMismatches = 0
        untold = 0
    }

    private mutating func descends(_ sums: (UInt64, UInt64), pause: Interval, now: Instant) -> Bool {
        if sums != pair { tries = 0 }
        guard tries == 0 || now >= next else { return false }
        pair = sums
        tries += 1
        next = now + (tries >= 3 ? Limits.descentPause : max(.milliseconds(250), pause))
        return true
    }

    /// What is shared is another: the next sums that differ are looked into.
    mutating func shareOther(now: Instant) { next = now }
    /// Namespaces began to be shared without being told.
    mutating func noteUntold() { untold = Limits.untoldDescents }
    mutating func noteRefused() { hasRefused = true }

    /// Records that were refused here may be taken now, so sums that differ are looked into at once, however often they were before.
    mutating func compareAnew(now: Instant) {
        hasRefused = false
        hadRefused = true
        tries = 0
        pair = (0, 0)
        next = now
        untold = max(untold, 2)
    }

    /// The session ended.
    mutating func clear() {
        tries = 0
        next = .zero
        unsettledMismatches = 0
        untold = 0
        hadRefused = false
    }
}

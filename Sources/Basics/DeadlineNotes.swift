/// Places whose deadline may have moved since it was stored last, each once.
///
/// A machine notes its place whenever it may have moved its deadline; whoever owns many of them takes the notes before asking which deadline
/// is the first (``DeadlineIndex``). So no owner has to remember which of its calls move a deadline.
public final class DeadlineNotes {
    private var places: [Int] = []
    private var isNoted: [Bool] = []

    /// Without a note.
    public init() {}

    /// The deadline in that place, counted from 0, may have moved.
    public func note(_ place: Int) {
        while isNoted.count <= place { isNoted.append(false) }
        guard !isNoted[place] else { return }
        isNoted[place] = true
        places.append(place)
    }

    /// Takes one of the notes, in no order; nil: there is none left.
    public func take() -> Int? {
        guard let place = places.popLast() else { return nil }
        isNoted[place] = false
        return place
    }
}

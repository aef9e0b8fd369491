/// Nodes where they lie, with their trunks; names and numbers beside them where there is room.
struct MapLayout {
    static func draw(_ content: SheetContent, in area: Rectangle, unit: Double) -> [Drawing.Shape] { [] }
}

/// What stands in the block at a sheet's lower right corner, as technical drawings have it.
public struct TitleBlockCaption: Hashable, Sendable {
    /// Somebody who signs.
    public struct Signer: Hashable, Sendable {
        /// "Người lập".
        public var role: String
        /// The office held; empty leaves room to write it by hand.
        public var title: String
        /// In full; empty leaves room.
        public var name: String
        public init(role: String, title: String = "", name: String = "") {
            self.role = role
            self.title = title
            self.name = name
        }
    }
    /// Who issues the drawing, and what that is called.
    public var agency = SheetCaption.Fact("", "")
    /// The drawing's name.
    public var drawing = SheetCaption.Fact("", "")
    /// Headings of the table of revisions: mark, day, what, who.
    public var revisionHeads: [String] = []
    /// As many cells each as there are headings.
    public var revisions: [[String]] = []
    /// Headings of the table of those who sign: role, office and name, signature, day.
    public var signatureHeads: [String] = []
    /// From the first to the last who signs; beside them is room for a seal.
    public var signers: [Signer] = []
    /// What stands in that room.
    public var seal = ""
    /// Number, sheet, scale; the paper is added.
    public var cells: [SheetCaption.Fact] = []
    /// The label before the paper's name.
    public var paperLabel = ""
    /// By which sheet and files are told to belong together.
    public var code = SheetCaption.Fact("", "")
    /// Nothing in it.
    public init() {}
}

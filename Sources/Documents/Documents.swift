/// Text files with their places: YAML, names and numbers as people write them, and what can be wrong with them.
///
/// In reading order: ``Problem`` and ``ProblemCode`` (what can be wrong, with its place), `Message` (a sentence in both languages;
/// the modules that read a kind of file add their own), `FileText` (bytes to text), `SourceFile` (a file being read and its problems),
/// `YAMLReading`, `MappingReader` with `KeyTable` (a mapping and the keys it may have), `Quantity` (numbers with units), `Spelling` and
/// `LostLetters` (Vietnamese words), `JSONText` (what programs read).
///
/// May import `Basics` and Yams; reads files, and nothing else of the world.
public enum Documents {}

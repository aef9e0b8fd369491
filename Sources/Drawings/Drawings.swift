/// Drawings of a network as files: SVG, PDF, HTML and DOT.
///
/// ``Drawings/drawing(_:options:format:)`` writes one. `Topology` lays the sheet out (`Topology/Drawing`); here are its words
/// (`DrawingWords`, `DrawingCaptions`), its colours (`Ink`) and a writer for each format; `PDFWriter` embeds the letters that it needs
/// from a `TrueTypeFont` (docs/decisions/own-pdf-writer.md).
///
/// May import `Basics`, `Topology`, `Documents` and `TopologyFiles`.
public enum Drawings {}

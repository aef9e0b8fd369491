/// Planners' sheets, read and written: CSV and workbooks (.xlsx).
///
/// In reading order: ``Sheets/importSheet(_:output:options:language:)`` with its ``SheetImport`` (a sheet to a topology file),
/// `CSVTable` and `Workbook` (cells), `SheetHeader` (which column is which), `SheetReader` (rows to sites), `SheetTree` (who hangs below
/// whom), `SheetPlan` (the file that is written); ``Sheets/linkBill(_:language:)`` (a network's lines as a sheet) and
/// ``Sheets/loadMapping(_:into:language:)`` (codes of two plans beside each other).
///
/// May import `Basics`, `Topology`, `Documents` and `TopologyFiles`.
public enum Sheets {}

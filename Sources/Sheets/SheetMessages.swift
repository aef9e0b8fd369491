import Documents

// What `topology import` says about a sheet: first what it mended, then what it cannot. In both languages.

// MARK: Mended

extension Message {
    private static func mended(_ code: ProblemCode, _ en: String, _ vi: String) -> Message { Message(code, .mended, en: en, vi: vi) }

    static let byteOrderMark = mended(.byteOrderMark, "the byte order mark is left out", "đã bỏ dấu thứ tự byte (BOM)")
    static let utf16 = mended(.byteOrderMark, "read as UTF-16; better save it as 'CSV UTF-8'", "đọc theo UTF-16; nên lưu dạng 'CSV UTF-8'")
    static let endMark = mended(.byteOrderMark, "the end mark (Ctrl-Z) is left out", "đã bỏ dấu hết tệp (Ctrl-Z)")
    static func hiddenTaken(_ text: String, _ scalar: Unicode.Scalar) -> Message {
        mended(
            .hiddenLetters, "an invisible character (\(Letters.name(scalar))) in '\(text)' is taken out",
            "đã bỏ ký tự không nhìn thấy (\(Letters.name(scalar))) trong '\(text)'")
    }
    static func lookAlike(_ text: String) -> Message {
        mended(.lookAlike, "'\(text)' had the letter eth (Ð) instead of Đ", "'\(text)' dùng chữ Ð (eth) thay cho Đ; đã sửa")
    }
    static func formulaText(_ text: String) -> Message {
        mended(
            .formulaText, "'\(text)' begins like a formula; taken as text, and written into sheets so that none reckons it",
            "'\(text)' bắt đầu như công thức; coi là văn bản, và khi ghi ra bảng sẽ không bị tính")
    }
    static func placeholder(_ text: String) -> Message {
        mended(.placeholder, "'\(text)' stands for nothing; read as blank", "'\(text)' không phải giá trị; coi như để trống")
    }
    static func footRows(_ first: Int, _ last: Int) -> Message {
        first == last
            ? mended(.footRow, "this row is the foot of the sheet, no site; left out", "dòng này là chân bảng, không phải điểm cầu; đã bỏ")
            : mended(
                .footRow, "rows \(first) to \(last) are the foot of the sheet, no sites; left out",
                "dòng \(first) đến \(last) là chân bảng, không phải điểm cầu; đã bỏ")
    }
    static func levelRow(_ text: String) -> Message {
        mended(
            .sectionRow, "'\(text)' alone in its row is a heading over a level, no site; left out",
            "'\(text)' đứng một mình trong dòng là đề mục của cấp, không phải điểm cầu; đã bỏ")
    }
    static func addressZeros(_ text: String, _ mended: String) -> Message {
        self.mended(
            .leadingZeros, "'\(text)' has leading zeros, which some programs take for octal numbers; read as '\(mended)'",
            "'\(text)' có số 0 ở đầu, có chương trình hiểu là số bát phân; đọc là '\(mended)'")
    }
    static func separator(_ name: Unicode.Scalar) -> Message {
        let en = name == "\t" ? "a tab" : "'\(name)'"
        let vi = name == "\t" ? "dấu tab" : "'\(name)'"
        return mended(.separator, "cells are separated by \(en) instead of ','", "các ô cách nhau bằng \(vi) thay cho ','")
    }
    static func rowsAboveHeader(_ rows: Int) -> Message {
        mended(
            .titleRow, "\(rows == 1 ? "a row" : "\(rows) rows") above the headings left out", "đã bỏ \(rows) dòng phía trên dòng tiêu đề cột")
    }
    static let secondHeader = mended(
        .secondHeader, "the headings are repeated here; left out", "dòng này lặp lại tiêu đề cột; đã bỏ")
    static let templateRow = mended(
        .secondHeader, "this row explains the template's columns; left out", "dòng này giải thích các cột của biểu mẫu; đã bỏ")
    static let columnNumbers = mended(
        .secondHeader, "this row numbers the columns; left out", "dòng này đánh số cột; đã bỏ")
    static func heading(_ text: String, _ column: SheetColumn) -> Message {
        mended(
            .heading, "heading '\(text)' is read as '\(column.heading(.en))'", "tiêu đề '\(text)' được hiểu là '\(column.heading(.vi))'")
    }
    static func idleColumn(_ text: String) -> Message {
        mended(.unknownColumn, "column '\(text)' is nothing that a topology says; left out", "tệp mạng không ghi nội dung cột '\(text)'; đã bỏ")
    }
    static func unusedColumn(_ text: String) -> Message {
        mended(.unknownColumn, "column '\(text)' is not known; left out", "không biết cột '\(text)'; đã bỏ")
    }
    static func blanks(_ text: String) -> Message {
        mended(.blanks, "blanks around or inside '\(text)' are taken away", "đã bỏ khoảng trắng thừa quanh hoặc trong '\(text)'")
    }
    static func composed(_ text: String) -> Message {
        mended(
            .composedLetters, "'\(text)' is written with separate marks; its letters are put together (NFC)",
            "'\(text)' viết bằng dấu rời (tổ hợp); đã chuyển thành chữ dựng sẵn (NFC)")
    }
    static func blankRows(_ first: Int, _ last: Int) -> Message {
        first == last
            ? mended(.blankRow, "this row is blank; left out", "dòng trống; đã bỏ")
            : mended(.blankRow, "rows \(first) to \(last) are blank; left out", "dòng \(first) đến \(last) trống; đã bỏ")
    }
    static func sectionRow(_ text: String) -> Message {
        mended(
            .sectionRow, "'\(text)' alone in its row is a heading, no site; rows below that name no parent hang below it",
            "'\(text)' đứng một mình trong dòng là đề mục, không phải điểm cầu; các dòng dưới không ghi cấp trên sẽ thuộc đơn vị này")
    }
    static func totalRow(_ text: String) -> Message {
        mended(.totalRow, "'\(text)' is a total, no site; left out", "'\(text)' là dòng tổng cộng, không phải điểm cầu; đã bỏ")
    }
    static func leadingZeros(_ text: String, _ mended: String) -> Message {
        self.mended(.leadingZeros, "'\(text)' lost its leading zeros; read as '\(mended)'", "'\(text)' bị mất số 0 ở đầu; đọc là '\(mended)'")
    }
    static func numberForm(_ text: String, _ mended: String) -> Message {
        self.mended(
            .numberForm, "'\(text)' is a code written as a number; read as '\(mended)'", "'\(text)' là mã bị ghi thành số; đọc là '\(mended)'")
    }
    static func decimalComma(_ text: String, _ mended: String) -> Message {
        self.mended(.decimalComma, "'\(text)' has a decimal comma; read as \(mended)", "'\(text)' dùng dấu phẩy thập phân; đọc là \(mended)")
    }
    static func unitWritten(_ text: String, _ mended: String) -> Message {
        self.mended(.unitWritten, "'\(text)' is read as \(mended)", "'\(text)' được đọc là \(mended)")
    }
    static func pair(_ text: String, _ mended: String) -> Message {
        self.mended(.capacityPair, "'\(text)' is read as \(mended) each way", "'\(text)' được đọc là \(mended) mỗi chiều")
    }
    static func toneMarks(_ text: String, _ name: String) -> Message {
        mended(.toneMarks, "'\(text)' is spelt '\(name)' elsewhere; taken as the same", "'\(text)' ở chỗ khác viết là '\(name)'; coi là một")
    }
    static func parentByName(_ text: String, _ id: String) -> Message {
        mended(.parentByName, "the parent is given by name: '\(text)' is '\(id)'", "cấp trên ghi bằng tên: '\(text)' là '\(id)'")
    }
    static func parentByUnit(_ text: String, _ id: String) -> Message {
        mended(
            .parentByUnit, "the parent is given by its unit code: '\(text)' is '\(id)'", "cấp trên ghi bằng mã ĐVHC: '\(text)' là '\(id)'")
    }
    static func letterCase(_ text: String, _ id: String) -> Message {
        mended(.letterCase, "'\(text)' is written '\(id)' elsewhere; taken as the same", "'\(text)' ở chỗ khác viết là '\(id)'; coi là một")
    }
    static func mergedCell(_ column: SheetColumn, _ text: String) -> Message {
        mended(
            .mergedCell, "'\(column.heading(.en))' is blank (merged cells); taken from the row above: '\(text)'",
            "'\(column.heading(.vi))' để trống (ô gộp); lấy theo dòng trên: '\(text)'")
    }
    static let parentsByOrder = mended(
        .parentsByOrder, "there is no column of parents: each row hangs below the nearest row above with a higher level",
        "không có cột cấp trên: mỗi dòng thuộc dòng gần nhất phía trên có cấp cao hơn")
    static let levelsDerived = mended(
        .levelDerived, "there is no column of levels: they are taken from unit codes and names",
        "không có cột cấp: lấy theo mã ĐVHC và tên")
    static func levelDerived(_ level: String) -> Message {
        mended(.levelDerived, "the level is blank; '\(level)' by its unit code or name", "cấp để trống; là '\(level)' theo mã ĐVHC hoặc tên")
    }
    static func codesMade() -> Message {
        mended(
            .codeMade, "there is no column of site codes: they are made from unit codes and names",
            "không có cột mã điểm cầu: mã được tạo từ mã ĐVHC và tên")
    }
    static func codeMade(_ id: String) -> Message {
        mended(.codeMade, "the site code is blank; '\(id)' is made from its unit code or name", "mã điểm cầu để trống; đã tạo '\(id)' từ mã ĐVHC hoặc tên")
    }
    static func codeSpelling(_ text: String, _ id: String) -> Message {
        mended(
            .codeSpelling, "'\(text)' cannot be an id; written as '\(id)'", "'\(text)' không dùng làm mã được; viết thành '\(id)'")
    }
    static func addressTail(_ text: String, _ address: String) -> Message {
        mended(.addressTail, "of '\(text)' only '\(address)' is the node's address", "trong '\(text)' chỉ '\(address)' là địa chỉ của nút")
    }
    static func addressWithPort(_ text: String, _ address: String, _ port: UInt16) -> Message {
        mended(.addressTail, "'\(text)' is read as address \(address), port \(port)", "'\(text)' được đọc là địa chỉ \(address), cổng \(port)")
    }
    static let swapped = mended(
        .swappedCoordinates, "latitude and longitude stand in each other's column; exchanged", "vĩ độ và kinh độ bị ghi đổi chỗ; đã đổi lại")
    static func unknownStatus(_ text: String) -> Message {
        mended(.unknownStatus, "status '\(text)' is not known; left out", "không biết trạng thái '\(text)'; đã bỏ")
    }
    static func mergedAway(_ id: String) -> Message {
        mended(.mergedAway, "'\(id)' is merged into another unit ('đã sáp nhập'); left out", "'\(id)' đã sáp nhập; không đưa vào mạng")
    }
    static func editionGuessed(_ edition: String) -> Message {
        mended(
            .edition, "the sheet does not say which edition its unit codes belong to; written as '\(edition)', better give --edition",
            "bảng không ghi bản danh mục của mã ĐVHC; tạm ghi '\(edition)', nên nêu --edition")
    }
}

// MARK: Errors

extension Message {
    static let workbook = Message(
        .unreadable, en: "this is a workbook, not a CSV file: save the sheet as 'CSV UTF-8' first",
        vi: "đây là tệp Excel, không phải CSV: hãy lưu trang tính dạng 'CSV UTF-8' trước")
    static let brokenUTF16 = Message(
        .unreadable, en: "half a letter stands here: the file is damaged or was cut short; save it again as 'CSV UTF-8'",
        vi: "ở đây chỉ còn nửa chữ: tệp bị hỏng hoặc bị cắt; hãy lưu lại dạng 'CSV UTF-8'")
    static func notReadBack(_ reason: String) -> Message {
        Message(
            .noRoot, en: "what was made of this sheet is no network: \(reason)", vi: "dữ liệu tạo từ bảng này không thành mạng: \(reason)")
    }
    static func failedFormula(_ text: String) -> Message {
        Message(
            .failedFormula, en: "'\(text)' is a formula that failed in the spreadsheet; mend it there, or write the value",
            vi: "'\(text)' là công thức bị lỗi trong bảng tính; hãy sửa ở đó hoặc ghi giá trị")
    }
    static func ditto(_ text: String) -> Message {
        Message(.placeholder, en: "'\(text)' means the row above; write the value out", vi: "'\(text)' nghĩa là như dòng trên; hãy ghi rõ giá trị")
    }
    static let unclosedQuote = Message(
        .badQuote, en: "nothing closes this quotation mark; write \"\" for a mark inside a cell",
        vi: "dấu nháy kép này không được đóng; dấu nháy bên trong ô phải viết là \"\"")
    static let textAfterQuote = Message(
        .badQuote, en: "text after the closing quotation mark; write \"\" for a mark inside a cell",
        vi: "có chữ sau dấu nháy kép đóng; dấu nháy bên trong ô phải viết là \"\"")
    static func extraCells(_ cells: Int, _ headings: Int) -> Message {
        Message(
            .extraCells, en: "this row has \(cells) cells for \(headings) headings: a cell with a separator or a decimal comma in it must be quoted",
            vi: "dòng này có \(cells) ô cho \(headings) tiêu đề: ô chứa dấu phân cách hoặc dấu phẩy thập phân phải đặt trong dấu nháy kép")
    }
    static let noHeader = Message(
        .noHeader, en: "no row of headings found; at least a column of names is needed ('site_name', 'Tên điểm cầu')",
        vi: "không thấy dòng tiêu đề cột; ít nhất cần cột tên ('Tên điểm cầu', 'site_name')")
    static func missingColumn(_ column: SheetColumn) -> Message {
        Message(
            .missingColumn, en: "there is no column '\(column.heading(.en))'", vi: "thiếu cột '\(column.heading(.vi))'")
    }
    static func duplicateColumn(_ text: String, _ other: String) -> Message {
        Message(
            .duplicateColumn, en: "columns '\(text)' and '\(other)' hold the same; leave one", vi: "cột '\(text)' và '\(other)' trùng nhau; hãy để lại một")
    }
    static func unknownColumn(_ text: String) -> Message {
        Message(.unknownColumn, en: "column '\(text)' is not known", vi: "không biết cột '\(text)'")
    }
    static let noRows = Message(.noRoot, en: "the sheet has no sites", vi: "bảng không có điểm cầu nào")
    static let missingName = Message(.missingName, en: "this site has no name", vi: "điểm cầu này chưa có tên")
    static let missingLevel = Message(
        .missingLevel, en: "the level is blank, and neither unit code nor name tells it",
        vi: "cấp để trống, mã ĐVHC và tên cũng không cho biết")
    static func unknownSheetLevel(_ text: String) -> Message {
        Message(.unknownLevel, en: "there is no level '\(text)'", vi: "không có cấp '\(text)'")
    }
    static func levelAgainstName(_ level: String, _ kind: String) -> Message {
        Message(
            .levelAgainstName, en: "the level is '\(level)', but the name says '\(kind)'", vi: "cấp là '\(level)', nhưng tên ghi là '\(kind)'")
    }
    static func badUnitCode(_ text: String, level: String, digits: Int) -> Message {
        Message(
            .badUnitCode, en: "'\(text)' is no unit code: those of level '\(level)' have \(digits) digits",
            vi: "'\(text)' không phải mã ĐVHC: mã của cấp '\(level)' có \(digits) chữ số")
    }
    static func lostDigits(_ text: String) -> Message {
        Message(
            .badUnitCode, en: "'\(text)' is a code that lost its last digits; format the column as text and type it again",
            vi: "'\(text)' là mã bị mất các chữ số cuối; hãy định dạng cột là văn bản rồi nhập lại")
    }
    static func thousands(_ text: String) -> Message {
        Message(
            .ambiguousNumber, en: "'\(text)' may be a thousand or one with three decimals; write it without the mark",
            vi: "'\(text)' có thể là nghìn hoặc là số có ba chữ số thập phân; hãy viết không có dấu")
    }
    static func unequalPair(_ text: String) -> Message {
        Message(
            .ambiguousNumber, en: "which part of '\(text)' is up and which is down? write them into the two columns",
            vi: "trong '\(text)' số nào là chiều lên, số nào là chiều xuống? hãy ghi vào hai cột")
    }
    static func badCapacityUnit(_ unit: String) -> Message {
        Message(
            .badUnit, en: "'\(unit)' is not a unit here; write the number of Mbit/s alone", vi: "ở đây không dùng đơn vị '\(unit)'; hãy chỉ ghi số Mbit/s")
    }
    static func notPositive(_ text: String, _ column: SheetColumn) -> Message {
        Message(
            .badNumber, en: "'\(column.heading(.en))' is \(text), but must be more than 0", vi: "'\(column.heading(.vi))' là \(text), nhưng phải lớn hơn 0")
    }
    static func sheetRange(_ text: String, _ column: SheetColumn, _ low: String, _ high: String) -> Message {
        Message(
            .badNumber, en: "'\(column.heading(.en))' is \(text), but must lie between \(low) and \(high)",
            vi: "'\(column.heading(.vi))' là \(text), nhưng phải từ \(low) đến \(high)")
    }
    static func shareTooLarge(_ share: String, _ line: String) -> Message {
        Message(
            .shareTooLarge, en: "\(share) are set aside for conferences, but the line carries \(line)",
            vi: "dành \(share) cho hội nghị, nhưng đường truyền chỉ có \(line)")
    }
    static let halfPlace = Message(
        .badCoordinates, en: "latitude and longitude belong together; one of them is blank", vi: "vĩ độ và kinh độ phải đi cùng nhau; đang thiếu một")
    static func duplicateCode(_ id: String, line: Int) -> Message {
        Message(.duplicateID, en: "site code '\(id)' is used already in line \(line)", vi: "mã điểm cầu '\(id)' đã dùng ở dòng \(line)")
    }
    static func duplicateName(_ name: String, line: Int) -> Message {
        Message(
            .duplicateName, en: "'\(name)' stands already in line \(line), below the same parent", vi: "'\(name)' đã có ở dòng \(line), cùng cấp trên")
    }
    static func unknownSection(_ text: String) -> Message {
        Message(
            .unknownSection,
            en: "'\(text)' stands alone in its row, but no site has this name: give the row a code, a level or a parent, or write the name of a site",
            vi: "'\(text)' đứng một mình trong dòng, nhưng không điểm cầu nào có tên này: hãy ghi mã, cấp hoặc cấp trên, hoặc ghi tên một điểm cầu")
    }
    static func missingParent(root: String, line: Int) -> Message {
        Message(
            .missingParent, en: "the parent is blank; only the topmost site has none, and that is '\(root)' in line \(line)",
            vi: "cấp trên để trống; chỉ điểm cầu trên cùng mới không có, đó là '\(root)' ở dòng \(line)")
    }
    static func unknownSheetParent(_ text: String) -> Message {
        Message(.unknownParent, en: "there is no site '\(text)' to be the parent", vi: "không có điểm cầu '\(text)' để làm cấp trên")
    }
    static func unknownSheetBackup(_ text: String) -> Message {
        Message(
            .unknownBackup, en: "there is no site '\(text)' to be a backup parent", vi: "không có điểm cầu '\(text)' để làm cấp trên dự phòng")
    }
    static func ambiguousName(_ text: String, _ ids: [String]) -> Message {
        Message(
            .ambiguousParent, en: "'\(text)' may be \(either(ids, "or")); write the site code",
            vi: "'\(text)' có thể là \(either(ids, "hoặc")); hãy ghi mã điểm cầu")
    }
    static func parentMergedAway(_ id: String, line: Int) -> Message {
        Message(
            .unknownParent, en: "the parent '\(id)' is merged into another unit (line \(line)) and not part of the network",
            vi: "cấp trên '\(id)' đã sáp nhập (dòng \(line)), không còn trong mạng")
    }
    static func secondRoot(_ id: String, first: String, line: Int) -> Message {
        Message(
            .twoRoots, en: "'\(id)' hangs below the network outside, but so does '\(first)' in line \(line); only one may",
            vi: "'\(id)' nối lên mạng bên ngoài, nhưng '\(first)' ở dòng \(line) cũng vậy; chỉ một điểm được nối")
    }
    static let noSheetRoot = Message(
        .noRoot, en: "every site has a parent; the topmost one must have none", vi: "điểm cầu nào cũng có cấp trên; điểm trên cùng không được có")
    static func sheetCycle(_ ids: [String]) -> Message {
        let way = ids.joined(separator: " → ")
        return Message(.cycle, en: "the parents form a cycle: \(way)", vi: "các cấp trên tạo thành vòng: \(way)")
    }
    static func sheetLevelOrder(_ child: String, _ childLevel: String, under parent: String, _ parentLevel: String) -> Message {
        Message(
            .levelOrder, en: "'\(child)' (level '\(childLevel)') hangs below '\(parent)' (level '\(parentLevel)'): a parent's level must be higher",
            vi: "'\(child)' (cấp '\(childLevel)') ở dưới '\(parent)' (cấp '\(parentLevel)'): cấp của cấp trên phải cao hơn")
    }
    static func mixedEditions(_ text: String, _ first: String, line: Int) -> Message {
        Message(
            .mixedEditions, en: "edition '\(text)' here, but '\(first)' in line \(line): codes change their meaning between editions",
            vi: "ở đây là bản '\(text)', nhưng dòng \(line) là bản '\(first)': mã đổi nghĩa giữa các bản")
    }
}

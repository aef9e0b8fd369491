/// What libyaml says, in Vietnamese.
enum YAMLWords {
    /// Nil for a sentence that nobody has translated.
    static func vietnamese(problem: String) -> String? { problems[problem] }
    static func vietnamese(context: String) -> String? { contexts[context] }

    private static let problems: [String: String] = [
        "found character that cannot start any token": "không giá trị nào được bắt đầu bằng ký tự này; hãy đặt giá trị trong dấu nháy kép",
        "could not find expected ':'": "thiếu dấu ':' sau khóa",
        "block sequence entries are not allowed in this context": "ở đây không được bắt đầu một danh sách bằng '-'",
        "mapping keys are not allowed in this context": "ở đây không được ghi khóa",
        "mapping values are not allowed in this context": "ở đây không được có dấu ':'; nếu nó thuộc về giá trị thì đặt giá trị trong dấu nháy kép",
        "found unknown directive name": "không có chỉ thị '%' nào tên như vậy",
        "did not find expected comment or line break": "sau chỗ này chỉ được có chú thích hoặc xuống dòng",
        "could not find expected directive name": "thiếu tên chỉ thị sau '%'",
        "found unexpected non-alphabetical character": "tên chỉ thị chỉ được có chữ cái",
        "did not find expected digit or '.' character": "số phiên bản YAML chỉ được có chữ số và dấu '.'",
        "found extremely long version number": "số phiên bản YAML quá dài",
        "did not find expected version number": "thiếu số phiên bản YAML",
        "did not find expected whitespace": "ở đây phải có dấu cách",
        "did not find expected whitespace or line break": "ở đây phải có dấu cách hoặc xuống dòng",
        "did not find expected alphabetic or numeric character":
            "tên sau '&' hoặc '*' chỉ được có chữ cái và chữ số; nếu là văn bản thì đặt trong dấu nháy kép",
        "did not find the expected '>'": "thiếu dấu '>' của thẻ",
        "did not find expected '!'": "thiếu dấu '!' của thẻ",
        "did not find expected tag URI": "thiếu tên của thẻ '!'",
        "did not find URI escaped octet": "thẻ '!' có mã '%' sai",
        "found an incorrect leading UTF-8 octet": "thẻ '!' có mã '%' sai",
        "found an incorrect trailing UTF-8 octet": "thẻ '!' có mã '%' sai",
        "found an indentation indicator equal to 0": "số chỉ độ thụt dòng không được là 0",
        "found a tab character where an indentation space is expected": "thụt dòng bằng dấu tab; hãy dùng dấu cách",
        "found a tab character that violates indentation": "thụt dòng bằng dấu tab; hãy dùng dấu cách",
        "found unexpected document indicator": "dấu nháy chưa đóng mà đã gặp '---' hoặc '...'",
        "found unexpected end of stream": "dấu nháy này không được đóng",
        "found unknown escape character": "ký tự sau '\\' không hợp lệ trong dấu nháy kép; muốn ghi '\\' thì viết '\\\\'",
        "did not find expected hexdecimal number": "sau '\\x', '\\u' phải là số thập lục phân",
        "found invalid Unicode character escape code": "mã ký tự sau '\\' không có trong Unicode",
        "found unexpected ':'": "ở đây không được có dấu ':'; hãy đặt giá trị trong dấu nháy kép",
        "Maximum nesting level reached, set with yaml_set_max_nest_level())": "lồng nhau quá sâu",
        "did not find expected <stream-start>": "không thấy phần đầu của tệp",
        "did not find expected <document start>": "phần trước đã hết mà ở đây lại bắt đầu phần khác; kiểm tra độ thụt dòng",
        "found undefined tag handle": "không có thẻ nào tên như vậy",
        "did not find expected node content": "ở đây thiếu giá trị",
        "did not find expected '-' indicator": "ở đây phải là một mục '-' của danh sách; kiểm tra độ thụt dòng",
        "did not find expected key": "ở đây phải là một khóa; kiểm tra độ thụt dòng và dấu nháy",
        "did not find expected ',' or ']'": "thiếu dấu ',' hoặc ']'",
        "did not find expected ',' or '}'": "thiếu dấu ',' hoặc '}'",
        "found duplicate %YAML directive": "chỉ thị %YAML ghi hai lần",
        "found incompatible YAML document": "phiên bản YAML này không đọc được; hãy bỏ dòng %YAML",
        "found duplicate %TAG directive": "chỉ thị %TAG ghi hai lần",
        "found undefined alias": "không có bí danh này: trước '*' chưa có '&' cùng tên; nếu là văn bản thì đặt trong dấu nháy kép",
        "but found another document": "tệp chỉ được có một tài liệu, nhưng ở đây '---' bắt đầu tài liệu thứ hai",
        "input error": "không đọc được tệp",
        "control characters are not allowed": "không được có ký tự điều khiển",
        "input is too long": "tệp quá dài",
    ]

    private static let contexts: [String: String] = [
        "while scanning for the next token": "khi đọc giá trị tiếp theo", "while scanning a simple key": "khi đọc một khóa",
        "while scanning a directive": "khi đọc một chỉ thị", "while scanning a %YAML directive": "khi đọc chỉ thị %YAML",
        "while scanning a %TAG directive": "khi đọc chỉ thị %TAG", "while scanning an anchor": "khi đọc tên sau '&'",
        "while scanning an alias": "khi đọc tên sau '*'", "while scanning a tag": "khi đọc một thẻ", "while scanning a tag directive": "khi đọc một thẻ",
        "while parsing a tag directive": "khi đọc một thẻ", "while parsing a %TAG directive": "khi đọc chỉ thị %TAG", "while parsing a tag": "khi đọc một thẻ",
        "while scanning a block scalar": "khi đọc văn bản nhiều dòng", "while scanning a quoted scalar": "khi đọc văn bản trong dấu nháy",
        "while parsing a quoted scalar": "khi đọc văn bản trong dấu nháy", "while scanning a plain scalar": "khi đọc một giá trị",
        "while parsing": "khi đọc", "while parsing a node": "khi đọc một giá trị", "while parsing a block node": "khi đọc một giá trị",
        "while parsing a flow node": "khi đọc một giá trị trong {…} hoặc […]", "while parsing a block collection": "khi đọc một danh sách",
        "while parsing a block mapping": "khi đọc một nhóm khóa", "while parsing a flow sequence": "khi đọc một danh sách […]",
        "while parsing a flow mapping": "khi đọc một nhóm {…}", "expected a single document in the stream": "khi đọc hết tệp",
    ]
}

extension Message {
    /// libyaml's sentence; `begun` is where the value began that it could not end.
    static func yamlSyntax(_ problem: String, while context: String? = nil, begun: Spot? = nil) -> Message {
        let en = [context, problem].compactMap { $0 }.joined(separator: ", ") + (begun.map { "; it begins \($0.en)" } ?? "")
        var vi = YAMLWords.vietnamese(problem: problem) ?? "bộ đọc báo \"\(problem)\""
        if let context { vi += " (\(YAMLWords.vietnamese(context: context) ?? context))" }
        if let begun { vi += "; phần này bắt đầu \(begun.vi)" }
        return Message(.yamlSyntax, en: "not valid YAML: \(en)", vi: "YAML không hợp lệ: \(vi)")
    }
    static let tabIndent = Message(
        .yamlSyntax, en: "not valid YAML: this line is indented with a tab; use blanks",
        vi: "YAML không hợp lệ: dòng này thụt bằng dấu tab; hãy dùng dấu cách")
    static let openQuote = Message(
        .yamlSyntax, en: "not valid YAML: this quotation mark is not closed in its line",
        vi: "YAML không hợp lệ: dấu nháy này không được đóng trong dòng của nó")
    static let aliasKey = Message(
        .yamlSyntax, en: "not valid here: an alias, a list or a mapping cannot be a key",
        vi: "không hợp lệ ở đây: bí danh (*tên), danh sách hay nhóm không thể làm khóa")
    static func hiddenLetter(_ scalar: Unicode.Scalar, in text: String? = nil) -> Message {
        let name = Letters.name(scalar)
        return Message(
            .hiddenLetters, en: "an invisible character stands here: \(name)\(text.map { ", in '\($0)'" } ?? ""); delete it",
            vi: "ở đây có ký tự không nhìn thấy: \(name)\(text.map { ", trong '\($0)'" } ?? ""); hãy xóa")
    }
    static func lineBreak(_ key: String) -> Message {
        Message(
            .hiddenLetters, en: "'\(key)' has a line break or a tab in it; write it on one line",
            vi: "'\(key)' có chỗ xuống dòng hoặc dấu tab; hãy viết trên một dòng")
    }
    package static func lostLetters(_ text: String, _ finding: LostLetters.Finding) -> Message {
        switch finding {
        case .lost(let sample):
            Message(
                .lostLetters,
                en: "letters of '\(text)' were lost ('\(sample)'): take it from the original again and save the file as UTF-8 (in Excel: 'CSV UTF-8')",
                vi: "'\(text)' bị hỏng chữ ('\(sample)'): hãy lấy lại từ bản gốc và lưu tệp dạng UTF-8 (trong Excel: 'CSV UTF-8')")
        case .foreign(let letter):
            Message(
                .lostLetters,
                en: "'\(text)' has a letter of another alphabet that looks like a Latin one: '\(letter)' (\(Letters.name(letter))); type it anew",
                vi: "'\(text)' có chữ '\(letter)' (\(Letters.name(letter))) của bảng chữ cái khác, trông giống chữ Latinh; hãy gõ lại")
        }
    }
}

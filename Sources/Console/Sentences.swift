import Conference

/// A refusal in plain words, with the next step.
public struct Sentence: Hashable, Sendable {
    public var message: String
    public var nextStep: String
    /// Both are whole sentences.
    public init(_ message: String, _ nextStep: String) {
        self.message = message
        self.nextStep = nextStep
    }
}

extension Refusal {
    /// What a hall reads.
    public func sentence(_ language: Language) -> Sentence {
        let (vi, en) = sentences
        return language == .english ? en : vi
    }

    private var sentences: (Sentence, Sentence) {
        switch self {
        case .notAllowed:
            (
                Sentence("Điểm cầu này không có quyền làm việc đó.", "Đề nghị chủ trì thực hiện, hoặc mở bằng đường dẫn của chủ trì."),
                Sentence("This site is not allowed to do that.", "Ask the chair, or open the page with the chair's link.")
            )
        case .unknownMeeting:
            (
                Sentence("Không có cuộc họp này.", "Chờ chủ trì bắt đầu cuộc họp; trang sẽ tự vào."),
                Sentence("There is no such meeting.", "Wait until the chair starts it; the page joins by itself.")
            )
        case .unknownSite:
            (
                Sentence("Không có điểm cầu này trong mạng.", "Kiểm tra lại tên điểm cầu trong danh sách."),
                Sentence("The network has no such site.", "Check the site's name in the list.")
            )
        case .notInMeeting:
            (
                Sentence("Điểm cầu không thuộc thành phần cuộc họp.", "Liên hệ người điều hành kỹ thuật để bổ sung điểm cầu."),
                Sentence("The site does not belong to this meeting.", "Ask the operator to add the site.")
            )
        case .noRequest:
            (
                Sentence("Điểm cầu chưa xin phát biểu và không giữ quyền phát biểu.", "Bấm “Xin nói” trước."),
                Sentence("The site has neither asked for the floor nor holds it.", "Press “Ask to speak” first.")
            )
        case .alreadyRequested:
            (
                Sentence("Điểm cầu đã có trong danh sách chờ phát biểu.", "Chờ chủ trì mời, hoặc bấm “Thôi xin”."),
                Sentence("The site is in the queue already.", "Wait for the chair, or press “Stop asking”.")
            )
        case .requestsClosed:
            (
                Sentence("Cuộc họp đang không nhận xin phát biểu.", "Chờ chủ trì mời phát biểu."),
                Sentence("The meeting takes no requests to speak now.", "Wait until the chair invites you.")
            )
        case .meetingExists:
            (
                Sentence("Cuộc họp này đang diễn ra.", "Vào cuộc họp đang diễn ra, hoặc kết thúc trước khi bắt đầu lại."),
                Sentence("This meeting is running already.", "Join it, or end it before starting it again.")
            )
        case .badOffer:
            (
                Sentence("Trình duyệt gửi yêu cầu kết nối không hợp lệ.", "Tải lại trang; nếu vẫn lỗi, dùng Chromium hoặc Firefox mới."),
                Sentence("The browser's connection offer cannot be read.", "Reload the page; else use a recent Chromium or Firefox.")
            )
        case .noCommonCodec:
            (
                Sentence("Trình duyệt không có bộ mã hình của cuộc họp.", "Vẫn nghe được; muốn xem hình, dùng trình duyệt khác (Chromium)."),
                Sentence(
                    "The browser lacks the meeting's video codec.", "Sound still works; for the picture use another browser (Chromium).")
            )
        case .tooManyLegs:
            (
                Sentence("Nút mạng đã đủ số kết nối cho phép.", "Đóng các trang không dùng rồi thử lại."),
                Sentence("The node carries as many connections as it may.", "Close pages that are not used and try again.")
            )
        case .notReady:
            (
                Sentence("Nút mạng không nhận thêm cuộc họp.", "Nút giữ tối đa 256 cuộc họp; kết thúc những cuộc đã xong rồi thử lại."),
                Sentence("The node takes no further meeting.", "It holds 256 at most; end those that are over and try again.")
            )
        case .beyondReach:
            (
                Sentence(
                    "Cuộc họp có điểm cầu không thuộc đơn vị này và cấp dưới của nó.",
                    "Chỉ chọn điểm cầu từ đơn vị này trở xuống, hoặc đề nghị người điều hành bắt đầu cuộc họp từ tệp."),
                Sentence(
                    "The meeting names sites that are neither this unit's nor below it.",
                    "Choose sites at or below this unit, or ask the operator to start the meeting from its file.")
            )
        case .tooLarge:
            (
                Sentence("Cuộc họp quá lớn: danh sách điểm cầu và tiêu đề vượt 64 KB.", "Chọn ít điểm cầu hơn, hoặc chia thành nhiều cuộc họp."),
                Sentence("The meeting is too large: its list of sites and its title exceed 64 KB.", "Choose fewer sites, or make several meetings.")
            )
        case .tooManyMeetings:
            (
                Sentence("Chủ trì này đang có nhiều cuộc họp cùng lúc nhất có thể (4; cả nút 16).", "Kết thúc một cuộc họp rồi bắt đầu cuộc mới."),
                Sentence("This chair runs as many meetings as it may (4; the whole node 16).", "End one before starting another.")
            )
        case .tooManyPages:
            (
                Sentence("Điểm cầu này đang mở quá nhiều trang (tối đa 128).", "Đóng các trang không dùng rồi thử lại."),
                Sentence("This site has too many pages open (128 at most).", "Close pages that are not used and try again.")
            )
        case .alreadyInMeeting:
            (
                Sentence("Điểm cầu này đã có trong cuộc họp.", "Không cần thêm nữa."),
                Sentence("The site is in the meeting already.", "Nothing needs to be done.")
            )
        case .chairStays:
            (
                Sentence("Không thể đưa điểm cầu chủ trì ra khỏi cuộc họp.", "Muốn đổi chủ trì, hãy kết thúc cuộc họp rồi bắt đầu lại."),
                Sentence("A chair's site cannot be taken out of its meeting.", "To change the chairs, end the meeting and start it anew.")
            )
        case .notInvited:
            (
                Sentence("Không có lời mời họp nào chờ điểm cầu này trả lời.", "Lời mời có thể đã được rút lại, hoặc cuộc họp đã kết thúc."),
                Sentence("No invitation waits for this site's answer.", "It may have been taken back, or the meeting is over.")
            )
        case .tooManySeats:
            (
                Sentence("Cuộc họp này đã thêm, bớt điểm cầu quá nhiều lần.", "Kết thúc cuộc họp rồi bắt đầu lại với danh sách mới."),
                Sentence("Too many sites were added to this meeting and taken out.", "End the meeting and start it with the new list.")
            )
        case .busy:
            (
                Sentence("Nút mạng chưa gửi kịp các thao tác trước của cuộc họp này.", "Chờ vài giây rồi thử lại."),
                Sentence("The node has not passed on this meeting's earlier deeds yet.", "Wait a few seconds and try again.")
            )
        case .notYours:
            (
                Sentence(
                    "Không thu hồi được đường dẫn này từ đây.",
                    "Thu hồi tại nút mạng của điểm cầu đó hoặc nút cấp trên; đường dẫn đã hết hạn thì không cần thu hồi."),
                Sentence(
                    "This link cannot be withdrawn from here.",
                    "Withdraw it at its site's node or at one above it; a link that is over needs no withdrawing.")
            )
        case .tooManyRevocations:
            (
                Sentence(
                    "Nút này đã thu hồi 256 đường dẫn còn hạn.", "Cấp khóa ký đường dẫn mới rồi thu hồi khóa cũ: mọi đường dẫn cũ hết hiệu lực cùng lúc."),
                Sentence(
                    "This node has withdrawn 256 links that are not over yet.",
                    "Make a new key for links and withdraw the old one: all its links end at once.")
            )
        case .nothingAbove:
            (
                Sentence("Cuộc họp không có cấp trên để tách ra.", "Cuộc họp này do chính nơi đây điều hành."),
                Sentence("There is no upper level to break away from.", "This meeting is led from here already.")
            )
        case .alreadyApart:
            (
                Sentence("Nơi đây đang tách họp riêng.", "Bấm “Nhập lại” khi muốn trở lại cuộc họp chung."),
                Sentence("This place meets by itself already.", "Press “Rejoin” to come back to the whole meeting.")
            )
        case .notApart:
            (
                Sentence("Nơi đây không tách họp riêng.", "Bấm “Họp riêng…” trước."),
                Sentence("This place did not break away.", "Press “Meet apart…” first.")
            )
        case .notEndedAbove:
            (
                Sentence("Cấp trên chưa kết thúc cuộc họp.", "Không cần làm gì."),
                Sentence("The upper level has not ended the meeting.", "Nothing needs to be done.")
            )
        case .badQuestion:
            (
                Sentence("Nội dung biểu quyết để trống hoặc quá dài.", "Ghi nội dung trong khoảng 1–400 byte (chừng 250 chữ cái có dấu)."),
                Sentence("The question is empty or too long.", "Write 1 to 400 bytes (about 250 letters with marks).")
            )
        case .tooManyVotes:
            (
                Sentence("Cuộc họp này đã có 32 lần biểu quyết.", "Bắt đầu một cuộc họp mới để biểu quyết tiếp."),
                Sentence("This meeting has had 32 votes already.", "Start another meeting for further votes.")
            )
        case .unknownVote:
            (
                Sentence("Chưa thấy lần biểu quyết này.", "Chờ vài giây rồi thử lại; nếu mất kết nối với cấp trên, chờ nối lại."),
                Sentence("This vote is not known here.", "Wait a few seconds and try again; if the upper level is cut off, wait until it is back.")
            )
        case .voteClosed:
            (
                Sentence("Lần biểu quyết này đã kết thúc.", "Phiếu đã gửi vẫn giữ nguyên; cần thay đổi thì báo chủ trì."),
                Sentence("This vote is closed.", "A ballot already cast stands; tell the chair if it must change.")
            )
        case .badBallot:
            (
                Sentence("Số phiếu không hợp lệ.", "Ghi số người cho từng ý kiến, ít nhất một người, mỗi ý kiến không quá 100.000."),
                Sentence("These counts cannot be a ballot.", "Give the heads for each answer: at least one person, at most 100,000 each.")
            )
        }
    }
}

extension TokenRefusal {
    /// What a hall reads.
    public func sentence(_ language: Language) -> Sentence {
        switch (self, language) {
        case (.expired, .vietnamese):
            Sentence("Đường dẫn vào phòng họp đã hết hạn.", "Đề nghị người điều hành kỹ thuật cấp đường dẫn mới.")
        case (.expired, .english): Sentence("The link to this room has expired.", "Ask the operator for a new link.")
        case (.foreign, .vietnamese):
            Sentence("Đường dẫn không đúng: của nút mạng khác, hoặc bị sai mất chữ.", "Kiểm tra địa chỉ, hoặc xin lại đường dẫn.")
        case (.foreign, .english):
            Sentence("This link belongs to another node or network.", "Check the node's address, or ask for the right link.")
        case (.elsewhere, .vietnamese):
            Sentence("Đường dẫn này dành cho nút mạng khác.", "Mở đúng địa chỉ đã được cấp.")
        case (.elsewhere, .english):
            Sentence("This link is for another node.", "Open the address that you were given.")
        case (.revoked, .vietnamese):
            Sentence("Đường dẫn này đã bị thu hồi.", "Đề nghị người điều hành kỹ thuật cấp đường dẫn mới.")
        case (.revoked, .english):
            Sentence("This link was withdrawn.", "Ask the operator for a new link.")
        case (.outdated, .vietnamese):
            Sentence("Đường dẫn được cấp theo cách cũ, nay không dùng nữa.", "Đề nghị người điều hành kỹ thuật cấp đường dẫn mới.")
        case (.outdated, .english):
            Sentence("The link was made in an old way that is no longer taken.", "Ask the operator for a new link.")
        case (.malformed, .vietnamese):
            Sentence("Đường dẫn không đúng hoặc bị cắt mất chữ.", "Mở lại trọn vẹn đường dẫn đã được cấp.")
        case (.malformed, .english):
            Sentence("The link is wrong or was cut short.", "Open the complete link that you were given.")
        }
    }
}

extension FormProblem {
    /// What a chair reads.
    public func sentence(_ language: Language) -> Sentence {
        let vi: Sentence
        let en: Sentence
        switch self {
        case .unknownFile(let name):
            vi = Sentence("Nút mạng không có tệp cuộc họp “\(name)”.", "Chọn một cuộc họp trong danh sách.")
            en = Sentence("The node has no meeting file “\(name)”.", "Choose one of the list.")
        case .badTitle:
            vi = Sentence("Tên cuộc họp còn trống hoặc dài quá \(MeetingForm.titleLimit) ký tự.", "Nhập tên cuộc họp.")
            en = Sentence("The title is empty or longer than \(MeetingForm.titleLimit) characters.", "Enter a title.")
        case .unknownKind(let name):
            vi = Sentence("Không có loại cuộc họp “\(name)”.", "Chọn: quan-triet, giao-ban, hop hoặc tap-huan.")
            en = Sentence("There is no kind of meeting “\(name)”.", "Use quan-triet, giao-ban, hop or tap-huan.")
        case .unknownCodec(let name):
            vi = Sentence("Không có bộ mã hình “\(name)”.", "Chọn vp8 hoặc h264.")
            en = Sentence("There is no video codec “\(name)”.", "Use vp8 or h264.")
        case .unknownSite(let name):
            vi = Sentence("Không có điểm cầu “\(name)” trong mạng.", "Chọn điểm cầu trong danh sách.")
            en = Sentence("The network has no site “\(name)”.", "Choose sites of the list.")
        case .unknownNode(let name):
            vi = Sentence("Không có nút mạng “\(name)”.", "Chọn nút mạng trong danh sách.")
            en = Sentence("The network has no node “\(name)”.", "Choose a node of the list.")
        case .unknownLevel(let name):
            vi = Sentence("Không có cấp “\(name)”.", "Chọn cấp trong danh sách.")
            en = Sentence("The network has no level “\(name)”.", "Choose a level of the list.")
        case .tooFewSites:
            vi = Sentence("Cuộc họp cần ít nhất hai điểm cầu.", "Chọn thêm điểm cầu.")
            en = Sentence("A meeting needs two sites or more.", "Choose more sites.")
        case .badID(let name):
            vi = Sentence("Mã cuộc họp “\(name)” không hợp lệ.", "Dùng 1–48 chữ cái không dấu, chữ số, dấu gạch và dấu chấm.")
            en = Sentence("The meeting's id “\(name)” is not valid.", "Use 1 to 48 letters, digits, dashes and dots.")
        case .badNumbers:
            vi = Sentence(
                "Số micro mở, số lượt phát biểu hoặc tốc độ không hợp lệ.",
                "Micro mở 1–8, lượt phát biểu không vượt số micro mở, tiếng 6–510 kbit/s, hình 30–20.000 kbit/s."
            )
            en = Sentence(
                "Open microphones, floor size or rates out of range.",
                "Give 1 to 8 microphones, no more floor slots than those, sound 6 to 510 kbit/s, picture 30 to 20,000 kbit/s.")
        }
        return language == .english ? en : vi
    }
}

// The words of the pages. Vietnamese first; English by ?lang=en, cookie or Accept-Language (the node decides).
const words = {
  vi: {
    "index.what": "Nút mạng họp trực tuyến liên cấp.", "index.node": "Nút mạng", "index.sites": "Điểm cầu từ đây trở xuống", "index.state": "Tình trạng",
    "index.next": "Để vào phòng họp, mở đường dẫn đã được cấp cho điểm cầu.", "index.ok": "thông suốt", "index.bad": "chưa sẵn sàng",
    "join": "Vào phòng họp", "no-meeting": "Chưa có cuộc họp.\nTrang sẽ tự vào khi chủ trì bắt đầu.", "no-meeting.chair": "Chưa có cuộc họp.\nChọn ở bên phải để bắt đầu.", "ended": "Cuộc họp đã kết thúc.", "start.lead": "Vào phòng, rồi chọn cuộc họp để bắt đầu.",
    "start.waiting": "Chưa có cuộc họp; vào trước để kiểm tra micro và camera.", "start.asking": "Nếu trình duyệt hỏi, hãy bấm “Cho phép” dùng micro và camera.",
    "line.joining": "đang kết nối", "line.clear": "thông suốt", "line.unstable": "chập chờn", "line.lost": "mất kết nối", "line.back": "đang kết nối lại",
    "line.alone": "tự điều hành, mất kết nối với {name} từ {time}",
    "line.apart": "họp riêng: {name} tách khỏi cuộc họp chung từ {time}", "line.ended-above": "họp riêng, cấp trên đã kết thúc lúc {time}",
    "apart": "Tách họp riêng", "apart?": "Bấm lần nữa để tách", "rejoin": "Nhập lại", "rejoin?": "Bấm lần nữa để nhập lại",
    "go-on": "Họp tiếp", "ended-above?": "Cấp trên đã kết thúc cuộc họp lúc {time}. Chọn “Họp tiếp” hoặc “Kết thúc”.",
    "speaking": "Đang phát biểu", "you-speak": "Điểm cầu của bạn đang phát biểu · Trên màn hình: {role}", "chair": "chủ trì", "previous": "điểm cầu phát biểu trước",
    "chair-leads": "Chủ trì", "nobody": "Chưa có điểm cầu nào phát biểu.", "no-picture": "{name}\nkhông có hình.", "wait-picture": "Đang chờ hình…",
    "mic.open": "Mic đang mở: mọi điểm cầu nghe thấy", "mic.closed": "Mic sẵn sàng, chờ mời phát biểu", "mic.muted": "Đã tắt mic", "mic.none": "Không có micro: chỉ nghe",
    "mic.off": "Chưa vào họp", "mute": "Tắt mic", "unmute": "Bật mic", "mute.all": "Tắt mic tất cả",
    "ask": "Xin phát biểu", "unask": "Rút xin phát biểu (thứ {n})", "release": "Thôi phát biểu", "closed": "Không nhận xin phát biểu", "key.space": "Cách",
    "queue.head": "Danh sách chờ phát biểu", "queue.empty": "Chưa có điểm cầu xin phát biểu.", "you": "điểm cầu này", "present": "Có mặt",
    "turn": "Đến lượt điểm cầu này phát biểu.", "next": "Điểm cầu này được mời kế tiếp.",
    "no-camera": "Không có camera: các điểm cầu khác không thấy hình.", "no-mic": "Không có micro: điểm cầu chỉ nghe và xem.", "no-devices": "Không tìm thấy micro và camera: điểm cầu chỉ nghe và xem. Kiểm tra dây cắm; trang tự nhận khi có.",
    "denied": "Trình duyệt chưa cho dùng micro và camera. Bấm biểu tượng ổ khóa cạnh địa chỉ, chọn Cho phép, rồi tải lại trang.",
    "insecure": "Trang không mở bằng https nên không dùng được micro và camera: điểm cầu chỉ nghe và xem.", "tap": "Bấm phím hoặc chạm màn hình để bật tiếng.",
    "unreachable": "Không liên lạc được với nút mạng; đang thử lại.",
    "holder.head": "Đang giữ quyền phát biểu", "holder.none": "Chưa có. Chủ trì đang điều hành.", "revoke": "Thu quyền", "give": "Mời", "deny": "Từ chối", "invite": "Mời phát biểu",
    "presence.present": "có mặt", "presence.absent": "vắng mặt", "presence.cut-off": "mất kết nối từ {time}", "presence.apart": "tách họp riêng từ {time}", "muted": "tắt mic", "people": "{n} người", "is-speaking": "đang phát biểu", "is-chair": "chủ trì", "waits": "chờ thứ {n}",
    "count.absent": "vắng", "count.cut": "mất kết nối", "count.apart": "họp riêng", "filter": "Tìm điểm cầu", "end": "Kết thúc", "end?": "Kết thúc cuộc họp “{title}” cho tất cả điểm cầu?", "mute.all?": "Tắt mic của tất cả điểm cầu, trừ chủ trì?", "yes": "Đồng ý", "no": "Không",
    "vote.head": "Biểu quyết", "vote.question": "Nội dung biểu quyết", "vote.open": "Mở biểu quyết", "vote.close": "Kết thúc biểu quyết", "vote.close?": "Kết thúc biểu quyết “{question}”?", "vote.closed": "Đã kết thúc lúc {time}",
    "vote.agree": "Tán thành", "vote.disagree": "Không tán thành", "vote.abstain": "Không biểu quyết", "vote.cast": "Gửi phiếu", "vote.change": "Gửi lại phiếu", "vote.how": "Chạm một ý kiến: cả điểm cầu một phiếu. Hoặc ghi số người cho từng ý kiến rồi gửi.", "vote.heads": "{answer}: số người",
    "vote.own": "Phiếu của điểm cầu này: {agree} tán thành, {disagree} không tán thành, {abstain} không biểu quyết.", "vote.own.none": "Điểm cầu này chưa biểu quyết.",
    "vote.sites": "{voted} điểm cầu đã biểu quyết, {missing} chưa", "vote.cut": "trong đó {n} mất kết nối",
    "plan.files": "Cuộc họp đã soạn sẵn", "plan.none": "Nút mạng chưa có tệp cuộc họp.", "plan.own": "Chọn điểm cầu cho cuộc họp mới", "plan.title": "Tên cuộc họp", "plan.kind": "Loại", "plan.pick": "Chọn nhanh:", "plan.all": "Tất cả", "plan.clear": "Bỏ chọn", "plan.start": "Bắt đầu họp", "plan.run": "Bắt đầu", "plan.sites": "{n} điểm cầu", "branch": "cả nhánh",
    "kind.quan-triet": "Quán triệt (một báo cáo viên)", "kind.giao-ban": "Giao ban (lần lượt báo cáo)", "kind.hop": "Họp (xin và mời phát biểu)", "kind.tap-huan": "Tập huấn",
  },
  en: {
    "index.what": "A node for online conferences across levels.", "index.node": "Node", "index.sites": "Sites from here down", "index.state": "State",
    "index.next": "To join, open the link that was given to your site.", "index.ok": "running well", "index.bad": "not ready",
    "join": "Join the meeting", "no-meeting": "No meeting yet.\nThe page joins by itself when the chair starts one.", "no-meeting.chair": "No meeting yet.\nChoose one on the right.", "ended": "The meeting has ended.", "start.lead": "Join, then choose the meeting to start.",
    "start.waiting": "No meeting yet; join now to check microphone and camera.", "start.asking": "If the browser asks, allow microphone and camera.",
    "line.joining": "connecting", "line.clear": "running well", "line.unstable": "unstable", "line.lost": "connection lost", "line.back": "reconnecting",
    "line.alone": "on our own, cut off from {name} since {time}",
    "line.apart": "meeting apart: {name} broke away at {time}", "line.ended-above": "meeting apart, ended above at {time}",
    "apart": "Break away", "apart?": "Press again to break away", "rejoin": "Rejoin", "rejoin?": "Press again to rejoin",
    "go-on": "Go on", "ended-above?": "The upper level ended the meeting at {time}. Choose “Go on” or “End meeting”.",
    "speaking": "Speaking", "you-speak": "Your site is speaking · On screen: {role}", "chair": "the chair", "previous": "the previous speaker",
    "chair-leads": "Chair", "nobody": "No site is speaking.", "no-picture": "{name}\nhas no picture.", "wait-picture": "Waiting for the picture…",
    "mic.open": "Microphone open: all sites hear you", "mic.closed": "Microphone ready, wait to be invited", "mic.muted": "Microphone muted", "mic.none": "No microphone: listening only",
    "mic.off": "Not joined", "mute": "Mute", "unmute": "Unmute", "mute.all": "Mute all",
    "ask": "Ask to speak", "unask": "Withdraw (number {n})", "release": "Stop speaking", "closed": "No requests in this meeting", "key.space": "Space",
    "queue.head": "Waiting to speak", "queue.empty": "Nobody has asked to speak.", "you": "this site", "present": "Present",
    "turn": "This site has the floor.", "next": "This site is next.",
    "no-camera": "No camera: other sites cannot see you.", "no-mic": "No microphone: this site listens and watches.", "no-devices": "No microphone or camera found: this site listens and watches. Check the plugs; the page notices by itself.",
    "denied": "The browser does not allow microphone and camera. Click the lock beside the address, allow both, and reload.",
    "insecure": "The page was not opened over https, so microphone and camera cannot be used: listening only.", "tap": "Press a key or touch the screen for sound.",
    "unreachable": "The node does not answer; trying again.",
    "holder.head": "Has the floor", "holder.none": "Nobody. The chair leads.", "revoke": "Withdraw floor", "give": "Give floor", "deny": "Deny", "invite": "Invite",
    "presence.present": "present", "presence.absent": "absent", "presence.cut-off": "cut off since {time}", "presence.apart": "apart since {time}", "muted": "muted", "people": "{n} people", "is-speaking": "speaking", "is-chair": "chair", "waits": "number {n}",
    "count.absent": "absent", "count.cut": "cut off", "count.apart": "apart", "filter": "Find a site", "end": "End meeting", "end?": "End the meeting “{title}” for all sites?", "mute.all?": "Mute all sites but the chair?", "yes": "Yes", "no": "No",
    "vote.head": "Vote", "vote.question": "Question", "vote.open": "Open the vote", "vote.close": "Close the vote", "vote.close?": "Close the vote “{question}”?", "vote.closed": "Closed at {time}",
    "vote.agree": "Agree", "vote.disagree": "Disagree", "vote.abstain": "Abstain", "vote.cast": "Cast", "vote.change": "Cast again", "vote.how": "Tap an answer: one ballot for the whole site. Or write the heads for each answer and cast.", "vote.heads": "{answer}: heads",
    "vote.own": "This site’s ballot: {agree} agree, {disagree} disagree, {abstain} abstain.", "vote.own.none": "This site has not voted.",
    "vote.sites": "{voted} sites have voted, {missing} have not", "vote.cut": "{n} of them cut off",
    "plan.files": "Prepared meetings", "plan.none": "The node has no meeting files.", "plan.own": "Choose sites for a new meeting", "plan.title": "Title", "plan.kind": "Kind", "plan.pick": "Quick choice:", "plan.all": "All", "plan.clear": "None", "plan.start": "Start the meeting", "plan.run": "Start", "plan.sites": "{n} sites", "branch": "whole branch",
    "kind.quan-triet": "Resolution study (one speaker)", "kind.giao-ban": "Briefing (reports in order)", "kind.hop": "Discussion (ask and invite)", "kind.tap-huan": "Training",
  },
};
export const lang = document.documentElement.lang === "en" ? "en" : "vi";
export function t(key, values = {}) {
  return (words[lang][key] ?? key).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}
export function translatePage() {
  for (const element of document.querySelectorAll("[data-t]")) element.textContent = t(element.dataset.t);
}
// The whole country has one time zone; a hall's computer may be set to another.
const zone = { timeZone: "Asia/Ho_Chi_Minh", hourCycle: "h23" };
const hourMinute = new Intl.DateTimeFormat("vi-VN", { ...zone, hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat("vi-VN", { ...zone, day: "2-digit", month: "2-digit", year: "numeric" });
export const timeOf = (milliseconds) => hourMinute.format(milliseconds);
export const dateOf = (milliseconds) => day.formatToParts(milliseconds).filter((p) => p.type !== "literal").map((p) => p.value).join("/");

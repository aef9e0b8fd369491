// The words of the pages. Vietnamese first; English by ?lang=en, cookie or Accept-Language (the node decides).
const words = {
  vi: {
    "index.what": "Nút mạng họp trực tuyến liên cấp.", "index.node": "Nút mạng", "index.sites": "Điểm cầu từ đây trở xuống", "index.state": "Tình trạng",
    "index.next": "Để vào phòng họp, mở đường dẫn đã được cấp cho điểm cầu.", "index.ok": "sẵn sàng", "index.bad": "chưa sẵn sàng",
    "nothing": "Không có trang này.", "nothing.next": "Địa chỉ gõ sai hoặc đã cũ. Để vào phòng họp, mở trọn vẹn đường dẫn đã được cấp.", "nothing.home": "Về trang của nút mạng",
    "join": "Vào phòng họp", "no-meeting": "Chưa có cuộc họp.\nTrang tự vào khi chủ trì bắt đầu.", "no-meeting.chair": "Chưa có cuộc họp.\nChọn một cuộc họp để bắt đầu.",
    "over": "Cuộc họp “{title}” đã kết thúc lúc {time}, kéo dài {length}.", "over.next": "Trang tự vào khi có cuộc họp mới.", "hours": "{h} giờ {m} phút", "minutes": "{m} phút", "under-minute": "chưa đầy 1 phút",
    "start.lead": "Vào phòng, rồi chọn cuộc họp để bắt đầu.",
    "start.waiting": "Chưa có cuộc họp; vào trước để kiểm tra micro và camera.", "start.asking": "Nếu trình duyệt hỏi, hãy bấm “Cho phép” dùng micro và camera.",
    "line.joining": "Đang kết nối", "line.clear": "Đường truyền tốt", "line.unstable": "Đường truyền chập chờn", "line.lost": "Mất kết nối", "line.back": "Đang kết nối lại",
    "line.alone": "Mất đường lên cấp trên", "line.apart": "Họp riêng", "line.ended-above": "Họp riêng",
    "truth.off": "Chưa vào phòng họp", "truth.idle": "Chưa có cuộc họp", "truth.over": "Cuộc họp đã kết thúc", "truth.viewing": "Đang xem", "truth.listening": "Đang nghe", "truth.waiting": "Đang chờ, thứ {n}",
    "truth.opening": "ĐANG MỞ MIC", "truth.speaking": "ĐANG PHÁT BIỂU", "truth.leading": "ĐANG ĐIỀU HÀNH", "truth.leading-muted": "Đang điều hành, mic tắt", "truth.muted": "CÓ LƯỢT NHƯNG MIC TẮT",
    "truth.nomic": "CÓ LƯỢT NHƯNG KHÔNG CÓ MICRO", "truth.silent": "MIC MỞ NHƯNG KHÔNG CÓ TIẾNG", "truth.alone": "KHÔNG AI NGHE THẤY", "truth.lost": "MẤT KẾT NỐI", "truth.connecting": "ĐANG KẾT NỐI",
    "truth.elsewhere": "ĐANG MỞ Ở MÁY KHÁC", "truth.equipment": "THIẾT BỊ CỦA PHÒNG ĐANG PHÁT",
    "heard.all": "mọi điểm cầu nghe thấy", "heard.present": "{n} điểm cầu có mặt nghe thấy", "heard.some": "{n} điểm cầu nghe thấy, {m} điểm cầu mất kết nối",
    "more.mic-closed": "Mic đóng, chưa ai nghe thấy", "more.mic-off": "Mic tắt, chưa ai nghe thấy", "more.by-chair": "Chủ trì đã tắt mic", "more.press": "bấm M để bật", "more.touch": "chạm “Bật mic”", "more.nobody": "không ai nghe thấy", "more.not-yet": "chưa ai nghe thấy",
    "more.talking": "đang nói mà không ai nghe thấy", "more.nomic": "kiểm tra dây cắm; trang tự nhận khi có", "more.silent": "tiếng không tới nút mạng, không ai nghe thấy", "more.alone": "chưa có điểm cầu nào khác vào họp", "more.rejoining": "đang nối lại với các điểm cầu khác", "more.cut": "mất đường lên {name}", "more.apart": "các điểm cầu khác ở ngoài phần họp riêng",
    "more.elsewhere": "tiếng và hình của máy này không được dùng", "more.equipment": "không phải máy này", "more.soon": "chờ một chút rồi nói", "take-over": "Dùng máy này",
    "alarm.lost": "{name} mất kết nối từ {time} ({n} điểm cầu)", "alarm.lost.one": "{name} mất kết nối từ {time}", "alarm.more": "và {n} nơi khác",
    "alarm.cut": "Mất đường lên {name} từ {time}. {here} Trang tự nối lại; nếu quá 2 phút, gọi người trực kỹ thuật.", "alarm.cut.alone": "Chỉ còn điểm cầu này; chờ nối lại.", "alarm.cut.part": "{n} điểm cầu ở phía dưới vẫn họp với nhau.",
    "invited": "{from} mời điểm cầu này dự họp “{title}” (lúc {time}).", "invited.busy": "Điểm cầu vẫn ở trong cuộc họp đang dự; khi cuộc họp này kết thúc mới chuyển sang.", "invited.yes": "Nhận lời", "invited.no": "Không dự",
    "alarm.apart": "{name} họp riêng từ {time}.", "alarm.apart.here": "Bấm “Nhập lại” để trở về cuộc họp chung.", "alarm.ended-above": "Cấp trên đã kết thúc cuộc họp lúc {time}; nơi đây vẫn họp tiếp.",
    "apart": "Họp riêng…", "apart?": "Rời cuộc họp chung để họp riêng tại {node}? Các điểm cầu bên dưới cùng rời theo; những nơi khác không nghe và không thấy nữa. Bấm “Nhập lại” để trở về.", "rejoin": "Nhập lại",
    "go-on": "Họp tiếp", "ended-above?": "Cấp trên đã kết thúc cuộc họp lúc {time}. Chọn “Họp tiếp” hoặc “Kết thúc”.",
    "speaking": "Đang phát biểu", "just-spoke": "Vừa phát biểu",
    "news.invited": "Chủ trì mời điểm cầu này phát biểu.", "news.denied": "Chủ trì đã từ chối lượt xin nói của điểm cầu này.", "news.withdrawn": "Chủ trì đã dừng lượt nói của điểm cầu này.", "news.interrupted": "Lượt nói tạm ngắt để chủ trì nói khẩn; điểm cầu này vẫn giữ chỗ.", "news.muted": "Chủ trì đã tắt mic của điểm cầu này.", "news.over": "Cuộc họp đã kết thúc lúc {time}, kéo dài {length}.", "news.invite": "Đã mời {name}.", "news.invite.after": "Đã mời {name}; nói sau khi {speaker} dừng. Bấm “Dừng” để chuyển ngay.",
    "chair-leads": "Chủ trì", "nobody": "Chưa ai phát biểu", "no-picture": "{name}\nkhông có hình.", "wait-picture": "Đang chờ hình…", "gone-picture": "{name}\nmất kết nối từ {time}.", "left-picture": "{name}\nkhông còn trong phòng họp.", "only-here": "Chỉ còn điểm cầu này.",
    "mute": "Tắt mic", "unmute": "Bật mic", "mute.all": "Tắt mic tất cả", "emergency": "Nói khẩn cấp", "emergency?": "Ngắt người đang nói để chủ trì nói ngay, tối đa 2 phút?", "loudspeakers.on": "Bật loa phát thanh", "loudspeakers.off": "Tắt loa phát thanh", "loudspeakers.on?": "Phát cuộc họp này ra tất cả cụm loa ở các điểm cầu?",
    "ask": "Xin nói", "unask": "Thôi xin (thứ {n})", "release": "Thôi nói", "closed": "Không nhận xin nói", "key.space": "Phím cách ␣",
    "queue.head": "Danh sách chờ phát biểu", "queue.empty": "Chưa ai xin nói.", "you": "điểm cầu này", "present": "Có mặt",
    "no-camera": "Không có camera: các điểm cầu khác không thấy hình.", "no-mic": "Không có micro: điểm cầu chỉ nghe và xem.", "no-devices": "Không tìm thấy micro và camera: điểm cầu chỉ nghe và xem. Kiểm tra dây cắm; trang tự nhận khi có.",
    "denied": "Trình duyệt chưa cho dùng micro và camera. Bấm biểu tượng ổ khóa cạnh địa chỉ, chọn Cho phép, rồi tải lại trang.",
    "insecure": "Trang không mở bằng https nên không dùng được micro và camera: điểm cầu chỉ nghe và xem.", "tap": "Bấm phím hoặc chạm màn hình để bật tiếng.",
    "unreachable": "Không liên lạc được với nút mạng; đang thử lại.",
    "holder.head": "Đang phát biểu", "holder.none": "Chưa ai phát biểu", "revoke": "Dừng", "give": "Cho nói", "deny": "Từ chối", "invited": "✓ Đã mời",
    "tab.screen": "Màn hình", "tab.queue": "Xin nói", "tab.sites": "Điểm cầu", "tab.vote": "Biểu quyết", "other-language": "English",
    "heads": "Sĩ số", "heads.people": "người", "heads.save": "Ghi", "heads.bad": "Ghi số người từ 0 đến {max}.", "heads.saved": "Đã ghi sĩ số: {n} người.",
    "wrong-role": "Đường dẫn này là của kỹ thuật viên, không vào phòng họp.", "wrong-role.next": "Mở đường dẫn đã cấp cho điểm cầu.",
    "presence.present": "có mặt", "presence.absent": "vắng mặt", "presence.cut-off": "mất kết nối từ {time}", "presence.apart": "tách họp riêng từ {time}", "muted": "tắt mic", "people": "{n} người", "is-speaking": "đang phát biểu", "is-chair": "chủ trì", "waits": "chờ thứ {n}",
    "count.absent": "vắng", "count.cut": "mất kết nối", "count.apart": "họp riêng", "filter.none": "Không có điểm cầu nào khớp.", "filter": "Tìm điểm cầu", "end": "Kết thúc", "end?": "Kết thúc cuộc họp “{title}” cho tất cả điểm cầu?", "mute.all?": "Tắt mic của tất cả điểm cầu, trừ chủ trì?", "yes": "Đồng ý", "no": "Không",
    "vote.head": "Biểu quyết", "vote.question": "Nội dung biểu quyết", "vote.open": "Mở biểu quyết", "vote.close": "Kết thúc biểu quyết", "vote.close?": "Kết thúc biểu quyết “{question}”?", "vote.closed": "Đã kết thúc lúc {time}",
    "vote.agree": "Tán thành", "vote.disagree": "Không tán thành", "vote.abstain": "Không biểu quyết", "vote.cast": "Gửi phiếu", "vote.change": "Gửi lại phiếu", "vote.one": "Cả điểm cầu một ý kiến: chọn, rồi bấm lần nữa để gửi.", "vote.sure": "Bấm lần nữa để gửi", "vote.count": "Hoặc đếm số người cho từng ý kiến", "vote.count.of": "Hoặc đếm số người cho từng ý kiến (sĩ số {n})", "vote.sure.count": "Bấm lần nữa: {agree} tán thành, {disagree} không tán thành, {abstain} không biểu quyết",
    "vote.bad.number": "Ghi số người bằng số nguyên từ 0 trở lên.", "vote.bad.none": "Ghi ít nhất một người.", "vote.bad.many": "Tổng {sum} người, nhiều hơn sĩ số {max}.", "vote.bad.most": "Tổng {sum} người; nhiều nhất {max}. Có đông hơn thì ghi sĩ số trước.", "vote.hide": "Ẩn kết quả", "vote.sent": "Đã gửi phiếu của điểm cầu này.",
    "vote.own": "Phiếu của điểm cầu này: {agree} tán thành, {disagree} không tán thành, {abstain} không biểu quyết.", "vote.own.none": "Điểm cầu này chưa biểu quyết.", "vote.own.missed": "Điểm cầu này không bỏ phiếu.",
    "vote.sites": "{voted} điểm cầu đã biểu quyết, {missing} chưa", "vote.sites.closed": "{voted} điểm cầu đã bỏ phiếu, {missing} không", "vote.cut": "trong đó {n} mất kết nối",
    "plan.files": "Cuộc họp đã soạn sẵn", "plan.none": "Nút mạng chưa có tệp cuộc họp.", "plan.own": "Chọn điểm cầu cho cuộc họp mới", "plan.title": "Tên cuộc họp", "plan.kind": "Loại", "plan.pick": "Chọn nhanh:", "plan.all": "Tất cả", "plan.clear": "Bỏ chọn", "plan.start": "Bắt đầu họp", "plan.run": "Bắt đầu", "plan.sites": "{n} điểm cầu", "branch": "cả nhánh",
    "kind.quan-triet": "Quán triệt (một báo cáo viên)", "kind.giao-ban": "Giao ban (lần lượt báo cáo)", "kind.hop": "Họp (xin và mời phát biểu)", "kind.tap-huan": "Tập huấn",
  },
  en: {
    "index.what": "A node for online conferences across levels.", "index.node": "Node", "index.sites": "Sites from here down", "index.state": "State",
    "index.next": "To join, open the link that was given to your site.", "index.ok": "ready", "index.bad": "not ready",
    "nothing": "There is no such page.", "nothing.next": "The address is mistyped or old. To join, open the complete link that was given to your site.", "nothing.home": "To the node’s page",
    "join": "Join the meeting", "no-meeting": "No meeting yet.\nThe page joins by itself when the chair starts one.", "no-meeting.chair": "No meeting yet.\nChoose one to start.",
    "over": "The meeting “{title}” ended at {time} and took {length}.", "over.next": "The page joins the next meeting by itself.", "hours": "{h} h {m} min", "minutes": "{m} min", "under-minute": "less than a minute",
    "start.lead": "Join, then choose the meeting to start.",
    "start.waiting": "No meeting yet; join now to check microphone and camera.", "start.asking": "If the browser asks, allow microphone and camera.",
    "line.joining": "Connecting", "line.clear": "Good line", "line.unstable": "Unstable line", "line.lost": "Connection lost", "line.back": "Reconnecting",
    "line.alone": "Cut off from above", "line.apart": "Meeting apart", "line.ended-above": "Meeting apart",
    "truth.off": "Not in the meeting", "truth.idle": "No meeting yet", "truth.over": "The meeting has ended", "truth.viewing": "Watching", "truth.listening": "Listening", "truth.waiting": "Waiting, number {n}",
    "truth.opening": "OPENING THE MICROPHONE", "truth.speaking": "SPEAKING", "truth.leading": "LEADING", "truth.leading-muted": "Leading, microphone off", "truth.muted": "YOUR TURN, BUT THE MICROPHONE IS OFF",
    "truth.nomic": "YOUR TURN, BUT THERE IS NO MICROPHONE", "truth.silent": "MICROPHONE OPEN, BUT NO SOUND", "truth.alone": "NOBODY HEARS YOU", "truth.lost": "CONNECTION LOST", "truth.connecting": "CONNECTING",
    "truth.elsewhere": "OPEN ON ANOTHER MACHINE", "truth.equipment": "THE ROOM’S EQUIPMENT IS SENDING",
    "heard.all": "all sites hear you", "heard.present": "{n} sites present hear you", "heard.some": "{n} sites hear you, {m} are cut off",
    "more.mic-closed": "Microphone closed, nobody hears you yet", "more.mic-off": "Microphone off, nobody hears you yet", "more.by-chair": "The chair muted you", "more.press": "press M to unmute", "more.touch": "touch “Unmute”", "more.nobody": "nobody hears you", "more.not-yet": "nobody hears you yet",
    "more.talking": "you are talking and nobody hears it", "more.nomic": "check the plug; the page notices by itself", "more.silent": "no sound reaches the node, nobody hears you", "more.alone": "no other site has joined", "more.rejoining": "reconnecting to the other sites", "more.cut": "cut off from {name}", "more.apart": "the other sites are outside this part",
    "more.elsewhere": "sound and picture of this machine are not used", "more.equipment": "not this machine", "more.soon": "wait a moment before you speak", "take-over": "Use this machine",
    "alarm.lost": "{name} cut off since {time} ({n} sites)", "alarm.lost.one": "{name} cut off since {time}", "alarm.more": "and {n} more",
    "alarm.cut": "Cut off from {name} since {time}. {here} The page reconnects by itself; after two minutes call the technician on duty.", "alarm.cut.alone": "Only this site is left; wait.", "alarm.cut.part": "{n} sites down here still meet.",
    "invited": "{from} asks this site to join “{title}” (at {time}).", "invited.busy": "The site stays in its present meeting, and goes over when that one ends.", "invited.yes": "Accept", "invited.no": "Decline",
    "alarm.apart": "{name} meets apart since {time}.", "alarm.apart.here": "Press “Rejoin” to come back to the whole meeting.", "alarm.ended-above": "The upper level ended the meeting at {time}; this part goes on.",
    "apart": "Meet apart…", "apart?": "Leave the whole meeting and meet apart at {node}? All sites below leave with you; the others will neither hear nor see them. “Rejoin” brings you back.", "rejoin": "Rejoin",
    "go-on": "Go on", "ended-above?": "The upper level ended the meeting at {time}. Choose “Go on” or “End meeting”.",
    "speaking": "Speaking", "just-spoke": "Spoke before",
    "news.invited": "The chair invites this site to speak.", "news.denied": "The chair denied this site’s request.", "news.withdrawn": "The chair stopped this site’s turn.", "news.interrupted": "The chair interrupts for an emergency; this site keeps its place.", "news.muted": "The chair muted this site.", "news.over": "The meeting ended at {time} and took {length}.", "news.invite": "{name} is invited.", "news.invite.after": "{name} is invited and speaks after {speaker}. Press “Stop” to hand over now.",
    "chair-leads": "Chair", "nobody": "Nobody has spoken yet", "no-picture": "{name}\nhas no picture.", "wait-picture": "Waiting for the picture…", "gone-picture": "{name}\ncut off since {time}.", "left-picture": "{name}\nis no longer in the room.", "only-here": "Only this site is left.",
    "mute": "Mute", "unmute": "Unmute", "mute.all": "Mute all", "emergency": "Speak at once", "emergency?": "Interrupt whoever speaks, for two minutes at most?", "loudspeakers.on": "Loudspeakers on", "loudspeakers.off": "Loudspeakers off", "loudspeakers.on?": "Play this meeting on all loudspeaker clusters at its sites?",
    "ask": "Ask to speak", "unask": "Stop asking (number {n})", "release": "Stop speaking", "closed": "No requests in this meeting", "key.space": "Space",
    "queue.head": "Waiting to speak", "queue.empty": "Nobody has asked to speak.", "you": "this site", "present": "Present",
    "no-camera": "No camera: other sites cannot see you.", "no-mic": "No microphone: this site listens and watches.", "no-devices": "No microphone or camera found: this site listens and watches. Check the plugs; the page notices by itself.",
    "denied": "The browser does not allow microphone and camera. Click the lock beside the address, allow both, and reload.",
    "insecure": "The page was not opened over https, so microphone and camera cannot be used: listening only.", "tap": "Press a key or touch the screen for sound.",
    "unreachable": "The node does not answer; trying again.",
    "holder.head": "Speaking", "holder.none": "Nobody has spoken yet", "revoke": "Stop", "give": "Let speak", "deny": "Deny", "invited": "✓ Invited",
    "tab.screen": "Screen", "tab.queue": "Asking", "tab.sites": "Sites", "tab.vote": "Vote", "other-language": "Tiếng Việt",
    "heads": "Head count", "heads.people": "people", "heads.save": "Save", "heads.bad": "Give a number of people from 0 to {max}.", "heads.saved": "Head count saved: {n} people.",
    "wrong-role": "This link is a technician’s and does not open a room.", "wrong-role.next": "Open the link that was given to your site.",
    "presence.present": "present", "presence.absent": "absent", "presence.cut-off": "cut off since {time}", "presence.apart": "apart since {time}", "muted": "muted", "people": "{n} people", "is-speaking": "speaking", "is-chair": "chair", "waits": "number {n}",
    "count.absent": "absent", "count.cut": "cut off", "count.apart": "apart", "filter.none": "No site matches.", "filter": "Find a site", "end": "End meeting", "end?": "End the meeting “{title}” for all sites?", "mute.all?": "Mute all sites but the chair?", "yes": "Yes", "no": "No",
    "vote.head": "Vote", "vote.question": "Question", "vote.open": "Open the vote", "vote.close": "Close the vote", "vote.close?": "Close the vote “{question}”?", "vote.closed": "Closed at {time}",
    "vote.agree": "Agree", "vote.disagree": "Disagree", "vote.abstain": "Abstain", "vote.cast": "Cast", "vote.change": "Cast again", "vote.one": "One answer for the whole site: choose, then press again to cast.", "vote.sure": "Press again to cast", "vote.count": "Or count the heads for each answer", "vote.count.of": "Or count the heads for each answer (head count {n})", "vote.sure.count": "Press again: {agree} agree, {disagree} disagree, {abstain} abstain",
    "vote.bad.number": "Give whole numbers of people, 0 or more.", "vote.bad.none": "Give at least one person.", "vote.bad.many": "{sum} people in all, more than the head count of {max}.", "vote.bad.most": "{sum} people in all; {max} at most. If there are more, save the head count first.", "vote.hide": "Hide the result", "vote.sent": "This site’s ballot is cast.",
    "vote.own": "This site’s ballot: {agree} agree, {disagree} disagree, {abstain} abstain.", "vote.own.none": "This site has not voted.", "vote.own.missed": "This site cast no ballot.",
    "vote.sites": "{voted} sites have voted, {missing} have not", "vote.sites.closed": "{voted} sites voted, {missing} did not", "vote.cut": "{n} of them cut off",
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
// A length of time in words: “1 giờ 02 phút”.
export function lengthOf(milliseconds) {
  const minutes = Math.floor(Math.max(0, milliseconds) / 60000);
  if (minutes < 1) return t("under-minute");
  return minutes < 60 ? t("minutes", { m: minutes }) : t("hours", { h: Math.floor(minutes / 60), m: String(minutes % 60).padStart(2, "0") });
}
// A clock that counts up: 02:14, from an hour on 1:02:14.
export function clockOf(milliseconds) {
  const all = Math.floor(Math.max(0, milliseconds) / 1000), two = (n) => String(n).padStart(2, "0");
  const minutes = `${two(Math.floor(all / 60) % 60)}:${two(all % 60)}`;
  return all < 3600 ? minutes : `${Math.floor(all / 3600)}:${minutes}`;
}
// The same page in the other language; the cookie remembers it.
export function otherLanguage() {
  const there = new URL(location.href);
  there.searchParams.set("lang", lang === "en" ? "vi" : "en");
  return there.href;
}

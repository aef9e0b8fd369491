// The chair's page: a hall that also leads. Plan a meeting, see all sites, give and withdraw the floor, mute, end.
import { $, confirm, Hall, put, t } from "./hall.js";
import { lostLines } from "./alarm.js";
import { HeadCount } from "./heads.js";
import { Tree } from "./tree.js";
import { Plan } from "./plan.js";
import { Voting } from "./vote.js";

function button(kind, label, run) {
  const b = document.createElement("button");
  b.type = "button";
  b.className = `small ${kind}`;
  b.textContent = label;
  b.onclick = run;
  return b;
}
// Rows are rebuilt only when they say something new, so that focus stays where it is.
function rows(id, values, build) {
  const key = JSON.stringify(values);
  const list = $(id);
  if (list.dataset.key === key) return;
  list.dataset.key = key;
  list.replaceChildren(...values.map(build));
}
// Whom this chair let speak and who does not yet; an invitation that nothing came of is forgotten.
const invited = new Map();
const give = async (site) => {
  const speaker = hall.meeting?.holders[0]?.site;
  if (!(await hall.act("/api/floor/give", { site }))) return;
  invited.set(site, Date.now());
  hall.note(speaker && speaker !== site ? t("news.invite.after", { name: hall.name(site), speaker: hall.name(speaker) }) : t("news.invite", { name: hall.name(site) }));
};
const revoke = (site) => { invited.delete(site); return hall.act("/api/floor/revoke", { site }); };
function isInvited(m, site) {
  const at = invited.get(site);
  if (at === undefined) return false;
  const waits = m.queue.some((r) => r.site === site), holds = m.holders.some((r) => r.site === site);
  if (holds || (!waits && Date.now() - at > 5000)) { invited.delete(site); return false; }
  return true;
}

function render(hall) {
  const m = hall.meeting;
  $("running").hidden = !m;
  $("planning").hidden = !!m;
  $("end").disabled = $("mute-all").disabled = !m;
  $("loudspeakers").hidden = !m;
  put("loudspeakers", t(m?.loudspeakers ? "loudspeakers.off" : "loudspeakers.on"));
  $("loudspeakers").classList.toggle("on", !!m?.loudspeakers);
  $("loudspeakers").setAttribute("aria-pressed", !!m?.loudspeakers);
  // Takes the floor from whoever has it, for two minutes at most; the same button gives it back.
  const speaks = m && (hall.holds(hall.state) || hall.place > 0);
  $("emergency").disabled = !m || !hall.joined;
  put("emergency", t(speaks ? "release" : "emergency"));
  $("go-on").hidden = !m?.endedAbove || m.endedAbove.goesOn;
  if (m) tree.render(m, (site) => isInvited(m, site)); else plan.open();
  rows("holders", (m?.holders ?? []).map((r) => ({ site: r.site, name: hall.name(r.site), muted: !!m.sites.find((s) => s.id === r.site)?.muted })), ({ site, name, muted }) => {
    const row = document.createElement("div");
    row.className = "who";
    row.append(Object.assign(document.createElement("span"), { textContent: muted ? `${name} · ${t("muted")}` : name }), button("danger", t("revoke"), () => revoke(site)));
    return row;
  });
  voting.render();
  heads.render();
  if (!m?.holders.length) put("holders", m ? t("holder.none") : "");
  $("queue-empty").hidden = !!m?.queue.length;
  rows("queue", (m?.queue ?? []).map((r) => ({ site: r.site, name: hall.name(r.site), done: isInvited(m, r.site) })), ({ site, name, done }) => {
    const row = document.createElement("li");
    const letSpeak = button("primary", t(done ? "invited" : "give"), () => give(site));
    letSpeak.disabled = done;
    row.append(Object.assign(document.createElement("span"), { textContent: name }), letSpeak, button("danger", t("deny"), () => revoke(site)));
    return row;
  });
  put("tab-queue", m?.queue.length ? `${t("tab.queue")} (${m.queue.length})` : t("tab.queue"));
}
let tree = { render() {} }, plan = { open() {} }, voting = { render() {} }, heads = { render() {} };
const hall = new Hall((h) => render(h), { leads: true });
tree = new Tree(hall, { give, button });
plan = new Plan(hall, { button });
voting = new Voting(hall, { confirm });
heads = new HeadCount(hall);
// Lost districts and sites are shouted, not only counted.
hall.alarms = (m) => lostLines(m.sites, tree.tree);
$("go-on").onclick = () => hall.act("/api/go-on", {});
$("mute-all").onclick = async () => { if (await confirm(t("mute.all?"))) hall.act("/api/mute-all", {}); };
// To begin is asked again: the whole commune hears it. To stop is not.
$("loudspeakers").onclick = async () => {
  const on = !hall.meeting?.loudspeakers;
  if (!on || (await confirm(t("loudspeakers.on?")))) hall.act("/api/loudspeakers", { on });
};
$("emergency").onclick = async () => {
  if (hall.holds(hall.state) || hall.place) return hall.act("/api/floor/withdraw", {});
  if (await confirm(t("emergency?"))) hall.act("/api/floor/emergency", {});
};
$("end").onclick = async () => {
  const m = hall.meeting;
  if (m && (await confirm(t("end?", { title: m.title })))) plan.end(m.id);
};
// On a phone one panel at a time.
document.body.dataset.tab = "screen";
for (const tab of document.querySelectorAll("#tabs button")) {
  tab.onclick = () => {
    document.body.dataset.tab = tab.dataset.tab;
    for (const other of document.querySelectorAll("#tabs button")) other.setAttribute("aria-pressed", other === tab);
  };
}
Object.assign(window.nhipcau, { give, revoke, muteAll: () => hall.act("/api/mute-all", {}), start: (form) => plan.start(form), end: (id) => plan.end(id) });

// The chair's page: a hall that also leads. Plan a meeting, see all sites, give and withdraw the floor, mute, end.
import { $, Hall, put, t } from "./hall.js";
import { timeOf } from "./i18n.js";
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
function confirm(text) {
  put("ask-text", text);
  $("ask").showModal();
  $("ask-no").focus();
  return new Promise((done) => {
    $("ask-yes").onclick = () => { $("ask").close(); done(true); };
    $("ask-no").onclick = () => $("ask").close();
    $("ask").onclose = () => done(false);
  });
}
// Rows are rebuilt only when they say something new, so that focus stays where it is.
function rows(id, values, build) {
  const key = JSON.stringify(values);
  const list = $(id);
  if (list.dataset.key === key) return;
  list.dataset.key = key;
  list.replaceChildren(...values.map(build));
}
const give = (site) => hall.act("/api/floor/give", { site });
const revoke = (site) => hall.act("/api/floor/revoke", { site });

function render(hall) {
  const m = hall.meeting;
  $("running").hidden = !m;
  $("planning").hidden = !!m;
  $("end").disabled = $("mute-all").disabled = !m;
  $("go-on").hidden = !m?.endedAbove || m.endedAbove.goesOn;
  if (m) tree.render(m); else plan.open();
  rows("holders", (m?.holders ?? []).map((r) => ({ site: r.site, name: hall.name(r.site) })), ({ site, name }) => {
    const row = document.createElement("div");
    row.className = "who";
    row.append(Object.assign(document.createElement("span"), { textContent: name }), button("danger", t("revoke"), () => revoke(site)));
    return row;
  });
  voting.render();
  if (!m?.holders.length) put("holders", m ? t("holder.none") : "");
  $("queue-empty").hidden = !!m?.queue.length;
  rows("queue", (m?.queue ?? []).map((r) => ({ site: r.site, name: hall.name(r.site) })), ({ site, name }) => {
    const row = document.createElement("li");
    row.append(Object.assign(document.createElement("span"), { textContent: name }), button("primary", t("give"), () => give(site)), button("danger", t("deny"), () => revoke(site)));
    return row;
  });
}
let tree = { render() {} }, plan = { open() {} }, voting = { render() {} };
const hall = new Hall((h) => render(h));
hall.leads = true;
tree = new Tree(hall, { give, button });
plan = new Plan(hall, { button });
voting = new Voting(hall, { confirm });
// The meeting ended above while this part was cut off: its chair decides.
hall.standing = () => {
  const above = hall.meeting?.endedAbove;
  return above && !above.goesOn ? t("ended-above?", { time: timeOf(above.since) }) : "";
};
$("go-on").onclick = () => hall.act("/api/go-on", {});
$("mute-all").onclick = async () => { if (await confirm(t("mute.all?"))) hall.act("/api/mute-all", {}); };
$("end").onclick = async () => {
  const m = hall.meeting;
  if (m && (await confirm(t("end?", { title: m.title })))) plan.end(m.id);
};
Object.assign(window.nhipcau, { give, revoke, muteAll: () => hall.act("/api/mute-all", {}), start: (form) => plan.start(form), end: (id) => plan.end(id) });

// A hall with no operator: one button to join, then two.
import { $, Hall, put, t } from "./hall.js";
import { HeadCount } from "./heads.js";
import { Voting } from "./vote.js";

function render(hall) {
  const m = hall.meeting;
  const holding = hall.holds(hall.state), place = hall.place;
  const floor = $("floor");
  floor.hidden = !hall.sends || (m && m.actingChair === hall.me && !holding && !place);
  floor.disabled = !hall.joined || !m || (m.kind === "quan-triet" && !holding && !place);
  floor.classList.toggle("on", holding || place > 0);
  put("floor-text", holding ? t("release") : place ? t("unask", { n: place }) : m?.kind === "quan-triet" ? t("closed") : t("ask"));
  voting.render();
  heads.render();
  const queue = m?.queue ?? [];
  $("queue-empty").hidden = queue.length > 0;
  const list = $("queue");
  while (list.children.length > queue.length) list.lastChild.remove();
  queue.forEach((request, i) => {
    const row = list.children[i] ?? list.appendChild(document.createElement("li"));
    row.classList.toggle("me", request.site === hall.me);
    put(row, hall.name(request.site) + (request.site === hall.me ? ` (${t("you")})` : ""));
  });
}
let voting = { render() {} }, heads = { render() {} };
const hall = new Hall(render);
voting = new Voting(hall);
heads = new HeadCount(hall);
const floor = () => {
  if (!$("floor").disabled && !$("floor").hidden) hall.act(hall.holds(hall.state) || hall.place ? "/api/floor/withdraw" : "/api/floor/request", {});
};
$("floor").onclick = floor;
hall.onSpace = floor;

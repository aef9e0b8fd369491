// The one truth line: what others hear of this site now. The node computes it (state.truth); the page adds the age of the node's last
// word, its own leg and its own devices. Everything else on the page that speaks of being heard derives from here.
import { clockOf, t } from "./i18n.js";

// A node tells a site with the floor every 250 ms that it still has it. After so long without a word nobody is known to hear the site.
export const deadline = 1000;
// A leg that came up is the site's sender only once the node has said so.
const settle = 500;

// The kind of truth, from plain values: all that the bar, the buttons and the tests need.
export function truthOf({ phase, truth, heard, leg, legUp, sends, hasMicrophone, muted, ended, meeting }) {
  if (phase === "out") return "off";
  if (!meeting) return phase === "lost" ? "lost" : ended ? "over" : "idle";
  if (phase === "lost" || (truth && isLive(truth) && heard > deadline)) return "lost";
  if (!sends) return "viewing";
  if (!truth || phase === "connecting") return "connecting";
  if (leg === undefined || !(legUp >= 0)) return "connecting";
  if (truth.leg !== leg) return legUp < settle || truth.voice === "absent" ? "connecting" : truth.leg === undefined ? "equipment" : "elsewhere";
  if (truth.turn === "waiting") return "waiting";
  if (truth.turn === "none") return "listening";
  if (!hasMicrophone) return "nomic";
  if (muted || truth.voice === "muted") return truth.turn === "chair" ? "leading-muted" : "muted";
  switch (truth.voice) {
    case "alone": return "alone";
    case "silent": return legUp < 2 * settle ? "opening" : "silent";
    case "open": return truth.turn === "chair" ? "leading" : "speaking";
    default: return "opening";
  }
}
export const isLive = (truth) => truth.turn === "floor" || truth.turn === "chair";
// Others hear the site, as far as anybody knows.
export const isHeard = (kind) => kind === "speaking" || kind === "leading";

// Colour is never alone: each tone has a mark of its own.
const tones = {
  listening: "calm", viewing: "calm", off: "calm", idle: "calm", over: "calm", "leading-muted": "calm", waiting: "wait", opening: "wait", connecting: "wait",
  equipment: "wait", speaking: "good", leading: "good",
};
const marks = { calm: "○", wait: "◔", good: "●", bad: "✕" };
export const toneOf = (kind) => tones[kind] ?? "bad";

// The bar's second part, after the headline.
function more(kind, { truth, muted, cutOff, apart, others, talking, press, since }) {
  const byChair = truth?.mutedBy === "chair" && muted ? t("more.by-chair") : "";
  switch (kind) {
    case "listening": case "waiting":
      return byChair ? `${byChair} · ${press}` : t(muted ? "more.mic-off" : "more.mic-closed");
    case "speaking": case "leading": {
      const { hearing, lost } = truth;
      const heard = lost ? t("heard.some", { n: hearing, m: lost }) : hearing === others ? t("heard.all") : t("heard.present", { n: hearing });
      return since ? `${clockOf(since)} · ${heard}` : heard;
    }
    case "muted": return [talking ? t("more.talking") : byChair, press].filter(Boolean).join(" · ");
    case "leading-muted": return [talking ? t("more.talking") : byChair || t("more.not-yet"), press].join(" · ");
    case "alone": return cutOff ? t("more.cut", { name: cutOff.name }) : apart ? t("more.apart") : t(truth.lost ? "more.rejoining" : "more.alone");
    case "lost": return t("more.nobody");
    case "connecting": return t("more.not-yet");
    case "opening": return t("more.soon");
    case "nomic": return `${t("more.nobody")} · ${t("more.nomic")}`;
    case "silent": return t("more.silent");
    case "elsewhere": return t("more.elsewhere");
    case "equipment": return t("more.equipment");
    default: return "";
  }
}

// The bar on the page. What a screen reader is told is the headline; the clock runs beside it.
export class TruthBar {
  constructor(bar, { takeOver }) {
    this.bar = bar;
    const make = (tag, id, more = {}) => bar.appendChild(Object.assign(document.createElement(tag), { id, ...more }));
    this.mark = make("i", "truth-mark", { className: "truth-mark", ariaHidden: "true" });
    this.head = make("b", "truth-head");
    this.head.setAttribute("role", "status");
    this.more = make("span", "truth-more");
    this.level = make("span", "truth-level", { className: "level", ariaHidden: "true" });
    this.fill = this.level.appendChild(document.createElement("i"));
    this.button = make("button", "take-over", { type: "button", className: "small", textContent: t("take-over"), onclick: takeOver, hidden: true });
  }
  show(kind, values) {
    const { bar } = this, tone = toneOf(kind);
    if (bar.dataset.truth !== kind) {
      bar.dataset.truth = kind;
      bar.dataset.tone = tone;
      this.button.hidden = kind !== "elsewhere";
      this.level.hidden = tone !== "good";
    }
    const put = (node, text) => { if (node.textContent !== text) node.textContent = text; };
    put(this.mark, marks[tone]);
    put(this.head, t(`truth.${kind}`, { n: values.truth?.place }));
    put(this.more, more(kind, values));
    bar.classList.toggle("talking", !!values.talking && (kind === "muted" || kind === "leading-muted"));
  }
  showLevel(level) { this.fill.style.transform = `scaleX(${level.toFixed(2)})`; }
}

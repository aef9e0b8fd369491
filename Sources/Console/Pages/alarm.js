// The strip below the truth line: what is wrong beyond this page, since when, and what to do. Hidden while all is well.
import { t, timeOf } from "./i18n.js";

// Districts and sites that are lost: of several below one node that are all gone only the node is named.
export function lostGroups(sites, network) {
  const gone = sites.filter((s) => s.presence === "cut-off");
  if (!gone.length) return [];
  const single = (s) => ({ name: s.name ?? s.id, count: 1, since: s.since });
  if (!network) return gone.map(single);
  const nodes = new Map(network.nodes.map((n) => [n.id, n])), home = new Map();
  for (const n of network.nodes) for (const s of [...n.sites, ...(n.broadcasters ?? [])]) home.set(s.id, n.id);
  // Joined sites at or below each node, and how many of them are lost.
  const tally = new Map();
  for (const s of sites) {
    if (s.presence === "absent") continue;
    for (let at = nodes.get(home.get(s.id)); at; at = nodes.get(at.parent)) {
      const sum = tally.get(at.id) ?? tally.set(at.id, { all: 0, lost: [] }).get(at.id);
      sum.all += 1;
      if (s.presence === "cut-off") sum.lost.push(s);
    }
  }
  const whole = (id) => { const sum = tally.get(id); return sum && sum.all === sum.lost.length; };
  const groups = [];
  for (const [id, sum] of tally) {
    const node = nodes.get(id);
    if (!whole(id) || (node.parent && whole(node.parent))) continue;
    groups.push(sum.lost.length === 1 ? single(sum.lost[0]) : { name: node.fullName, count: sum.lost.length, since: Math.min(...sum.lost.map((s) => s.since ?? Infinity)) });
  }
  return groups.sort((a, b) => b.count - a.count || a.since - b.since);
}

export function lostLines(sites, network, most = 3) {
  const groups = lostGroups(sites, network);
  const lines = groups.slice(0, most).map((g) => t(g.count > 1 ? "alarm.lost" : "alarm.lost.one", { name: g.name, time: timeOf(g.since), n: g.count }));
  if (groups.length > most) lines.push(t("alarm.more", { n: groups.length - most }));
  return lines.length ? [{ tone: "bad", text: lines.join(" · ") }] : [];
}

// What this hall's own part is cut off from, or broke away from.
export function partLines(m) {
  if (!m) return [];
  const lines = [];
  const others = m.sites.filter((s) => s.presence === "present").length - 1;
  if (m.cutOff) {
    const here = others > 0 ? t("alarm.cut.part", { n: others + 1 }) : t("alarm.cut.alone");
    lines.push({ tone: "bad", text: t("alarm.cut", { name: m.cutOff.name, time: timeOf(m.cutOff.since), here }) });
  }
  if (m.endedAbove) lines.push({ tone: "wait", text: t(m.endedAbove.goesOn ? "alarm.ended-above" : "ended-above?", { time: timeOf(m.endedAbove.since) }) });
  if (m.apart) lines.push({ tone: "wait", text: [t("alarm.apart", { name: m.apart.name, time: timeOf(m.apart.since) }), m.apart.here ? t("alarm.apart.here") : ""].join(" ").trim() });
  return lines;
}

// Rewritten only when it says something else, so that it is read out once.
export function showAlarm(strip, lines) {
  const key = JSON.stringify(lines);
  if (strip.dataset.key === key) return;
  strip.dataset.key = key;
  strip.hidden = !lines.length;
  strip.replaceChildren(...lines.map(({ tone, text }) => {
    const line = document.createElement("p");
    line.dataset.tone = tone;
    const mark = Object.assign(document.createElement("i"), { textContent: tone === "bad" ? "✕" : "!", ariaHidden: "true" });
    line.append(mark, Object.assign(document.createElement("span"), { textContent: text }));
    return line;
  }));
}

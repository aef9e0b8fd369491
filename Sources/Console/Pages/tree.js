// The tree of sites of the running meeting: presence in colour and a second cue, a still, and who speaks or waits.
import { $, put, t, timeOf } from "./hall.js";
import { call } from "./node.js";

export class Tree {
  rows = new Map();
  visible = new Set();
  constructor(hall, { give, button }) {
    Object.assign(this, { hall, give, button });
    $("filter").placeholder = t("filter");
    $("filter").setAttribute("aria-label", t("filter"));
    $("filter").oninput = () => this.filter();
    this.watcher = new IntersectionObserver((entries) => {
      for (const e of entries) { if (e.isIntersecting) this.visible.add(e.target.dataset.site); else this.visible.delete(e.target.dataset.site); }
    }, { root: $("tree") });
    setInterval(() => this.stills(), 5000);
  }
  async network() {
    this.asked ??= call("GET", "/api/network").then((answer) => answer.json()).then((tree) => (this.tree = tree)).catch((error) => { this.asked = null; throw error; });
    return this.asked;
  }
  async build(m) {
    const key = m.id + "\n" + m.sites.map((s) => s.id).join("\n");
    if (this.key === key) return true;
    if (this.building) return false;
    this.building = true;
    try {
      const network = await this.network();
      this.lay(m, network);
      this.key = key;
    } catch { /* the next render tries again */ } finally { this.building = false; }
    if (this.key === key && this.hall.meeting) this.render(this.hall.meeting, this.isInvited);
    return false;
  }
  lay(m, network) {
    const wanted = new Set(m.sites.map((s) => s.id));
    const places = (n) => [...n.sites, ...(n.broadcasters ?? [])];
    const nodes = new Map(network.nodes.map((n) => [n.id, n]));
    const used = new Set();
    for (const n of network.nodes) if (places(n).some((s) => wanted.has(s.id))) for (let at = n; at && !used.has(at.id); at = nodes.get(at.parent)) used.add(at.id);
    // A chain of nodes without sites above all of them tells the chair nothing.
    const depth = new Map();
    for (const row of this.rows.values()) if (row.still.src.startsWith("blob:")) URL.revokeObjectURL(row.still.src);
    this.rows.clear();
    this.watcher.disconnect();
    const list = [];
    let begun = false;
    for (const n of network.nodes) {
      if (!used.has(n.id)) continue;
      const sites = places(n).filter((s) => wanted.has(s.id));
      begun ||= sites.length > 0;
      if (!begun) continue;
      const level = depth.has(n.parent) ? depth.get(n.parent) + 1 : 0;
      depth.set(n.id, level);
      if (!sites.length) {
        const head = document.createElement("li");
        head.className = "group";
        head.textContent = n.fullName;
        head.style.setProperty("--depth", level);
        list.push(head);
      }
      for (const s of sites) list.push(this.row(s.id, level));
    }
    $("tree").replaceChildren(...list);
    for (const row of this.rows.values()) this.watcher.observe(row.li);
    this.filter();
  }
  row(id, level) {
    const li = document.createElement("li");
    li.dataset.site = id;
    li.style.setProperty("--depth", Math.min(level, 4));
    const still = Object.assign(document.createElement("img"), { className: "still", alt: "" });
    still.src = "/assets/none.svg";
    const text = document.createElement("div");
    const name = Object.assign(document.createElement("div"), { className: "name" });
    const presence = document.createElement("span");
    text.append(name, presence);
    const invite = this.button("", t("give"), () => this.give(id));
    li.append(still, text, invite);
    this.rows.set(id, { li, still, name, presence, invite });
    return li;
  }
  render(m, isInvited = () => false) {
    this.isInvited = isInvited;
    if (this.key === undefined || !this.key.startsWith(m.id + "\n") || this.rows.size !== m.sites.length) { this.build(m); return; }
    const places = new Map(m.queue.map((r, i) => [r.site, i + 1]));
    const holders = new Set(m.holders.map((r) => r.site));
    let absent = 0, cut = 0, apart = 0;
    for (const s of m.sites) {
      const row = this.rows.get(s.id);
      if (!row) { this.key = undefined; this.build(m); return; }
      absent += s.presence === "absent";
      cut += s.presence === "cut-off";
      apart += s.presence === "apart";
      row.li.className = `${s.presence} ${m.speaker === s.id ? "speaking" : ""}`;
      put(row.name, s.name ?? s.id);
      row.presence.className = `mark-${s.presence}`;
      put(row.presence, [
        t(`presence.${s.presence}`, { time: s.since ? timeOf(s.since) : "" }), m.actingChair === s.id && t("is-chair"), holders.has(s.id) && t("is-speaking"),
        places.has(s.id) && t("waits", { n: places.get(s.id) }), s.muted && t("muted"), s.headCount && t("people", { n: s.headCount }),
      ].filter(Boolean).join(" · "));
      const done = isInvited(s.id);
      put(row.invite, t(done ? "invited" : "give"));
      row.invite.disabled = done;
      row.invite.hidden = s.presence !== "present" || holders.has(s.id) || m.actingChair === s.id;
      row.hasPicture = s.presence === "present" && s.hasVideo;
    }
    put("counts", [absent && `○ ${absent} ${t("count.absent")}`, cut && `✕ ${cut} ${t("count.cut")}`, apart && `◐ ${apart} ${t("count.apart")}`].filter(Boolean).join("   "));
    if (!this.looked) { this.looked = true; setTimeout(() => this.stills(), 300); }
  }
  stills() {
    if (!this.hall.meeting || document.hidden) return;
    for (const id of this.visible) {
      const row = this.rows.get(id);
      if (!row?.hasPicture || row.loading) continue;
      row.loading = true;
      this.load(id, row).catch(() => {}).finally(() => { row.loading = false; });
    }
  }
  // With the token in a header: an address would stand in logs and caches.
  async load(id, row) {
    const picture = await (await call("GET", `/api/stills/${encodeURIComponent(id)}.jpg`)).blob();
    const before = row.still.src;
    row.still.src = URL.createObjectURL(picture);
    await row.still.decode().catch(() => {});
    if (before.startsWith("blob:")) URL.revokeObjectURL(before);
  }
  filter() {
    const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/gi, "d").toLowerCase();
    const wanted = plain($("filter").value.trim());
    for (const row of this.rows.values()) row.li.hidden = wanted !== "" && !plain(row.name.textContent).includes(wanted);
    for (const head of $("tree").querySelectorAll(".group")) head.hidden = wanted !== "";
    $("filter-none").hidden = wanted === "" || [...this.rows.values()].some((row) => !row.li.hidden);
  }
}

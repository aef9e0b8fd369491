// Starting and ending meetings: from the node's files, or by choosing sites in the tree by level and branch.
import { $, put, t } from "./hall.js";
import { call } from "./node.js";

export class Plan {
  constructor(hall, { button }) {
    Object.assign(this, { hall, button });
    for (const kind of ["hop", "giao-ban", "quan-triet", "tap-huan"]) $("plan-kind").append(new Option(t(`kind.${kind}`), kind));
    $("plan").onsubmit = (event) => {
      event.preventDefault();
      this.start({ title: $("plan-title").value, kind: $("plan-kind").value, sites: this.chosen() });
    };
  }
  async open() {
    if (this.opened || !this.hall.state) return;
    this.opened = true;
    try {
      const [list, network] = await Promise.all(["/api/meetings", "/api/network"].map((path) => call("GET", path).then((answer) => answer.json())));
      this.files(list.files);
      this.tree(network);
    } catch { this.opened = false; }
  }
  files(files) {
    $("files").replaceChildren(...files.map((file) => {
      const row = document.createElement("li");
      row.append(Object.assign(document.createElement("span"), { textContent: `${file.title} · ${t("plan.sites", { n: file.siteCount })}` }),
        this.button("primary", t("plan.run"), () => this.start({ file: file.id })));
      return row;
    }));
    if (!files.length) put("files", t("plan.none"));
  }
  tree(network) {
    const depth = new Map();
    const below = (top) => { const inside = new Set([top]); for (const n of network.nodes) if (inside.has(n.parent)) inside.add(n.id); return inside; };
    const set = (test, on) => { for (const box of $("plan-tree").querySelectorAll("input")) if (test(box)) box.checked = on; this.count(); };
    const list = [];
    for (const n of network.nodes) {
      depth.set(n.id, (depth.get(n.parent) ?? -1) + 1);
      const branch = network.nodes.some((other) => other.parent === n.id);
      const all = () => { const inside = below(n.id); set((box) => inside.has(box.dataset.node), true); };
      n.sites.forEach((site, i) => {
        const row = document.createElement("li");
        const box = Object.assign(document.createElement("input"), { type: "checkbox", value: site.id, id: `pick-${site.id}`, checked: site.id === this.hall.me });
        box.dataset.node = n.id;
        box.dataset.level = n.level;
        box.onchange = () => this.count();
        row.append(box, Object.assign(document.createElement("label"), { htmlFor: box.id, textContent: site.name }), branch && i === 0 ? this.button("", t("branch"), all) : "");
        row.style.setProperty("--depth", depth.get(n.id));
        list.push(row);
      });
    }
    $("plan-tree").replaceChildren(...list);
    $("plan-levels").replaceChildren(
      this.button("", t("plan.all"), () => set(() => true, true)),
      ...network.levels.filter((l) => network.nodes.some((n) => n.level === l.id && n.sites.length)).flatMap((l) => [" ", this.button("", l.name, () => set((box) => box.dataset.level === l.id, true))]),
      " ", this.button("", t("plan.clear"), () => set((box) => box.value !== this.hall.me, false)));
    this.count();
  }
  chosen() { return [...$("plan-tree").querySelectorAll("input:checked")].map((box) => box.value); }
  count() { put("plan-count", t("plan.sites", { n: this.chosen().length })); }
  async start(form) {
    try { await call("POST", "/api/meetings", form); } catch (error) { this.hall.note(error.message); }
  }
  async end(id) {
    this.opened = false;
    try { await call("DELETE", `/api/meetings/${encodeURIComponent(id)}`); } catch (error) { this.hall.note(error.message); }
  }
}

// Invitations to meetings: each is shown until the hall answers. A hall that is in a meeting stays in it, and goes over when that is over.
import { t, timeOf } from "./i18n.js";

export class Invitations {
  constructor(box, answer) { this.box = box; this.answer = answer; }

  show(list, busy) {
    const key = JSON.stringify([list, busy]);
    if (this.box.dataset.key === key) return;
    this.box.dataset.key = key;
    this.box.hidden = !list.length;
    this.box.replaceChildren(...list.map((one) => this.card(one, busy)));
  }

  card(one, busy) {
    const card = document.createElement("div");
    const text = document.createElement("p");
    text.textContent = [t("invited", { from: one.from, title: one.title, time: timeOf(one.since) }), busy ? t("invited.busy") : ""].join(" ").trim();
    const row = document.createElement("div");
    row.className = "row";
    for (const [accept, word, look] of [[false, "invited.no", "big-button"], [true, "invited.yes", "big-button primary"]]) {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", className: look, textContent: t(word) });
      button.dataset.meeting = one.meeting;
      button.onclick = async () => {
        for (const each of row.children) each.disabled = true;
        if (!(await this.answer(one.meeting, accept))) for (const each of row.children) each.disabled = false;
      };
      row.append(button);
    }
    card.append(text, row);
    return card;
  }
}

// The hall's head count (sĩ số): a field of the page, told to everybody.
import { $, put, t } from "./hall.js";

// More people than any hall here holds.
const most = 10000;

export class HeadCount {
  constructor(hall) {
    this.hall = hall;
    const form = $("heads"), field = $("heads-field");
    field.max = most;
    form.noValidate = true;
    field.oninput = () => this.say("");
    form.onsubmit = async (event) => {
      event.preventDefault();
      const count = Number(field.value);
      if (field.value.trim() === "" || !Number.isInteger(count) || count < 0 || count > most) return this.say(t("heads.bad", { max: most.toLocaleString("vi-VN") }));
      if (await hall.act("/api/head-count", { count })) { field.blur(); hall.note(t("heads.saved", { n: count })); }
    };
  }
  say(text) { put("heads-note", text); $("heads-field").setAttribute("aria-invalid", text !== ""); }
  render() {
    const site = this.hall.site, field = $("heads-field");
    $("heads").hidden = !this.hall.sends || !site || !this.hall.joined;
    const count = site?.headCount ?? "";
    if (document.activeElement !== field && this.shown !== count) { this.shown = count; field.value = count; this.say(""); }
  }
}

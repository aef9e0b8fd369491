// Votes (biểu quyết): the newest vote of the meeting with its tally, the hall's own ballot, and for the chair opening and closing.
import { $, put, t } from "./hall.js";
import { timeOf } from "./i18n.js";

const answers = ["agree", "disagree", "abstain"];
function make(tag, className, text, more = {}) {
  return Object.assign(document.createElement(tag), { className, textContent: text ?? "" }, more);
}

export class Voting {
  // `confirm` asks the chair before a vote is closed; without it the page is a hall's.
  constructor(hall, { confirm } = {}) {
    this.hall = hall;
    this.confirm = confirm;
    const box = $("voting");
    this.question = make("p", "question");
    this.answers = make("form", "answers", "", { id: "vote-cast" });
    this.cells = answers.map((answer) => {
      const cell = make("div", "answer"), count = make("b", "");
      const button = make("button", "small", "", { type: "button", onclick: () => this.cast({ [answer]: 1 }) });
      button.append(make("span", "", t(`vote.${answer}`)), count);
      const heads = make("input", "", "", { type: "number", min: 0, max: 100000, inputMode: "numeric" });
      heads.setAttribute("aria-label", t("vote.heads", { answer: t(`vote.${answer}`) }));
      cell.append(button, heads);
      this.answers.append(cell);
      return { answer, button, count, heads };
    });
    this.answers.onsubmit = (event) => {
      event.preventDefault();
      this.cast(Object.fromEntries(this.cells.map(({ answer, heads }) => [answer, Math.max(0, Math.trunc(Number(heads.value) || 0))])));
    };
    this.how = make("p", "hint", t("vote.how"));
    this.send = make("button", "small primary", "", { type: "submit" });
    this.send.setAttribute("form", "vote-cast");
    this.sites = make("p", "hint");
    this.own = make("p", "own-ballot");
    const how = make("div", "said"), said = (this.said = make("div", "said"));
    how.append(this.how, this.send);
    said.append(this.sites, this.own);
    box.append(make("h2", "", t("vote.head"), { id: "vote-head" }), this.question, this.answers, how, said);
    if (confirm) this.addChair(box);
    Object.assign(window.nhipcau, { cast: (ballot) => this.cast(ballot), openVote: (question) => hall.act("/api/vote/open", { question }) });
  }
  addChair(box) {
    this.wish = make("input", "", "", { maxLength: 250, autocomplete: "off", placeholder: t("vote.question") });
    this.wish.setAttribute("aria-label", t("vote.question"));
    this.asking = make("form", "asking");
    this.asking.append(this.wish, make("button", "small primary", t("vote.open"), { type: "submit" }));
    this.asking.onsubmit = (event) => {
      event.preventDefault();
      if (this.wish.value.trim()) this.hall.act("/api/vote/open", { question: this.wish.value.trim() });
      this.wish.value = "";
    };
    this.close = make("button", "small danger", t("vote.close"), { type: "button" });
    this.close.onclick = async () => {
      const vote = this.vote;
      if (vote && (await this.confirm(t("vote.close?", { question: vote.question })))) this.hall.act("/api/vote/close", { vote: vote.id });
    };
    this.said.append(this.close);
    box.append(this.asking);
  }
  // The newest that is open, else the newest.
  get vote() {
    const votes = this.hall.meeting?.votes ?? [];
    return votes.findLast((vote) => vote.closed === undefined) ?? votes.at(-1);
  }
  cast(ballot) {
    const vote = this.vote;
    if (vote) return this.hall.act("/api/vote/cast", { vote: vote.id, ...ballot });
  }
  render() {
    const hall = this.hall, m = hall.meeting, vote = this.vote;
    $("voting").hidden = !m || (!vote && !this.confirm);
    for (const part of [this.question, this.answers, this.sites, this.own]) part.hidden = !vote;
    const open = vote && vote.closed === undefined;
    const mayCast = open && hall.joined && hall.sends;
    this.how.hidden = this.send.hidden = !mayCast;
    if (this.confirm) {
      this.close.hidden = !open || vote.by !== hall.me;
      this.asking.hidden = !m?.chairs.includes(hall.me) || (open && vote.by === hall.me);
    }
    if (!vote) return;
    put(this.question, vote.question);
    for (const { answer, button, count, heads } of this.cells) {
      put(count, vote[answer].toLocaleString("vi-VN"));
      button.disabled = !mayCast;
      button.classList.toggle("on", vote.own?.[answer] > 0);
      heads.hidden = !mayCast;
    }
    const words = [t("vote.sites", vote)];
    if (vote.cutOff) words.push(t("vote.cut", { n: vote.cutOff }));
    put(this.sites, (open ? "" : `${t("vote.closed", { time: timeOf(vote.closed) })} · `) + words.join(", "));
    put(this.own, vote.own ? t("vote.own", vote.own) : t("vote.own.none"));
    put(this.send, t(vote.own ? "vote.change" : "vote.cast"));
  }
}

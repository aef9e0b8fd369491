// Votes (biểu quyết): the newest vote with its tally, the hall's own ballot, and for the chair opening and closing.
// A ballot is pressed twice: it counts for the whole hall.
import { $, put, t } from "./hall.js";
import { timeOf } from "./i18n.js";

const answers = ["agree", "disagree", "abstain"];
// How long a first press waits for the second, and how long a closed vote stays on the page.
const patience = 6000, stay = 120000;
// Heads of a hall that has not said how many people are in it.
const mostUnknown = 500;

function make(tag, className, text, more = {}) {
  return Object.assign(document.createElement(tag), { className, textContent: text ?? "" }, more);
}

export class Voting {
  hidden = new Set();
  // `confirm` asks the chair before a vote is closed; without it the page is a hall's.
  constructor(hall, { confirm } = {}) {
    this.hall = hall;
    this.confirm = confirm;
    const box = $("voting");
    this.question = make("p", "question");
    this.tally = make("div", "answers");
    this.cells = answers.map((answer) => {
      const button = make("button", "answer", "", { type: "button", onclick: () => this.press(answer, { [answer]: 1 }) });
      const count = make("b", "");
      button.append(make("span", "", t(`vote.${answer}`)), count);
      this.tally.append(button);
      return { answer, button, count };
    });
    this.how = make("p", "hint", t("vote.one"));
    this.addCounting();
    this.sites = make("p", "hint");
    this.own = make("p", "own-ballot");
    this.hide = make("button", "small", t("vote.hide"), { type: "button", onclick: () => { this.hidden.add(this.vote?.id); this.render(); } });
    this.said = make("div", "said");
    this.said.append(this.sites, this.own, this.hide);
    this.head = make("div", "vote-top");
    this.head.append(make("h2", "", t("vote.head"), { id: "vote-head" }));
    box.append(this.head, this.question, this.how, this.tally, this.counting, this.said);
    if (confirm) this.addChair(box);
    Object.assign(window.nhipcau, { cast: (ballot) => this.cast(ballot), openVote: (question) => hall.act("/api/vote/open", { question }) });
  }
  // Three labelled boxes for heads; what is wrong with them is said in the page, in the page's language.
  addCounting() {
    this.counting = make("details", "");
    this.countHead = make("summary", "hint");
    const form = make("form", "counting", "", { noValidate: true });
    const fields = make("div", "fields");
    this.fields = answers.map((answer) => {
      const label = make("label", "", ""), field = make("input", "", "", { type: "number", min: 0, inputMode: "numeric", name: answer });
      field.oninput = () => { this.armed = null; this.say(""); };
      label.append(make("span", "", t(`vote.${answer}`)), field);
      fields.append(label);
      return { answer, field };
    });
    this.send = make("button", "small primary", "", { type: "submit" });
    this.complaint = make("p", "complaint");
    this.complaint.setAttribute("role", "alert");
    form.append(fields, this.complaint, this.send);
    this.counting.append(this.countHead, form);
    form.onsubmit = (event) => {
      event.preventDefault();
      const ballot = this.counted();
      if (ballot) this.press("count", ballot);
    };
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
    this.head.append(this.close);
    box.append(this.asking);
  }
  // The newest that is open; else the newest, for a while after it was closed.
  get vote() {
    const votes = this.hall.meeting?.votes ?? [];
    const open = votes.findLast((vote) => vote.closed === undefined || vote.closed === null);
    const last = votes.at(-1);
    if (open || !last) return open;
    return this.hidden.has(last.id) || this.hall.now - last.closed > stay ? undefined : last;
  }
  say(text) { put(this.complaint, text); }
  // The heads of the three boxes; nothing and a complaint if they cannot be a ballot.
  counted() {
    const ballot = {};
    let sum = 0;
    for (const { answer, field } of this.fields) {
      const heads = field.value.trim() === "" && !field.validity.badInput ? 0 : Number(field.value);
      if (field.validity.badInput || !Number.isInteger(heads) || heads < 0) return this.say(t("vote.bad.number"));
      ballot[answer] = heads;
      sum += heads;
    }
    const hall = this.hall.site?.headCount;
    if (sum === 0) return this.say(t("vote.bad.none"));
    if (hall && sum > hall) return this.say(t("vote.bad.many", { sum, max: hall }));
    if (!hall && sum > mostUnknown) return this.say(t("vote.bad.most", { sum, max: mostUnknown }));
    this.say("");
    return ballot;
  }
  // The first press arms, the second casts the same ballot.
  press(what, ballot) {
    const vote = this.vote, key = JSON.stringify([vote?.id, what, ballot]);
    const sure = this.armed?.key === key && Date.now() < this.armed.until;
    this.armed = sure ? null : { key, what, ballot, until: Date.now() + patience };
    this.render();
    if (!sure) { setTimeout(() => this.render(), patience + 50); return; }
    return this.cast(ballot);
  }
  async cast(ballot) {
    const vote = this.vote;
    if (!vote || !(await this.hall.act("/api/vote/cast", { vote: vote.id, ...ballot }))) return;
    for (const { field } of this.fields) field.value = "";
    this.hall.note(t("vote.sent"));
  }
  render() {
    const hall = this.hall, m = hall.meeting, vote = this.vote;
    $("voting").hidden = !m || (!vote && !this.confirm);
    document.body.classList.toggle("votes", !!vote);
    for (const part of [this.question, this.tally, this.sites, this.own]) part.hidden = !vote;
    const open = vote && (vote.closed === undefined || vote.closed === null);
    const mayCast = !!open && hall.joined && hall.sends;
    this.how.hidden = this.counting.hidden = !mayCast;
    this.hide.hidden = !vote || !!open;
    if (this.confirm) {
      this.close.hidden = !open || vote.by !== hall.me;
      this.asking.hidden = !m?.chairs.includes(hall.me) || (open && vote.by === hall.me);
    }
    if (!vote) return;
    put(this.question, vote.question);
    const armed = this.armed && Date.now() < this.armed.until ? this.armed : null;
    for (const { answer, button, count } of this.cells) {
      const sure = armed?.what === answer;
      put(count, sure ? "" : vote[answer].toLocaleString("vi-VN"));
      put(button.firstChild, sure ? `${t("vote.sure")}: ${t(`vote.${answer}`)}` : t(`vote.${answer}`));
      button.disabled = !mayCast;
      button.classList.toggle("on", vote.own?.[answer] > 0);
      button.classList.toggle("sure", sure);
      button.setAttribute("aria-pressed", vote.own?.[answer] > 0);
    }
    const heads = hall.site?.headCount;
    put(this.countHead, heads ? t("vote.count.of", { n: heads }) : t("vote.count"));
    for (const { field } of this.fields) field.max = heads || mostUnknown;
    put(this.send, armed?.what === "count" ? t("vote.sure.count", armed.ballot) : t(vote.own ? "vote.change" : "vote.cast"));
    this.send.classList.toggle("sure", armed?.what === "count");
    const words = [t(open ? "vote.sites" : "vote.sites.closed", vote)];
    if (vote.cutOff) words.push(t("vote.cut", { n: vote.cutOff }));
    put(this.sites, (open ? "" : `${t("vote.closed", { time: timeOf(vote.closed) })} · `) + words.join(", "));
    put(this.own, vote.own ? t("vote.own", vote.own) : t(open ? "vote.own.none" : "vote.own.missed"));
  }
}

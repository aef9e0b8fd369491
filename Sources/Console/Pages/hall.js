// What the room's and the chair's page share: one hall with its events, devices, leg, truth line, alarm strip, picture and microphone.
import { dateOf, lang, lengthOf, otherLanguage, t, timeOf, translatePage } from "./i18n.js";
import { ask, Events, handOver, token } from "./node.js";
import { Devices, Leg } from "./media.js";
import { Level } from "./level.js";
import { deadline, isLive, truthOf, TruthBar } from "./truth.js";
import { partLines, showAlarm } from "./alarm.js";
import { Pictures } from "./picture.js";
import { Invitations } from "./invite.js";

export const $ = (id) => document.getElementById(id);
export function put(id, text) { const e = typeof id === "string" ? $(id) : id; if (e && e.textContent !== text) e.textContent = text; }

// A message is an event: it is told for so long and then goes, whatever became of it.
const life = 6000;
// Without a mouse there is no keyboard whose keys could be named.
const touch = matchMedia("(hover: none) and (pointer: coarse)");

export function confirm(text) {
  put("ask-text", text);
  $("ask").showModal();
  $("ask-no").focus();
  return new Promise((done) => {
    $("ask-yes").onclick = () => { $("ask").close(); done(true); };
    $("ask-no").onclick = () => $("ask").close();
    $("ask").onclose = () => done(false);
  });
}

export class Hall {
  joined = false;
  ready = false;
  muted = false;
  noteUntil = 0;
  constructor(render, { leads = false } = {}) {
    this.renderPage = render;
    this.leads = leads;
    translatePage();
    this.devices = new Devices();
    this.level = new Level();
    this.sends = true;
    this.leg = new Leg(this.devices, true, () => this.render());
    this.events = new Events((state, before, whole) => this.hear(state, before, whole), () => this.showTruth());
    this.bar = new TruthBar($("truth"), { takeOver: () => this.leg.redial(true) });
    this.pictures = new Pictures([$("video0"), $("video1")], () => this.render());
    this.invitations = new Invitations($("invited"), (meeting, accept) => this.answerInvitation(meeting, accept));
    $("join").onclick = () => this.join();
    $("mute").onclick = () => this.toggleMute();
    for (const link of document.querySelectorAll(".language")) Object.assign(link, { href: otherLanguage(), textContent: t("other-language"), lang: lang === "en" ? "vi" : "en" });
    addEventListener("keydown", (event) => this.key(event));
    addEventListener("pagehide", () => this.leg.hangUp(true));
    addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
    for (const name of ["click", "keydown"]) addEventListener(name, () => this.play());
    setInterval(() => { this.tick(); this.render(); }, 1000);
    setInterval(() => this.pulse(), 100);
    const hall = this;
    window.nhipcau = {
      get state() { return hall.state; }, get pc() { return hall.leg.pc; }, get line() { return hall.line(); }, get joined() { return hall.joined; }, get truth() { return hall.truth; },
      get muted() { return hall.muted; }, get leg() { return hall.leg.location; }, get devices() { return hall.devices; },
      join: () => hall.join(), mute: (on) => hall.setMuted(on), requestFloor: () => ask("/api/floor/request"), withdraw: () => ask("/api/floor/withdraw"),
      answer: (meeting, accept) => hall.answerInvitation(meeting, accept),
    };
    this.tick();
  }
  get state() { return this.events.state; }
  get meeting() { const m = this.state?.meeting; return m && !m.ended ? m : null; }
  get me() { return this.state?.you.site; }
  get site() { return this.meeting?.sites.find((s) => s.id === this.me); }
  name(id) { return this.state?.meeting?.sites.find((s) => s.id === id)?.name ?? id ?? ""; }
  get now() { return Date.now() + (this.offset ?? 0); }
  remember(key, value) { try { sessionStorage.setItem(`nhipcau.${this.me}.${key}`, value); } catch { /* private window */ } }
  recall(key) { try { return sessionStorage.getItem(`nhipcau.${this.me}.${key}`); } catch { return null; } }

  hear(state, before, whole) {
    if (state && whole) {
      this.offset = state.clock - Date.now();
      const role = state.you.role;
      if (this.misplaced(role)) return;
      this.sends = this.leg.sends = role === "room" || role === "chair";
      document.body.dataset.role = role;
      if (!before) {
        // A chair joins with a closed microphone and opens it when the meeting shall begin.
        this.muted = this.leads ? this.recall("muted") !== "0" : this.recall("muted") === "1";
        if (!this.joined && (this.recall("joined") || new URLSearchParams(location.search).has("auto"))) this.join();
      }
      const restarted = before && before.incarnation !== state.incarnation;
      if (this.joined && restarted && this.leg.wanted) this.leg.redial(true);
      if (restarted) this.claim = true;
    } else if (this.site && before?.meeting) {
      const was = before.meeting.sites.find((s) => s.id === this.me);
      if (was && was.muted !== this.site.muted && !this.claim) this.adopt(this.site.muted);
    }
    if (state && before && state !== before) this.tellNews(state, before);
    // The hall's own wish outlives a restart of the node, which may learn of the meeting only later.
    if (this.claim && this.joined && this.site?.presence === "present") {
      this.claim = false;
      if (this.sends && this.site.muted !== this.muted) ask("/api/mute", { muted: this.muted }).catch((error) => this.note(error.message));
    }
    const m = this.meeting;
    if (this.ready && m) {
      if (this.inMeeting && this.inMeeting !== m.id) this.leg.stop();
      this.inMeeting = m.id;
      if (!this.events.fatal) this.leg.start();
    } else if (this.joined && this.events.open && this.leg.wanted) { this.leg.stop(); this.inMeeting = null; }
    this.render();
  }
  // A room's link opened as a chair's, and the other way round, goes where it belongs.
  misplaced(role) {
    const wanted = role === "chair" ? "/chair" : role === "operator" ? null : "/room";
    if (wanted === location.pathname || (!wanted && this.events.fatal)) return false;
    if (!wanted) {
      this.events.refuse({ headline: t("wrong-role"), nextStep: t("wrong-role.next"), message: t("wrong-role") });
      return false;
    }
    const there = new URL(wanted, location.href);
    for (const [key, value] of new URLSearchParams(location.search)) there.searchParams.set(key, value);
    if (!handOver(wanted)) there.searchParams.set("token", token);
    location.replace(there);
    return true;
  }
  // What was decided about this hall, and that the meeting is over: once, as an event.
  tellNews(state, before) {
    const news = state.truth?.news;
    const isNew = news && (news.at !== before.truth?.news?.at || news.word !== before.truth?.news?.word);
    // The floor itself is told by the truth line. News of it that are over go with it, and do not wait for their time.
    if (this.noteIsNews && before.truth?.turn !== state.truth?.turn) this.noteUntil = 0;
    if (isNew && news.word !== "granted" && state.clock - news.at < life) { this.note(t(`news.${news.word}`)); this.noteIsNews = true; }
    if (state.over && !before.over && before.meeting) this.note(t("news.over", this.endOf(state.over)));
  }
  endOf(over) { return { title: over.title, time: timeOf(over.ended), length: lengthOf(over.ended - over.started) }; }
  holds(state) { return state?.meeting?.holders.some((r) => r.site === state.you.site) ?? false; }
  get place() { return (this.meeting?.queue.findIndex((r) => r.site === this.me) ?? -1) + 1; }

  async join() {
    if (this.joined) return;
    this.joined = true;
    $("join").disabled = true;
    put("start-note", t("start.asking"));
    // The leg begins after the answer to the browser's question, since Firefox uses all addresses only for a page that
    // captures. Where nobody answers, the hall listens after ten seconds and sends once somebody does.
    if (this.sends) {
      const change = () => { this.show(); this.leg.replaceTracks(); this.adopt(this.muted); this.render(); };
      await Promise.race([this.devices.acquire(change).then(change), new Promise((done) => setTimeout(done, 10000))]);
    }
    this.ready = true;
    this.show();
    document.body.dataset.phase = "in";
    this.remember("joined", "1");
    navigator.wakeLock?.request("screen").catch(() => {});
    this.adopt(this.site?.muted ? true : this.muted);
    this.claim = true;
    this.hear(this.state, this.state, false);
  }
  show() {
    const own = $("own");
    const track = this.devices.video;
    if ((own.srcObject?.getTracks()[0] ?? null) !== track) own.srcObject = track ? new MediaStream([track]) : null;
    put("own-none", track ? "" : t("no-camera"));
    this.level.listen(this.devices.audio);
  }
  adopt(muted) {
    this.muted = muted;
    this.remember("muted", muted ? "1" : "0");
    if (this.devices.audio) this.devices.audio.enabled = !muted;
  }
  // The hall's own switch works at once, whatever the network does.
  async setMuted(muted) {
    this.adopt(muted);
    this.render();
    try { await ask("/api/mute", { muted }); } catch (error) { this.note(error.message); }
  }
  toggleMute() { if (this.joined && this.sends) return this.setMuted(!this.muted); }
  async act(path, body) {
    try { await ask(path, body); return true; } catch (error) { this.note(error.message); return false; }
  }
  answerInvitation(meeting, accept) { return this.act(`/api/meetings/${encodeURIComponent(meeting)}/answer`, { accept }); }
  note(text) { this.noteIsNews = false; this.noteText = text; this.noteUntil = Date.now() + life; this.render(); }
  key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || document.querySelector("dialog[open]")) return;
    const field = event.target.closest?.("input, select, textarea");
    if (!field && event.key.toLowerCase() === "m") { event.preventDefault(); this.toggleMute(); }
    if (event.key === " " && !event.target.closest?.("button, a, input, select, textarea") && this.onSpace) { event.preventDefault(); this.onSpace(); }
  }

  line() {
    if (this.events.fatal) return "lost";
    if (!this.events.open) return this.events.everOpen ? "back" : "joining";
    if (this.truth === "lost") return "lost";
    if (this.joined && this.meeting && !this.leg.up) {
      if (this.leg.pc?.connectionState === "disconnected") return "lost";
      return this.leg.everUp ? "back" : "joining";
    }
    if (this.meeting?.cutOff) return "alone";
    if (this.meeting?.endedAbove) return "ended-above";
    if (this.meeting?.apart) return "apart";
    if (this.state.uplink === "cut") return "lost";
    return this.state.uplink === "unstable" || (this.leg.up && this.leg.quality === "unstable") ? "unstable" : "clear";
  }
  get phase() {
    if (!this.joined) return "out";
    if (this.events.fatal || (!this.events.open && this.events.everOpen)) return "lost";
    return this.events.open ? "in" : "connecting";
  }
  // The one state that everything here which speaks of being heard derives from.
  get truth() {
    return truthOf({
      phase: this.phase, truth: this.state?.truth, heard: this.events.heard, leg: this.leg.id, legUp: this.leg.upFor, sends: this.sends,
      hasMicrophone: !!this.devices.audio, muted: this.muted, meeting: this.meeting, ended: !!this.state?.over || !!this.state?.meeting?.ended,
    });
  }
  showTruth() {
    const kind = this.truth, truth = this.state?.truth, m = this.meeting;
    this.bar.show(kind, {
      truth, muted: this.muted, cutOff: m?.cutOff, apart: m?.apart, others: (m?.sites.length ?? 1) - 1, talking: this.muted && this.level.talking,
      press: t(touch.matches ? "more.touch" : "more.press"), since: truth?.turn === "floor" && truth.since ? this.now - truth.since : 0,
    });
    document.body.dataset.truth = kind;
    // To the moment, and not to the next beat of some interval.
    clearTimeout(this.truthTimer);
    if (truth && isLive(truth)) this.truthTimer = setTimeout(() => this.showTruth(), Math.max(20, deadline - this.events.heard + 5));
  }
  // What moves by itself: level, truth, and whether the picture still does.
  pulse() {
    this.level.measure();
    this.bar.showLevel(this.level.value);
    this.showTruth();
    if (this.state) this.renderScreen(this.meeting);
    this.renderNote();
  }
  tick() {
    const clock = $("clock");
    if (!clock.firstChild) clock.append(document.createTextNode(""), document.createElement("small"));
    clock.firstChild.data = timeOf(this.now);
    put(clock.lastChild, dateOf(this.now));
  }
  wire(id, tracks) {
    const element = $(id);
    const wanted = tracks.filter(Boolean);
    const have = element.srcObject?.getTracks() ?? [];
    if (wanted.length === have.length && wanted.every((track) => have.includes(track))) return;
    element.srcObject = wanted.length ? new MediaStream(wanted) : null;
    if (wanted.length) this.play();
  }
  play() {
    if (!this.joined) return;
    for (const element of document.querySelectorAll("video, audio")) {
      if (element.srcObject && element.paused) element.play().then(() => { this.blocked = false; }, (error) => { if (error.name === "NotAllowedError") this.blocked = true; });
    }
  }
  render() {
    const state = this.state, m = this.meeting, fatal = this.events.fatal;
    const leg = this.leg;
    this.wire("video0", [leg.track(0), leg.track(1)]);
    this.wire("video1", [leg.track(4)]);
    this.wire("audio1", [leg.track(2)]);
    this.wire("audio2", [leg.track(3)]);
    const line = this.line();
    $("line").dataset.line = line;
    put("line-text", t(`line.${line}`));
    this.renderStart(state, m, fatal);
    this.showTruth();
    if (!state) return;
    put("title", state.meeting?.title ?? "Nhịp Cầu");
    put("place", state.you.name);
    put("own-name", state.you.name);
    const sites = m?.sites ?? [];
    put("present", m ? `${sites.filter((s) => s.presence === "present").length}/${sites.length}` : "");
    $("present").parentElement.hidden = !m;
    this.renderScreen(m);
    this.renderMicrophone();
    this.renderApart(m);
    const standing = [
      this.blocked && { tone: "wait", text: t("tap") },
      this.joined && this.sends && this.devices.problem && { tone: "wait", text: t(this.devices.problem) },
      leg.refusal && !leg.up && { tone: "bad", text: leg.refusal.message },
    ].filter(Boolean);
    showAlarm($("alarm"), [...partLines(m), ...(m && this.alarms ? this.alarms(m) : []), ...standing]);
    this.invitations.show(this.sends ? state.invitations ?? [] : [], !!m);
    this.renderNote();
    this.renderPage(this);
  }
  renderNote() { put("note", Date.now() < this.noteUntil ? this.noteText : ""); }
  // The card before joining; a link that opens nothing says why in its headline.
  renderStart(state, m, fatal) {
    put("start-site", fatal ? fatal.headline || fatal.message : state?.you.name ?? "…");
    put("start-meeting", fatal ? fatal.nextStep : m ? m.title : state ? t(this.leads ? "start.lead" : "start.waiting") : t("line.joining"));
    $("start").classList.toggle("refused", !!fatal);
    $("join").hidden = !!fatal;
    $("join").disabled = this.joined || !state;
    if (fatal) { put("start-note", ""); document.body.dataset.phase = "start"; }
  }
  renderScreen(m) {
    const mine = !!m && m.speaker === this.me;
    const own = this.state.pictures?.find((p) => p.leg === this.leg.id);
    this.pictures.look(own && [own.main, own.second]);
    // The speaker's own hall sees the chair, a speaking chair the previous speaker.
    const slot = m && this.leg.up ? this.pictures.choose(mine ? 1 : 0) : -1;
    for (const i of [0, 1]) { $(`video${i}`).hidden = i !== (slot < 0 ? (mine ? 1 : 0) : slot); $(`video${i}`).style.visibility = i === slot ? "visible" : "hidden"; }
    const seen = this.pictures.site(slot);
    put("empty", slot >= 0 ? "" : this.emptyText(m, mine));
    const named = seen ?? (m && !mine && m.speaker != null ? m.speaker : null);
    put("caption-role", !named ? "" : named === m?.speaker ? t(m.holders.length ? "speaking" : "chair-leads") : named === m?.actingChair ? t("chair-leads") : t("just-spoke"));
    put("caption-name", named ? this.name(named) : "");
    $("caption").hidden = !named;
    $("screen").classList.toggle("me", mine);
  }
  emptyText(m, mine) {
    if (!m) {
      const over = this.state.over;
      const next = t(this.leads ? "no-meeting.chair" : "over.next").split("\n").at(-1);
      return over ? `${t("over", this.endOf(over))}\n${next}` : t(this.leads ? "no-meeting.chair" : "no-meeting");
    }
    const kind = this.truth;
    if (kind === "lost" || kind === "connecting") return t(kind === "lost" ? "line.lost" : "line.joining");
    if (kind === "alone" && (m.cutOff || m.apart)) return t("only-here");
    const wanted = mine ? (m.actingChair === this.me ? m.previousSpeaker : m.actingChair) : m.speaker;
    if (!wanted || wanted === this.me) return mine && m.actingChair !== this.me ? "" : t("nobody");
    const site = m.sites.find((s) => s.id === wanted);
    if (site?.presence === "cut-off") return t("gone-picture", { name: this.name(wanted), time: timeOf(site.since) });
    if (site?.presence !== "present") return t("left-picture", { name: this.name(wanted) });
    return site.hasVideo ? t("wait-picture") : t("no-picture", { name: this.name(wanted) });
  }
  // A whole node leaves the meeting with all below it: asked first. Coming back harms nobody.
  renderApart(m) {
    const here = !!m?.apart?.here;
    const button = $("apart");
    button.hidden = !this.joined || !m?.mayBreakAway || (!!m.apart && !here);
    put(button, t(here ? "rejoin" : "apart"));
    button.onclick = async () => {
      if (here) return this.act("/api/rejoin", {});
      if (await confirm(t("apart?", { node: this.state.you.node }))) this.act("/api/break-away", {});
    };
  }
  renderMicrophone() {
    put("mute-text", t(this.muted ? "unmute" : "mute"));
    $("mute").disabled = !this.joined || !this.devices.audio;
    $("mute").classList.toggle("on", this.muted);
    $("mute").setAttribute("aria-pressed", this.muted);
    $("mute").hidden = !this.sends;
    const own = document.querySelector(".own");
    if (own) own.hidden = !this.sends;
  }
}
export { ask, lang, t, timeOf };

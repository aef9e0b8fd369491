// What the room's and the chair's page share: one hall with its events, devices, leg, line, clock and own microphone.
import { dateOf, lang, t, timeOf, translatePage } from "./i18n.js";
import { ask, Events } from "./node.js";
import { Devices, Leg } from "./media.js";

export const $ = (id) => document.getElementById(id);
export function put(id, text) { const e = typeof id === "string" ? $(id) : id; if (e && e.textContent !== text) e.textContent = text; }

export class Hall {
  joined = false;
  ready = false;
  muted = false;
  noteUntil = 0;
  sureUntil = 0;
  constructor(render) {
    this.renderPage = render;
    translatePage();
    this.devices = new Devices();
    this.sends = true;
    this.leg = new Leg(this.devices, true, () => this.render());
    this.events = new Events((state, before, whole) => this.hear(state, before, whole));
    $("join").onclick = () => this.join();
    $("mute").onclick = () => this.toggleMute();
    addEventListener("keydown", (event) => this.key(event));
    addEventListener("pagehide", () => this.leg.hangUp(true));
    addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
    for (const id of ["video0", "video1"]) for (const name of ["resize", "playing", "emptied"]) $(id).addEventListener(name, () => this.render());
    for (const name of ["click", "keydown"]) addEventListener(name, () => this.play());
    setInterval(() => { this.tick(); this.render(); }, 1000);
    const hall = this;
    window.nhipcau = {
      get state() { return hall.state; }, get pc() { return hall.leg.pc; }, get line() { return hall.line(); }, get joined() { return hall.joined; },
      get muted() { return hall.muted; }, get leg() { return hall.leg.location; }, get devices() { return hall.devices; },
      join: () => hall.join(), mute: (on) => hall.setMuted(on), requestFloor: () => ask("/api/floor/request"), withdraw: () => ask("/api/floor/withdraw"),
    };
    this.tick();
  }
  get state() { return this.events.state; }
  get meeting() { const m = this.state?.meeting; return m && !m.ended ? m : null; }
  get me() { return this.state?.you.site; }
  get site() { return this.meeting?.sites.find((s) => s.id === this.me); }
  name(id) { return this.state?.meeting?.sites.find((s) => s.id === id)?.name ?? id ?? ""; }
  remember(key, value) { try { sessionStorage.setItem(`nhipcau.${this.me}.${key}`, value); } catch { /* private window */ } }
  recall(key) { try { return sessionStorage.getItem(`nhipcau.${this.me}.${key}`); } catch { return null; } }

  hear(state, before, whole) {
    if (state && whole) {
      this.offset = state.clock - Date.now();
      this.sends = this.leg.sends = state.you.role === "room" || state.you.role === "chair";
      document.body.dataset.role = state.you.role;
      if (!before) {
        this.muted = this.recall("muted") === "1";
        if (!this.joined && (this.recall("joined") || new URLSearchParams(location.search).has("auto"))) this.join();
      }
      const restarted = before && before.incarnation !== state.incarnation;
      if (this.joined && restarted && this.leg.wanted) this.leg.redial(true);
      if (restarted) this.claim = true;
    } else if (this.site && before?.meeting) {
      const was = before.meeting.sites.find((s) => s.id === this.me);
      if (was && was.muted !== this.site.muted && !this.claim) this.adopt(this.site.muted);
      if (this.holds(state) && !this.holds(before)) this.note(t("turn"));
    }
    // The hall's own wish outlives a restart of the node, which may learn of the meeting only later.
    if (this.claim && this.joined && this.site) {
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
    if (this.devices.problem) this.note(t(this.devices.problem), 60);
    this.adopt(this.site?.muted ? true : this.muted);
    this.claim = true;
    this.hear(this.state, this.state, false);
  }
  show() {
    const own = $("own");
    const track = this.devices.video;
    if ((own.srcObject?.getTracks()[0] ?? null) !== track) own.srcObject = track ? new MediaStream([track]) : null;
    put("own-none", track ? "" : t("no-camera"));
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
  async act(path, body) { try { await ask(path, body); } catch (error) { this.note(error.message); } }
  note(text, seconds = 8) { this.noteText = text; this.noteUntil = Date.now() + seconds * 1000; this.render(); }
  key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || document.querySelector("dialog[open]")) return;
    const field = event.target.closest?.("input, select, textarea");
    if (!field && event.key.toLowerCase() === "m") { event.preventDefault(); this.toggleMute(); }
    if (event.key === " " && !event.target.closest?.("button, a, input, select, textarea") && this.onSpace) { event.preventDefault(); this.onSpace(); }
  }

  line() {
    if (this.events.fatal) return "lost";
    if (!this.events.open) return this.events.everOpen ? "back" : "joining";
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
  // Which of the two pictures is large: the speaker's own hall sees the chair (a speaking chair the previous speaker).
  get main() { return this.meeting && this.meeting.speaker === this.me ? 1 : 0; }
  tick() {
    const now = Date.now() + (this.offset ?? 0);
    const clock = $("clock");
    if (!clock.firstChild) clock.append(document.createTextNode(""), document.createElement("small"));
    clock.firstChild.data = timeOf(now);
    put(clock.lastChild, dateOf(now));
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
    const why = line === "alone" ? m.cutOff : line === "ended-above" ? m.endedAbove : line === "apart" ? m.apart : null;
    put("line-text", t(`line.${line}`, why ? { name: why.name, time: timeOf(why.since) } : {}));
    put("start-site", state?.you.name ?? "…");
    put("start-meeting", m ? m.title : state ? t(this.leads ? "start.lead" : "start.waiting") : fatal ? "" : t("line.joining"));
    if (fatal) put("start-note", fatal.message);
    $("join").disabled = this.joined || !!fatal || !state;
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
    put("note", this.blocked ? t("tap") : fatal ? fatal.message : Date.now() < this.noteUntil ? this.noteText : leg.refusal && !leg.up ? leg.refusal.message : this.standing?.() ?? "");
    this.renderPage(this);
  }
  renderScreen(m) {
    const main = this.main, video = $(`video${main}`);
    for (const i of [0, 1]) $(`video${i}`).hidden = i !== main;
    const mine = m && m.speaker === this.me;
    $("screen").classList.toggle("me", !!mine);
    const shown = mine ? (m.actingChair === this.me ? m.previousSpeaker : m.actingChair) : m?.speaker;
    const track = video.srcObject?.getVideoTracks()[0];
    const picture = m && shown && video.videoWidth > 0 && track && !track.muted;
    video.style.visibility = picture ? "visible" : "hidden";
    put("empty", picture ? "" : !m ? t(this.state.meeting?.ended ? "ended" : this.leads ? "no-meeting.chair" : "no-meeting") : !shown ? (mine ? "" : t("nobody"))
      : m.sites.find((s) => s.id === shown)?.hasVideo ? t("wait-picture") : t("no-picture", { name: this.name(shown) }));
    put("caption-role", !m || !shown && !mine ? "" : mine ? t("you-speak", { role: t(m.actingChair === this.me ? "previous" : "chair") })
      : shown === m.actingChair && !m.holders.length ? t("chair-leads") : t("speaking"));
    put("caption-name", m && shown ? this.name(shown) : mine ? this.name(this.me) : "");
  }
  // Taking the whole node out of a meeting is pressed twice.
  renderApart(m) {
    const here = !!m?.apart?.here;
    const button = $("apart");
    button.hidden = !this.joined || !m?.mayBreakAway || (!!m.apart && !here);
    const word = here ? "rejoin" : "apart";
    put(button, t(Date.now() < this.sureUntil ? `${word}?` : word));
    button.onclick = () => {
      const sure = Date.now() < this.sureUntil;
      this.sureUntil = sure ? 0 : Date.now() + 5000;
      if (sure) this.act(here ? "/api/rejoin" : "/api/break-away", {});
      this.render();
    };
  }
  renderMicrophone() {
    const mic = !this.devices.audio && this.joined ? "none" : !this.joined || !this.meeting ? (this.muted ? "muted" : "off")
      : this.muted ? "muted" : this.site?.microphoneOpen ? "open" : "closed";
    $("mic").dataset.mic = mic;
    put("mic-text", t(`mic.${mic}`));
    put("mute-text", t(this.muted ? "unmute" : "mute"));
    $("mute").disabled = !this.joined || !this.devices.audio;
    $("mute").classList.toggle("on", this.muted);
    $("mute").setAttribute("aria-pressed", this.muted);
    for (const id of ["mic", "mute"]) $(id).hidden = !this.sends;
    const own = document.querySelector(".own");
    if (own) own.hidden = !this.sends;
  }
}
export { ask, lang, t, timeOf };

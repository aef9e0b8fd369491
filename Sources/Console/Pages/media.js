// Microphone, camera and the one leg to the node. The order of the m-lines is fixed (docs/architecture.md, "Pages").
import { call, delay } from "./node.js";

export class Devices {
  audio = null;
  video = null;
  problem = null;
  async acquire(onChange) {
    this.onChange ??= onChange;
    const media = navigator.mediaDevices;
    if (!media) { this.problem = "insecure"; return; }
    if (!this.listening) {
      this.listening = true;
      media.addEventListener("devicechange", () => { if (!this.audio || !this.video) this.acquire().then(() => this.onChange?.()); });
    }
    const audio = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 };
    const video = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 25, max: 30 } };
    let denied = false;
    const get = async (wish) => {
      try { return (await media.getUserMedia(wish)).getTracks(); } catch (error) { denied ||= error.name === "NotAllowedError"; return null; }
    };
    let tracks = !this.audio && !this.video ? await get({ audio, video }) : null;
    tracks ??= [...((!this.audio && (await get({ audio }))) || []), ...((!this.video && (await get({ video }))) || [])];
    for (const track of tracks) {
      this[track.kind] = track;
      track.addEventListener("ended", () => { if (this[track.kind] === track) { this[track.kind] = null; this.name(false); this.onChange?.(); } });
    }
    this.name(denied);
  }
  name(denied) {
    this.problem = this.audio && this.video ? null : denied ? "denied" : this.audio ? "no-camera" : this.video ? "no-mic" : "no-devices";
  }
}

export class Leg {
  pc = null;
  location = null;
  attempt = 0;
  wanted = false;
  everUp = false;
  quality = "clear";
  refusal = null;
  constructor(devices, sends, onChange) { this.devices = devices; this.sends = sends; this.onChange = onChange; setInterval(() => this.measure(), 2000); }
  get up() { return this.pc?.connectionState === "connected"; }
  // Since when, on the page's clock; nothing while it is not up.
  get upFor() { return this.up ? performance.now() - this.upAt : undefined; }
  // The number by which the node knows it.
  get id() { return this.location ? Number(this.location.split("/").at(-1)) : undefined; }
  // 0 speaker's sound, 1 speaker's picture, 2 and 3 further microphones, 4 chair's or previous speaker's picture
  track(index) { return this.pc?.getTransceivers()[index]?.receiver.track ?? null; }

  start() { if (!this.wanted) { this.wanted = true; this.dial(); } }
  stop() { this.wanted = false; this.hangUp(); this.refusal = null; this.attempt = 0; this.onChange(); }
  hangUp(leaving = false) {
    clearTimeout(this.timer);
    clearTimeout(this.patience);
    const location = this.location;
    this.location = null;
    const pc = this.pc;
    this.pc = null;
    pc?.close();
    if (location) call("DELETE", location, undefined, undefined, leaving).catch(() => {});
  }
  redial(soon = false) {
    this.hangUp();
    this.onChange();
    if (this.wanted) this.timer = setTimeout(() => this.dial(), soon ? 50 : delay(this.attempt++));
  }
  async dial() {
    this.hangUp();
    const pc = (this.pc = new RTCPeerConnection({ bundlePolicy: "max-bundle", rtcpMuxPolicy: "require" }));
    pc.onconnectionstatechange = () => {
      if (pc !== this.pc) return;
      clearTimeout(this.patience);
      if (pc.connectionState === "connected") { this.everUp = true; this.upAt = performance.now(); this.attempt = 0; this.quality = "clear"; this.before = null; }
      if (pc.connectionState === "failed") return this.redial();
      if (pc.connectionState === "disconnected") this.patience = setTimeout(() => this.redial(true), 3000);
      this.onChange();
    };
    try {
      const direction = this.sends ? "sendrecv" : "recvonly";
      pc.addTransceiver((this.sends && this.devices.audio) || "audio", { direction });
      pc.addTransceiver((this.sends && this.devices.video) || "video", { direction });
      for (const kind of ["audio", "audio", "video"]) pc.addTransceiver(kind, { direction: "recvonly" });
      await pc.setLocalDescription();
      const answer = await call("POST", "/api/join", pc.localDescription.sdp, "application/sdp");
      const location = answer.headers.get("Location");
      if (pc !== this.pc) { if (location) call("DELETE", location).catch(() => {}); return; }
      this.location = location;
      await pc.setRemoteDescription({ type: "answer", sdp: await answer.text() });
      this.refusal = null;
      this.patience = setTimeout(() => { if (pc === this.pc && !this.up) this.redial(); }, 10000);
      this.onChange();
    } catch (error) {
      if (pc !== this.pc) return;
      this.refusal = error;
      if (error.status === 401) { this.wanted = false; this.hangUp(); this.onChange(); } else this.redial();
    }
  }
  replaceTracks() {
    const [audio, video] = this.pc?.getTransceivers() ?? [];
    if (!this.sends) return;
    audio?.sender.replaceTrack(this.devices.audio).catch(() => {});
    video?.sender.replaceTrack(this.devices.video).catch(() => {});
  }
  // Thông suốt or chập chờn: more than 3 % lost over two seconds, or a round trip above 0.8 s; three good looks to return.
  async measure() {
    if (!this.up) return;
    const now = { lost: 0, got: 0 };
    let rtt = 0, away = 0;
    for (const s of (await this.pc.getStats()).values()) {
      if (s.type === "inbound-rtp") { now.lost += s.packetsLost ?? 0; now.got += s.packetsReceived ?? 0; }
      if (s.type === "candidate-pair" && s.nominated) rtt = Math.max(rtt, s.currentRoundTripTime ?? 0);
      if (s.type === "remote-inbound-rtp") away = Math.max(away, s.fractionLost ?? 0);
    }
    const lost = now.lost - (this.before?.lost ?? now.lost), got = now.got - (this.before?.got ?? now.got);
    this.before = now;
    const bad = rtt > 0.8 || away > 0.05 || (lost > 1 && lost > 0.03 * (got + lost));
    this.good = bad ? 0 : (this.good ?? 0) + 1;
    const quality = bad ? "unstable" : this.good >= 3 ? "clear" : this.quality;
    if (quality !== this.quality) { this.quality = quality; this.onChange(); }
  }
}

// What a page hears and shows, measured in the page itself. window.proof.start() once joined; read(), clear().
window.proof = (() => {
  const tones = window.proofTones ?? [];
  const wall = () => performance.timeOrigin + performance.now();
  let audio, watching = false, blocks = [], flashes = [], sizes = {}, colours = [], frames = 0, clocks = [];

  // Runs beside the audio: the level of every tone in blocks of 5 ms, each with its place on the audio clock.
  const worklet = `class Ear extends AudioWorkletProcessor {
    constructor(options) { super(); this.tones = options.processorOptions.tones; this.slot = options.processorOptions.slot; this.data = new Float32Array(256); this.n = 0;
      this.on = true; this.port.onmessage = () => { this.on = false; }; }
    process(inputs) {
      const input = inputs[0][0];
      if (this.n === 0) this.at = currentTime;
      if (input) this.data.set(input, this.n); else this.data.fill(0, this.n, this.n + 128);
      this.n += 128;
      if (this.n === 256) {
        this.n = 0;
        this.port.postMessage({ slot: this.slot, at: this.at, levels: this.tones.map((hz) => {
          const k = 2 * Math.cos((2 * Math.PI * hz) / sampleRate); let a = 0, b = 0;
          for (let i = 0; i < 256; i++) { const c = this.data[i] + k * a - b; b = a; a = c; }
          return Math.sqrt(Math.max(0, a * a + b * b - k * a * b)) / 128; }) });
      }
      return this.on;
    }
  }
  registerProcessor("proof-ear", Ear);`;
  let ears = false;
  function take(message) { if (message.levels.some((l) => l > 0.004) || blocks.length === 0 || message.at - blocks.at(-1).at > 0.004) blocks.push(message); if (blocks.length > 20000) blocks.splice(0, 5000); }
  function older(source, slot) {
    const taker = audio.createScriptProcessor(1024, 1, 1);
    source.connect(taker).connect(audio.destination);
    taker.onaudioprocess = (event) => {
      const data = event.inputBuffer.getChannelData(0);
      for (let from = 0; from < 1024; from += 256) take({ slot, at: event.playbackTime + (from - 2048) / audio.sampleRate, levels: tones.map((hz) => {
        const k = 2 * Math.cos((2 * Math.PI * hz) / audio.sampleRate); let a = 0, b = 0;
        for (let i = from; i < from + 256; i++) { const c = data[i] + k * a - b; b = a; a = c; }
        return Math.sqrt(Math.max(0, a * a + b * b - k * a * b)) / 128;
      }) });
    };
    return taker;
  }
  // Slot 0 is the speaker, 1 and 2 are further microphones.
  function listen(element, slot) {
    let now, nodes = [];
    const attach = () => {
      const track = element.srcObject?.getAudioTracks()[0];
      if (!track || now === track) return;
      now = track;
      for (const node of nodes) { node.port?.postMessage("stop"); node.disconnect(); }
      const source = audio.createMediaStreamSource(new MediaStream([track]));
      let ear;
      if (ears) {
        ear = new AudioWorkletNode(audio, "proof-ear", { numberOfOutputs: 1, processorOptions: { tones, slot } });
        ear.port.onmessage = (event) => take(event.data);
        source.connect(ear).connect(audio.destination);
      } else ear = older(source, slot);
      nodes = [source, ear];
    };
    attach();
    const timer = setInterval(attach, 100);
    return () => { clearInterval(timer); for (const node of nodes) { node.port?.postMessage("stop"); node.disconnect(); } };
  }
  function look(video, slot) {
    const small = document.createElement("canvas");
    small.width = 16; small.height = 9;
    const draw = small.getContext("2d", { willReadFrequently: true });
    let before = 0;
    const frame = (now, meta) => {
      video.requestVideoFrameCallback(frame);
      draw.drawImage(video, 0, 0, 16, 9);
      const pixel = draw.getImageData(4, 2, 1, 1).data, light = (pixel[0] + pixel[1] + pixel[2]) / 3;
      if (light > 215 && before <= 215) flashes.push({ slot, at: performance.timeOrigin + (meta.expectedDisplayTime || now) });
      before = light;
      if (!video.hidden) {
        frames++;
        const size = `${meta.width}x${meta.height}`;
        sizes[size] = (sizes[size] ?? 0) + 1;
        if (light < 200) colours.push([pixel[0], pixel[1], pixel[2]]);
        if (colours.length > 400) colours.shift();
      }
    };
    video.requestVideoFrameCallback(frame);
  }
  // The same source and the same ear with nothing between them but one connection inside this page: what the method
  // itself (the way from the call's audio into the audio graph) and the browser add. Milliseconds of flash after beep.
  async function control(seconds) {
    const { tone, stream } = await window.proofControl();
    const from = new RTCPeerConnection(), to = new RTCPeerConnection();
    from.onicecandidate = (event) => event.candidate && to.addIceCandidate(event.candidate);
    to.onicecandidate = (event) => event.candidate && from.addIceCandidate(event.candidate);
    const video = Object.assign(document.createElement("video"), { autoplay: true });
    video.style.cssText = "position:fixed;left:0;top:0;width:320px";
    document.body.append(video);
    to.ontrack = (event) => { video.srcObject = event.streams[0]; };
    for (const track of stream.getTracks()) from.addTrack(track, stream);
    await from.setLocalDescription();
    await to.setRemoteDescription(from.localDescription);
    await to.setLocalDescription();
    await from.setRemoteDescription(to.localDescription);
    look(video, 9);
    const stop = listen(video, 9);
    await new Promise((done) => setTimeout(done, seconds * 1000));
    const all = this_.read();
    stop();
    from.close(); to.close(); video.remove();
    return all;
  }
  const median = (list) => list.sort((a, b) => a - b)[list.length >> 1];
  const this_ = {
    control,
    async start() {
      if (watching) return;
      watching = true;
      audio = new AudioContext({ sampleRate: 48000, latencyHint: "interactive" });
      await audio.resume();
      try { await audio.audioWorklet.addModule(URL.createObjectURL(new Blob([worklet], { type: "text/javascript" }))); ears = true; } catch { ears = false; }
      // The wall time of the audio clock's zero: the median of many looks.
      setInterval(() => {
        const { contextTime, performanceTime } = audio.getOutputTimestamp();
        if (contextTime) clocks.push(performance.timeOrigin + performanceTime - contextTime * 1000);
        if (clocks.length > 100) clocks.shift();
      }, 50);
      look(document.getElementById("video0"), 0);
      look(document.getElementById("video1"), 1);
      for (const [slot, id] of ["video0", "audio1", "audio2"].entries()) listen(document.getElementById(id), slot);
    },
    clear() { blocks = []; flashes = []; sizes = {}; colours = []; frames = 0; },
    // Beeps: where a tone, the loudest of all, begins after 100 ms without it.
    read() {
      const zero = clocks.length ? median([...clocks]) : 0, beeps = [], heard = {};
      for (const [i, hz] of tones.entries()) {
        const h = (heard[hz] = { peak: 0, blocks: 0, slots: {} }), last = {};
        for (const b of blocks) {
          const level = b.levels[i];
          h.peak = Math.max(h.peak, level);
          if (level < 0.04 || level < Math.max(...b.levels) * 0.9) continue;
          h.blocks++;
          h.slots[b.slot] = (h.slots[b.slot] ?? 0) + 1;
          if (!(b.at - last[b.slot] < 0.1)) beeps.push({ slot: b.slot, hz, at: b.at * 1000 + zero });
          last[b.slot] = b.at;
        }
      }
      return { beeps, flashes, sizes, frames, heard, colour: colours.length ? [0, 1, 2].map((c) => median(colours.map((p) => p[c]))) : null, ears, latency: [audio.baseLatency, audio.outputLatency] };
    },
  };
  return this_;
})();
// What the page says about the floor, each time it says something new: holders and queue as it shows them.
window.proofFloor = (() => {
  const log = [];
  let before = "";
  const look = () => {
    const m = window.nhipcau?.state?.meeting;
    if (!m) return;
    const shown = [...document.querySelectorAll("#queue li")].map((li) => (li.querySelector("span") ?? li).textContent.replace(/ \(.*\)$/, ""));
    const names = Object.fromEntries(m.sites.map((s) => [s.name, s.id]));
    const key = JSON.stringify({ holders: m.holders.map((r) => r.site), queue: shown.map((n) => names[n] ?? n) });
    if (key !== before) { before = key; log.push({ at: performance.timeOrigin + performance.now(), ...JSON.parse(key) }); }
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
  setInterval(look, 5);
  return { log, now: () => log.at(-1) };
})();

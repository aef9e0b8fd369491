// What a page hears and shows, measured in the page itself. window.proof.start() once joined; read(), clear().
window.proof = (() => {
  const on = {};
  let audio, rows = [], flashes = [], sizes = {}, colours = [], frames = 0, heard = {}, offset = Infinity, watching = false;
  const tones = window.proofTones ?? [];
  const wall = () => performance.timeOrigin + performance.now();
  function goertzel(data, from, length, hz) {
    const k = 2 * Math.cos((2 * Math.PI * hz) / audio.sampleRate);
    let a = 0, b = 0;
    for (let i = from; i < from + length; i++) { const c = data[i] + k * a - b; b = a; a = c; }
    return Math.sqrt(Math.max(0, a * a + b * b - k * a * b)) / (length / 2);
  }
  // Every audio element of the page is listened to: index 0 the speaker, 1 and 2 further microphones.
  function listen(element, index) {
    const attach = () => {
      const track = element.srcObject?.getAudioTracks()[0];
      if (!track || on[index] === track) return;
      on[index] = track;
      const source = audio.createMediaStreamSource(new MediaStream([track]));
      const taker = audio.createScriptProcessor(1024, 1, 1);
      source.connect(taker);
      taker.connect(audio.destination);
      const window10 = audio.sampleRate / 200;
      const high = {};
      taker.onaudioprocess = (event) => {
        if (on[index] !== track) { source.disconnect(); taker.disconnect(); return; }
        const data = event.inputBuffer.getChannelData(0);
        // The block went in one block length before the output it is made for.
        const begin = event.playbackTime - 1024 / audio.sampleRate;
        for (let at = 0; at + window10 <= data.length; at += window10) {
          for (const hz of tones) {
            const level = goertzel(data, at, window10, hz);
            const key = `${index}/${hz}`;
            const past = (high[key] ??= { on: false, quiet: 0 });
            (heard[hz] ??= { peak: 0, blocks: 0, slot: {} });
            if (level > 0.05) { heard[hz].blocks++; heard[hz].slot[index] = (heard[hz].slot[index] ?? 0) + 1; }
            heard[hz].peak = Math.max(heard[hz].peak, level);
            if (level > 0.05 && !past.on && past.quiet > 20) { past.on = true; rows.push({ slot: index, hz, at: begin + at / audio.sampleRate }); }
            if (level < 0.02) { past.quiet++; past.on = false; } else past.quiet = 0;
          }
        }
      };
    };
    attach();
    setInterval(attach, 100);
  }
  function look(video, index) {
    const small = document.createElement("canvas");
    small.width = 16; small.height = 9;
    const draw = small.getContext("2d", { willReadFrequently: true });
    let before = 0;
    const frame = (now, meta) => {
      video.requestVideoFrameCallback(frame);
      draw.drawImage(video, 0, 0, 16, 9);
      const pixel = draw.getImageData(4, 2, 1, 1).data, light = (pixel[0] + pixel[1] + pixel[2]) / 3;
      const shown = performance.timeOrigin + (meta.expectedDisplayTime || now);
      if (light > 215 && before <= 215) flashes.push({ slot: index, at: shown });
      before = light;
      if (index === (video.hidden ? -1 : index)) {
        frames++;
        sizes[`${meta.width}x${meta.height}`] = (sizes[`${meta.width}x${meta.height}`] ?? 0) + 1;
        if (light < 200) colours.push([pixel[0], pixel[1], pixel[2]]);
        if (colours.length > 400) colours.shift();
      }
    };
    video.requestVideoFrameCallback(frame);
  }
  return {
    async start() {
      if (watching) return;
      watching = true;
      audio = new AudioContext({ sampleRate: 48000, latencyHint: "interactive" });
      await audio.resume();
      // The wall time of the audio clock's zero: the least seen, as a late look only makes it larger.
      setInterval(() => {
        const { contextTime, performanceTime } = audio.getOutputTimestamp();
        if (contextTime) offset = performance.timeOrigin + performanceTime - contextTime * 1000;
      }, 50);
      look(document.getElementById("video0"), 0);
      look(document.getElementById("video1"), 1);
      listen(document.getElementById("video0"), 0);
      listen(document.getElementById("audio1"), 1);
      listen(document.getElementById("audio2"), 2);
    },
    clear() { rows = []; flashes = []; sizes = {}; colours = []; frames = 0; heard = {}; },
    read() {
      const middle = (list) => list.map((_, i) => i).length ? [0, 1, 2].map((c) => list.map((p) => p[c]).sort((a, b) => a - b)[list.length >> 1]) : null;
      return {
        beeps: rows.map((r) => ({ ...r, at: r.at * 1000 + offset })), flashes, sizes, frames, heard,
        colour: colours.length ? middle(colours) : null, now: wall(),
      };
    },
  };
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
    const key = JSON.stringify({ holders: m.holders.map((r) => r.site), queue: shown.map((n) => names[n] ?? n), agrees: shown.length === m.queue.length });
    if (key !== before) { before = key; log.push({ at: performance.timeOrigin + performance.now(), ...JSON.parse(key) }); }
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
  setInterval(look, 5);
  return { log, now: () => log.at(-1) };
})();

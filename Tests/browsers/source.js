// Put before a page's own scripts: a microphone and camera whose every beep and flash begin at one instant.
// window.proofSource = {tone, colour, width, height, fps, period} is set before this by the test.
(() => {
  const wish = window.proofSource;
  if (!wish || !navigator.mediaDevices) return;
  const canvas = document.createElement("canvas");
  canvas.width = wish.width; canvas.height = wish.height;
  const draw = canvas.getContext("2d", { alpha: false });
  let audio, sink, frames, next = 0, lit = 0, count = 0;
  function paint() {
    const now = audio.currentTime;
    if (next === 0) next = now + 0.5;
    // The beep is scheduled a little ahead; the flash is drawn in the tick in which the audio clock has reached it.
    if (now >= next && lit !== next) { lit = next; frames.flashes.push(performance.timeOrigin + performance.now()); }
    const on = lit === next && now < next + 0.16;
    if (lit === next && now >= next + 0.2) {
      next += wish.period;
      beep(next);
    }
    draw.fillStyle = on ? "#fff" : wish.colour;
    draw.fillRect(0, 0, canvas.width, canvas.height);
    // A strip that moves, so that no encoder takes the picture for a still.
    draw.fillStyle = on ? "#eee" : "#222";
    draw.fillRect((count * 7) % canvas.width, canvas.height - 24, 40, 16);
    count += 1;
    if (sink.requestFrame) sink.requestFrame(); 
  }
  function beep(at) {
    const tone = audio.createOscillator(), gain = audio.createGain();
    tone.frequency.value = wish.tone;
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(0.4, at + 0.003);
    gain.gain.setValueAtTime(0.4, at + 0.16);
    gain.gain.linearRampToValueAtTime(0, at + 0.163);
    tone.connect(gain).connect(wish.out);
    tone.start(at); tone.stop(at + 0.2);
  }
  navigator.mediaDevices.getUserMedia = async (want) => {
    if (!audio) {
      frames = window.proofSource; frames.flashes = [];
      audio = new AudioContext({ sampleRate: 48000, latencyHint: "interactive" });
      await audio.resume();
      wish.out = audio.createMediaStreamDestination();
      wish.audio = audio;
      const picture = canvas.captureStream(0);
      sink = picture.getVideoTracks()[0];
      if (!sink.requestFrame) { sink = canvas.captureStream(wish.fps).getVideoTracks()[0]; }
      next = audio.currentTime + 0.5;
      beep(next);
      setInterval(paint, 1000 / wish.fps);
    }
    const tracks = [];
    if (want.audio) tracks.push(wish.out.stream.getAudioTracks()[0].clone());
    if (want.video) tracks.push(sink);
    return new MediaStream(tracks);
  };
})();

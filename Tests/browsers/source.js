// Put before a page's own scripts: a microphone and camera whose every beep and flash begin at one instant.
// window.proofSource = {tone, colour, width, height, fps, period} is set before this by the test.
(() => {
  const wish = window.proofSource;
  if (!wish || !navigator.mediaDevices) return;
  const canvas = document.createElement("canvas");
  canvas.width = wish.width; canvas.height = wish.height;
  const draw = canvas.getContext("2d", { alpha: false });
  let audio, out, camera, count = 0, due = 0, flash = 0, lit = false;
  wish.flashes = [];
  function paint(white) {
    draw.fillStyle = white ? "#fff" : wish.colour;
    draw.fillRect(0, 0, canvas.width, canvas.height);
    // A strip that moves, so that no encoder takes the picture for a still.
    draw.fillStyle = white ? "#eee" : "#222";
    draw.fillRect((count++ * 7) % canvas.width, canvas.height - 24, 40, 16);
    camera.requestFrame?.();
    due = performance.now() + 1000 / wish.fps;
  }
  // The beep is scheduled ahead; the flash is painted as soon as the audio clock has reached it.
  function look() {
    const now = audio.currentTime;
    // Held up for longer than a flash: this one is missed.
    if (!lit && now >= flash + 0.16) {
      while (flash < now + 0.1) flash += wish.period;
      beep(flash);
    }
    const white = now >= flash && now < flash + 0.16;
    if (white !== lit) {
      lit = white;
      if (white) wish.flashes.push(performance.timeOrigin + performance.now());
      else beep((flash += wish.period));
      paint(white);
    } else if (performance.now() >= due) paint(white);
  }
  function beep(at) {
    const tone = audio.createOscillator(), gain = audio.createGain();
    tone.frequency.value = wish.tone;
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(0.4, at + 0.003);
    gain.gain.setValueAtTime(0.4, at + 0.16);
    gain.gain.linearRampToValueAtTime(0, at + 0.163);
    tone.connect(gain).connect(out);
    tone.start(at);
    tone.stop(at + 0.2);
  }
  window.proofControl = async () => ({ tone: wish.tone, stream: await navigator.mediaDevices.getUserMedia({ audio: true, video: true }) });
  const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (want) => {
    if (!audio) {
      // Firefox offers more than its default address only to a page that captures.
      if (wish.capture) wish.captured = await real(want);
      // Without a loudspeaker: on a loaded machine an output device can stall, and the source with it.
      audio = new AudioContext({ sampleRate: 48000, latencyHint: "interactive", sinkId: { type: "none" } });
      await audio.resume();
      out = audio.createMediaStreamDestination();
      const track = canvas.captureStream(0).getVideoTracks()[0];
      camera = track.requestFrame ? track : canvas.captureStream(wish.fps).getVideoTracks()[0];
      beep((flash = audio.currentTime + 0.5));
      setInterval(look, 4);
    }
    return new MediaStream([...(want.audio ? out.stream.getAudioTracks() : []), ...(want.video ? [camera] : [])]);
  };
})();

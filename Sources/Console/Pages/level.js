// How loud the hall's own microphone is, also while it is muted: a hall that talks into a closed microphone is told.
export class Level {
  value = 0;
  loud = 0;
  listen(track) {
    if (track === this.track) return;
    this.track = track;
    this.copy?.stop();
    this.source?.disconnect();
    this.copy = this.source = null;
    if (!track || !window.AudioContext) return;
    this.context ??= new AudioContext();
    // A copy stays open when the switch mutes the track that is sent; it goes nowhere but into this meter.
    this.copy = track.clone();
    this.copy.enabled = true;
    this.analyser ??= Object.assign(this.context.createAnalyser(), { fftSize: 512 });
    this.samples ??= new Float32Array(512);
    this.source = this.context.createMediaStreamSource(new MediaStream([this.copy]));
    this.source.connect(this.analyser);
  }
  // Ten times a second.
  measure() {
    if (this.context?.state === "suspended") this.context.resume().catch(() => {});
    if (!this.source || this.context.state !== "running") { this.value = 0; return; }
    this.analyser.getFloatTimeDomainData(this.samples);
    let sum = 0;
    for (const sample of this.samples) sum += sample * sample;
    const decibels = 10 * Math.log10(sum / this.samples.length + 1e-9);
    this.value = Math.min(1, Math.max(0, (decibels + 60) / 50));
    this.loud = decibels > -38 ? Math.min(20, this.loud + 2) : Math.max(0, this.loud - 1);
  }
  // Half a second of speech within the last one.
  get talking() { return this.loud >= 10; }
}

// The large picture and its caption. The name follows the picture's source, as the node says for this leg; a picture whose source has
// sent nothing for a second is taken away, so that nobody looks at a frozen face.
const patience = 1000;

export class Pictures {
  constructor(videos, onChange) {
    this.slots = videos.map((video) => ({ video, frames: -1, at: -Infinity, site: null }));
    for (const slot of this.slots) {
      for (const name of ["resize", "playing", "emptied"]) slot.video.addEventListener(name, onChange);
      if (slot.video.requestVideoFrameCallback) {
        const frame = () => { slot.at = performance.now(); slot.video.requestVideoFrameCallback(frame); };
        slot.video.requestVideoFrameCallback(frame);
      }
    }
  }
  look(sources) {
    const now = performance.now();
    this.slots.forEach((slot, i) => {
      if (!slot.video.requestVideoFrameCallback) {
        const frames = slot.video.getVideoPlaybackQuality?.().totalVideoFrames ?? 0;
        if (frames !== slot.frames) { slot.frames = frames; slot.at = now; }
      }
      if (sources?.[i]) slot.site = sources[i];
      slot.fresh = !!slot.site && slot.video.videoWidth > 0 && now - slot.at < patience;
    });
  }
  // The slot to show: the wanted one, else the other as long as it still moves; -1: none.
  choose(wanted) {
    if (this.slots[wanted].fresh) return wanted;
    return this.slots[1 - wanted].fresh ? 1 - wanted : -1;
  }
  site(slot) { return slot < 0 ? null : this.slots[slot].site; }
  forget() { for (const slot of this.slots) slot.site = null; }
}

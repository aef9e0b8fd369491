"""The rows: what has to be shown, each a function of the stage that returns its figures or raises with what was wrong."""
import asyncio
import statistics
import time

from chromium import TONES, picture_file, sound_file

A, B = "yen-my", "phat-diem"
TONE = {A: 800, B: 1300}
GREEN, BLUE = (40, 140, 60), (40, 60, 160)
COLOUR = {A: GREEN, B: BLUE}


def require(truth, otherwise):
    if not truth:
        raise AssertionError(otherwise)


async def until(look, within, otherwise):
    """Polls `look` until it gives something true."""
    end = time.monotonic() + within
    while True:
        try:
            found = await look()
        except Exception:
            found = None
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(otherwise() if callable(otherwise) else otherwise)
        await asyncio.sleep(0.05)


def source(site, tone=None, colour=None, fps=25, width=640, height=360):
    r, g, b = colour or COLOUR[site]
    return {"tone": tone or TONE[site], "colour": f"rgb({r},{g},{b})", "width": width, "height": height, "fps": fps, "period": 1}


UP = "window.nhipcau?.pc?.connectionState === 'connected'"
HOLDS = "window.nhipcau.state.meeting.holders.some((r) => r.site === window.nhipcau.state.you.site)"


async def joined(page, who):
    await until(lambda: page.run(UP), 15, f"{who} did not connect")


async def give(page, who):
    """Presses the page's own button and waits until it holds the floor."""
    await until(lambda: page.run("!document.getElementById('floor').disabled"), 5, f"{who}: the floor's button is not enabled")
    await page.run("() => document.getElementById('floor').click()")
    await until(lambda: page.run(HOLDS), 5, f"{who} did not get the floor")


async def take(page, who):
    if await page.run(HOLDS):
        await page.run("() => document.getElementById('floor').click()")
    await until(lambda: page.run(f"!({HOLDS})"), 5, f"{who} still holds the floor")


def near(seen, wanted, by=30):
    return seen is not None and all(abs(a - b) <= by for a, b in zip(seen, wanted))


def heard(proof, hz):
    return proof["heard"].get(str(hz), {"peak": 0, "blocks": 0})


STATS = """async () => {
  const o = {in: [], out: [], pair: {}, cipher: null};
  for (const s of (await window.nhipcau.pc.getStats()).values()) {
    if (s.type === 'inbound-rtp') o.in.push({mid: s.mid, kind: s.kind, packets: s.packetsReceived, frames: s.framesDecoded, width: s.frameWidth, height: s.frameHeight, lost: s.packetsLost, nack: s.nackCount, pli: s.pliCount});
    if (s.type === 'outbound-rtp') o.out.push({kind: s.kind, packets: s.packetsSent, bytes: s.bytesSent, target: s.targetBitrate, frames: s.framesEncoded, width: s.frameWidth, nack: s.nackCount, pli: s.pliCount, keys: s.keyFramesEncoded, limit: s.qualityLimitationReason});
    if (s.type === 'candidate-pair' && s.nominated) o.pair = {rtt: s.currentRoundTripTime, out: s.availableOutgoingBitrate};
    if (s.type === 'transport') { o.cipher = s.srtpCipher; o.dtls = s.tlsVersion; }
  }
  return o;
}"""


async def heard_and_seen(stage):
    """Commune to commune over three levels, with microphone and camera as devices."""
    pages = {}
    for site in (A, B):
        wav, y4m = stage.home.parent / f"{site}.wav", stage.home.parent / f"{site}.y4m"
        sound_file(wav, TONE[site])
        picture_file(y4m, COLOUR[site])
        browser = await stage.chromium(microphone=wav, camera=y4m)
        pages[site] = await browser.open(stage.network.link(site))
    for site in (A, B):
        await joined(pages[site], site)
        await pages[site].run("window.proof.start()")
    await give(pages[A], A)

    async def arrived():
        b = await pages[B].run("window.proof.read()")
        return heard(b, TONE[A])["blocks"] > 20 and near(b["colour"], COLOUR[A])
    await until(arrived, 15, "B does not hear and see A")
    await until(lambda: pages[B].run("document.getElementById('video0').videoWidth === 1280"), 20, "B's picture does not reach 1280x720")
    for site in (A, B):
        await pages[site].run("window.proof.clear()")
    await asyncio.sleep(6)
    a, b = [await pages[site].run("window.proof.read()") for site in (A, B)]
    stats = await pages[B].run(STATS)
    video = max((s for s in stats["in"] if s["kind"] == "video"), key=lambda s: s["frames"] or 0)
    size = max(b["sizes"], key=b["sizes"].get)
    require(heard(a, TONE[A])["peak"] < 0.01, f"A hears itself: level {heard(a, TONE[A])['peak']:.3f}")
    require(b["frames"] > 60, f"only {b['frames']} frames in 6 s")
    require(size == "1280x720", f"frames of {size}")
    await take(pages[A], A)
    return (f"B hears {TONE[A]} Hz at {heard(b, TONE[A])['peak']:.2f}, A's own at A {heard(a, TONE[A])['peak']:.4f}; "
            f"{b['frames'] / 6:.0f} frames/s of {size}, colour {b['colour']} for {list(COLOUR[A])}, {video['lost']} lost")


def offsets(proof, hz):
    """Milliseconds by which each flash is seen after its beep is heard."""
    beeps = [b["at"] for b in proof["beeps"] if b["hz"] == hz and b["slot"] == 0]
    found = []
    for flash in (f["at"] for f in proof["flashes"]):
        nearest = min(beeps, key=lambda at: abs(at - flash), default=None)
        if nearest is not None and abs(nearest - flash) < 450:
            found.append(flash - nearest)
    return found


async def flash_and_beep(stage):
    browser = await stage.chromium()
    pages = {site: await browser.open(stage.network.link(site), source=source(site)) for site in (A, B)}
    for site in (A, B):
        await joined(pages[site], site)
        await pages[site].run("window.proof.start()")
    texts = []
    for speaker, listener, label in ((A, B, "A to B"), (B, A, "switched"), (A, B, "and back")):
        await give(pages[speaker], speaker)
        await asyncio.sleep(4)
        await pages[listener].run("window.proof.clear()")
        await asyncio.sleep(7)
        proof = await pages[listener].run("window.proof.read()")
        found = offsets(proof, TONE[speaker])
        require(len(found) >= 4, f"{label}: {len(found)} pairs of {len(proof['flashes'])} flashes and {len(proof['beeps'])} beeps, {proof['frames']} frames, {proof['heard']}")
        middle = statistics.median(found)
        require(all(abs(f) <= 80 for f in found), f"{label}: flash after beep {[round(f) for f in found]} ms")
        texts.append(f"{label} {middle:+.0f} ms ({min(found):+.0f}…{max(found):+.0f}, {len(found)} pairs)")
        await take(pages[speaker], speaker)
    return "flash after beep " + ", ".join(texts)


ALL = [
    ("heard and seen, VP8", "three-levels", heard_and_seen),
    ("flash and beep, VP8", "three-levels", flash_and_beep),
    ("heard and seen, H.264", "three-levels-h264", heard_and_seen),
    ("flash and beep, H.264", "three-levels-h264", flash_and_beep),
]

"""The rows: what has to be shown, each a function of the stage that returns its figures or raises with what was wrong."""
import asyncio
import statistics
import time

from chromium import TONES, picture_file, sound_file
from client import Client
from firefox import Firefox
from logic import logic
from network import OUTSIDE
from truth import truth

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


def offsets(proof, hz, slot=0):
    """Milliseconds by which each flash is seen after its beep is heard."""
    beeps = [b["at"] for b in proof["beeps"] if b["hz"] == hz and b["slot"] == slot]
    found = []
    for flash in (f["at"] for f in proof["flashes"] if f["slot"] == slot):
        nearest = min(beeps, key=lambda at: abs(at - flash), default=None)
        if nearest is not None and abs(nearest - flash) < 450:
            found.append(flash - nearest)
    return found


async def flash_and_beep(stage):
    browser = await stage.chromium()
    # A small picture: what is measured is the time, not the encoder's speed.
    pages = {site: await browser.open(stage.network.link(site), source=source(site, fps=15, width=320, height=180)) for site in (A, B)}
    for site in (A, B):
        await joined(pages[site], site)
        await pages[site].run("window.proof.start()")
    # Chromium's way from a call's sound into the audio graph takes time that a listener does not notice. It is measured by
    # the same source and ear with one connection inside the page between them, and taken off.
    control = statistics.median(offsets(await pages[B].run("window.proof.control(6)"), TONE[B], 9))
    texts = []
    for speaker, listener, label in ((A, B, "A to B"), (B, A, "switched"), (A, B, "and back")):
        await give(pages[speaker], speaker)
        await asyncio.sleep(4)
        await pages[listener].run("window.proof.clear()")
        await asyncio.sleep(7)
        proof = await pages[listener].run("window.proof.read()")
        found = [f - control for f in offsets(proof, TONE[speaker])]
        require(len(found) >= 4, f"{label}: {len(found)} pairs of {len(proof['flashes'])} flashes and {len(proof['beeps'])} beeps, {proof['frames']} frames; "
                f"made in all: {await pages[speaker].run('window.proofSource.flashes.length')}; heard {[(hz, round(h['peak'], 3)) for hz, h in proof['heard'].items()]}")
        middle = statistics.median(found)
        require(all(abs(f) <= 80 for f in found), f"{label}: flash after beep {[round(f) for f in found]} ms")
        texts.append(f"{label} {middle:+.0f} ms ({min(found):+.0f}…{max(found):+.0f}, {len(found)} pairs)")
        await take(pages[speaker], speaker)
    return f"flash after beep, beyond a connection inside the page ({control:+.0f} ms): " + ", ".join(texts)


async def independent_client(stage):
    """aiortc in commune A: heard and seen by Chromium in B, and the other way round."""
    client = stage.keep(Client(stage.network, A, 1900, (170, 60, 50), TONES))
    browser = await stage.chromium()
    page = await browser.open(stage.network.link(B), source=source(B))
    await joined(page, B)
    await page.run("window.proof.start()")
    await client.start()
    await until(lambda: page.run(f"window.nhipcau.state.meeting.sites.some((s) => s.id === '{A}' && s.presence === 'present')"), 8, "aiortc is not present")
    await client.act("/api/floor/request")

    async def arrived():
        seen = await page.run("window.proof.read()")
        return heard(seen, 1900)["blocks"] > 20 and near(seen["colour"], (170, 60, 50)) and seen
    first = await until(arrived, 20, "Chromium does not hear and see aiortc")
    await client.act("/api/floor/withdraw")
    await asyncio.sleep(0.5)
    client.clear()
    await give(page, B)

    async def back():
        return client.peak[TONE[B]] > 0.05 and near(client.seen, COLOUR[B])
    await until(back, 20, lambda: f"aiortc does not hear and see Chromium: {client.peak}, {client.seen}, {client.frames} frames")
    require(client.peak[1900] < 0.02, f"aiortc hears itself: {client.peak[1900]:.3f}")
    await take(page, B)
    return (f"Chromium hears aiortc at {heard(first, 1900)['peak']:.2f}, colour {first['colour']} for [170, 60, 50]; "
            f"aiortc hears Chromium at {client.peak[TONE[B]]:.2f}, {client.frames} frames of {client.size[0]}x{client.size[1]}, colour {client.seen} for {list(COLOUR[B])}")


async def firefox(stage):
    """Firefox in a commune of one district, Chromium in one of the other."""
    at_fox = OUTSIDE
    require(at_fox in stage.network.ports, "the machine has no address but loopback, and Firefox opens no path to one")
    fox = stage.keep(Firefox(stage.home.parent / "firefox", stage.network.ca if stage.network.secure else None))
    await fox.start()
    browser = await stage.chromium()
    page = await browser.open(stage.network.link(B), source=source(B))
    tab = await fox.open(stage.network.link(at_fox), source={**source(A, fps=15), "capture": True})
    for other, who in ((page, B), (tab, at_fox)):
        await joined(other, who)
        await other.run("window.proof.start()")
    texts = []
    for speaker, listener, names, at in ((tab, page, "Chromium hears Firefox", A), (page, tab, "Firefox hears Chromium", B)):
        await give(speaker, names.split()[-1])

        async def arrived():
            seen = await listener.run("window.proof.read()")
            return heard(seen, TONE[at])["blocks"] > 20 and near(seen["colour"], COLOUR[at]) and seen
        seen = await until(arrived, 20, f"{names}: no")
        own = await speaker.run("window.proof.read()")
        require(heard(own, TONE[at])["blocks"] == 0, f"{names}: the speaker hears itself")
        texts.append(f"{names} at {heard(seen, TONE[at])['peak']:.2f}, {max(seen['sizes'], key=seen['sizes'].get)}, colour {seen['colour']}")
        await take(speaker, names.split()[-1])
    cipher = (await tab.run(STATS)).get("cipher")
    return "; ".join(texts) + (f"; {cipher}" if cipher else "")


async def agreed(pages, holders, queue, since, within=3):
    """Milliseconds from `since` until each page shows exactly this, and goes on showing it."""
    wanted = (holders, queue)

    async def look():
        logs = [await page.run("window.proofFloor.log.slice(-6)") for page in pages]
        return logs if all((log[-1]["holders"], log[-1]["queue"]) == wanted for log in logs) else None

    async def shown():
        return [(await page.run("window.proofFloor.now()")) for page in pages]
    try:
        logs = await until(look, within, "")
    except AssertionError:
        raise AssertionError(f"pages show {[(s['holders'], s['queue']) for s in await shown()]}, not {wanted}") from None
    return max(log[-1]["at"] for log in logs) - since


PRESS = """(at) => new Promise((done) => {
  const wall = () => performance.timeOrigin + performance.now();
  setTimeout(() => { while (wall() < at); const t = wall(); document.getElementById('floor').click(); done(t); }, Math.max(0, at - wall() - 8));
})"""


async def floor(stage, rounds=10):
    """Two communes press at the same moment; release; the chair takes back. All pages show the same."""
    browser = await stage.chromium()
    small = {"fps": 5, "width": 320, "height": 180}
    pages = {site: await browser.open(stage.network.link(site), source=source(site, tone=TONES[i], colour=GREEN, **small))
             for i, site in enumerate((A, B, "yen-thang"))}
    chair = await browser.open(stage.network.link("ninh-binh", "chair"), source=source(A, tone=2600, colour=BLUE, **small))
    for site, page in [*pages.items(), ("chair", chair)]:
        await joined(page, site)
    everyone = [*pages.values(), chair]
    asked, released, revoked, firsts = [], [], [], {A: 0, B: 0}
    for _ in range(rounds):
        at = time.time() * 1000 + 250
        pressed = min(await asyncio.gather(*(pages[site].run(f"() => ({PRESS})({at})") for site in (A, B))))
        end = time.monotonic() + 3
        while True:
            shown = await chair.run("window.proofFloor.now()")
            if len(shown["holders"]) == 1 and len(shown["queue"]) == 1:
                break
            require(time.monotonic() < end, f"after two requests the chair sees {shown}")
            await asyncio.sleep(0.03)
        first, = shown["holders"]
        second = B if first == A else A
        firsts[first] += 1
        asked.append(await agreed(everyone, [first], [second], pressed))
        at = await pages[first].run("() => { const t = performance.timeOrigin + performance.now(); document.getElementById('floor').click(); return t; }")
        released.append(await agreed(everyone, [second], [], at))
        at = await chair.run("() => { const t = performance.timeOrigin + performance.now(); document.querySelector('#holders button').click(); return t; }")
        revoked.append(await agreed(everyone, [], [], at))
        logs = [await page.run("window.proofFloor.log.splice(0, window.proofFloor.log.length - 1)") for page in everyone]
        require(all(len(row["holders"]) <= 1 for log in logs for row in log), "two holders at once on a page")
    show = lambda times: f"{statistics.median(times):.0f} (max {max(times):.0f})"
    figure = (f"{rounds} rounds, one granted each (A {firsts[A]}, B {firsts[B]}); ms from the press until 4 pages agree, median (max): "
              f"asked {show(asked)}, released {show(released)}, taken back {show(revoked)}")
    require(max(asked + released + revoked) <= 250, figure)
    return figure


async def killed(stage):
    """kill -9 of a commune's node while its page is muted and waits for the floor."""
    browser = await stage.chromium()
    pages = {site: await browser.open(stage.network.link(site), source=source(site, fps=10)) for site in (A, B)}
    for site in (A, B):
        await joined(pages[site], site)
        await pages[site].run("window.proof.start()")
    await give(pages[B], B)
    await pages[A].run("() => document.getElementById('floor').click()")
    await until(lambda: pages[A].run("document.querySelector('#queue li.me') !== null"), 5, "A is not in the queue")
    await pages[A].run("() => document.getElementById('mute').click()")
    muted = f"window.nhipcau.state.meeting.sites.find((s) => s.id === '{A}').muted"
    await until(lambda: pages[B].run(muted), 5, "B does not see A muted")
    await asyncio.sleep(2)
    stage.network.kill(A)
    await until(lambda: pages[A].run("['back', 'lost'].includes(window.nhipcau.line)"), 15, "A's page does not notice")
    await pages[A].picture(stage.shots / "room-cut-off.png")
    await asyncio.sleep(1)
    await pages[A].run("window.proof.clear()")
    begin = time.monotonic()
    stage.network.start(A)
    await until(lambda: pages[A].run(f"{UP} && window.nhipcau.line === 'clear' && window.nhipcau.state.meeting"), 40, "A's page does not come back")
    there = time.monotonic() - begin

    async def arrived():
        seen = await pages[A].run("window.proof.read()")
        return heard(seen, TONE[B])["blocks"] > 10 and near(seen["colour"], COLOUR[B])
    await until(arrived, 20, "A does not hear and see B again")
    media = time.monotonic() - begin
    for site in (A, B):
        await until(lambda: pages[site].run(muted), 3, f"{site} does not see A muted after the restart")
        await until(lambda: pages[site].run(f"window.nhipcau.state.meeting.queue[0]?.site === '{A}'"), 3, f"{site}: A lost its place in the queue")
    require(await pages[A].run("window.nhipcau.muted && !window.nhipcau.devices.audio.enabled"), "A's microphone is open after the restart")
    await take(pages[B], B)
    await until(lambda: pages[A].run(HOLDS), 5, "A does not get the floor from its place")
    return f"page back after {there:.1f} s, hears and sees after {media:.1f} s from the node's start; muted and first in the queue as before, then granted"


async def bitrate(stage):
    """Chromium leaves its starting bitrate (300 kbit/s); what was asked for again; the cipher."""
    browser = await stage.chromium()
    pages = {site: await browser.open(stage.network.link(site), source=source(site, width=1280, height=720)) for site in (A, B)}
    for site in (A, B):
        await joined(pages[site], site)
    await give(pages[A], A)
    await asyncio.sleep(15)
    a, b = [await pages[site].run(STATS) for site in (A, B)]
    sent = next(s for s in a["out"] if s["kind"] == "video")
    seen = max((s for s in b["in"] if s["kind"] == "video"), key=lambda s: s["packets"])
    figure = (f"after 15 s target {sent['target'] / 1000:.0f} kbit/s, {sent['bytes'] / 1e6:.2f} MB sent at {sent['width']} wide; "
              f"A got {sent['nack']} NACK, {sent['pli']} PLI; B sent {seen['nack']} NACK, {seen['pli']} PLI, {seen['lost']} lost; {a['cipher']}")
    require(sent["target"] > 600_000, figure)
    require("GCM" in (a["cipher"] or ""), figure)
    require(seen["lost"] <= 2 and sent["nack"] <= 5, figure)
    return figure


async def pictures(stage):
    """Room and chair as people see them, kept for looking at."""
    browser = await stage.chromium()
    colours = [(40, 140, 60), (40, 60, 160), (150, 90, 40), (120, 50, 130)]
    chair = await browser.open(stage.network.link("ninh-binh", "chair"), source=source(A, tone=2600, colour=colours[2]), size=(1600, 900), measured=False)
    pages = {site: await browser.open(stage.network.link(site), source=source(site, colour=colours[i]), measured=False)
             for i, site in enumerate((A, B))}
    for site, page in [*pages.items(), ("chair", chair)]:
        await joined(page, site)
    await asyncio.sleep(2)
    await pages[A].picture(stage.shots / "room-chair-leads.png")
    await give(pages[A], A)
    await pages[B].run("() => document.getElementById('floor').click()")
    await asyncio.sleep(3)
    await pages[A].picture(stage.shots / "room-holder.png")
    await pages[B].picture(stage.shots / "room-listening.png")
    stage.network.kill("kim-dinh")
    stage.network.kill(B)
    await until(lambda: chair.run(f"window.nhipcau.state.meeting.sites.some((s) => s.id === '{B}' && s.presence === 'cut-off')"), 15, "the chair does not see B cut off")
    await asyncio.sleep(6)
    await chair.picture(stage.shots / "chair-running.png")
    stills = await chair.run("[...document.querySelectorAll('img.still')].filter((i) => i.naturalWidth > 0 && !i.src.includes('none.svg')).length")
    stage.network.start("kim-dinh", B)
    await until(lambda: chair.run(f"window.nhipcau.state.meeting.sites.some((s) => s.id === '{B}' && s.presence === 'present')"), 20, "B does not come back")
    language = await browser.open(stage.network.link("kim-dinh"), source=source(B, colour=colours[3]), lang="en", auto=False, measured=False)
    await asyncio.sleep(1)
    await language.picture(stage.shots / "room-start-en.png")
    wide = await browser.open(stage.network.link("yen-mo", "viewer"), lang="vi", size=(1920, 1080), measured=False)
    await asyncio.sleep(3)
    await wide.picture(stage.shots / "viewer.png")
    require(stills >= 2, f"only {stills} stills on the chair's page")
    require(not browser.complaints, f"errors on pages: {browser.complaints[:3]}")
    return f"7 pictures in {stage.shots}, {stills} stills on the chair's page"


ALL = [
    ("heard and seen, VP8", "three-levels", heard_and_seen),
    ("flash and beep, VP8", "three-levels", flash_and_beep),
    ("heard and seen, H.264", "three-levels-h264", heard_and_seen),
    ("flash and beep, H.264", "three-levels-h264", flash_and_beep),
    ("independent client (aiortc)", "three-levels", independent_client),
    ("Firefox", "three-levels", firefox),
    ("floor", "three-levels", floor),
    ("kill -9", "three-levels", killed),
    ("page logic", "three-levels", logic),
    ("truth", "three-levels", truth),
    ("bitrate and cipher", "three-levels", bitrate),
    ("pictures", "three-levels", pictures),
]

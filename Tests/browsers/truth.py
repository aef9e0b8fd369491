"""The truth row: a page never says that its hall is heard while the far end hears nothing.

A hall speaks with short beeps, four a second. An independent client three hops away notes when it hears them. Faults are put between
the two; the page's bar is watched as people see it.
"""
import asyncio
import os
import signal
import statistics
import time

import numpy

from chromium import TONES
from client import Client

SPEAKER, FAR, DISTRICT, CHAIR = "yen-my", "phat-diem", "yen-mo", "ninh-binh"
TONE = TONES[0]
# From the last sound at the far end until the page must have let go, in seconds.
ALLOWED = 1.2
SOURCE = {"tone": TONE, "colour": "rgb(40,140,60)", "width": 320, "height": 180, "fps": 5, "period": 0.25}

# Each change of what the page claims, by its own bar, on the wall clock. Where only a part is claimed, the far end may not be in it.
WATCH = """(far) => {
  const bar = document.getElementById('truth'), log = (window.truthLog = []);
  const look = () => {
    const kind = bar.dataset.truth, there = window.nhipcau.state?.meeting?.sites.find((s) => s.id === far)?.presence === 'present';
    const claims = (kind === 'speaking' || kind === 'leading') && there;
    if (log.at(-1)?.claims !== claims || log.at(-1)?.kind !== kind) log.push({ at: Date.now() / 1000, claims, kind });
  };
  new MutationObserver(look).observe(bar, { attributes: true, childList: true, subtree: true, characterData: true });
  setInterval(look, 10);
  look();
}"""
KIND = "document.getElementById('truth').dataset.truth"


class Ear(Client):
    """The far end: the times at which the speaker's beeps were heard."""

    def __init__(self, network):
        super().__init__(network, FAR, TONES[3], (170, 60, 50), TONES)
        self.times = []

    async def listen(self, track):
        if track.kind != "audio":
            return await super().listen(track)
        try:
            while True:
                frame = await track.recv()
                data = frame.to_ndarray().astype(numpy.float32).reshape(-1, len(frame.layout.channels))[:, 0] / 32768
                t = numpy.arange(len(data)) / frame.sample_rate
                if 2 * abs(numpy.dot(data, numpy.exp(-2j * numpy.pi * TONE * t))) / len(data) > 0.05:
                    self.times.append(time.time())
        except Exception:  # the track ended
            pass

    @property
    def silent(self):
        return time.time() - self.times[-1] if self.times else 1e9


async def until(look, within, otherwise):
    end = time.monotonic() + within
    while True:
        try:
            if await look():
                return
        except Exception:
            pass
        if time.monotonic() > end:
            raise AssertionError(otherwise)
        await asyncio.sleep(0.03)


def claims(log, end):
    """The stretches in which the page claims to be heard."""
    found = [(row["at"], after["at"]) for row, after in zip(log, log[1:]) if row["claims"]]
    return found + ([(log[-1]["at"], end)] if log and log[-1]["claims"] else [])


def false_claims(log, times, begin, end):
    """The longest claim beyond the allowance in a silence; how late the page let go of each; how early it claimed again."""
    times = [begin] + [t for t in times if begin < t < end] + [end]
    wrong, late, early = 0.0, [], []
    for a, b in zip(times, times[1:]):
        if b - a <= ALLOWED:
            continue
        for since, to in claims(log, end):
            if to <= a or since >= b:
                continue
            wrong = max(wrong, min(b, to) - max(a, since) - ALLOWED)
            if since <= a:
                late.append(min(b, to) - a)
            elif to >= b:
                early.append(b - since)
    return wrong, late, early


class Round:
    """One fault and its mending, between two times at which the far end hears the page."""

    def __init__(self, stage, browser, page, ear):
        self.stage, self.network, self.browser, self.page, self.ear = stage, stage.network, browser, page, ear

    async def kind(self, *kinds, within=60):
        await until(lambda: self.page.run(f"{list(kinds)}.includes({KIND})"), within, f"the page does not become {' or '.join(kinds)}")

    async def heard(self, within=100):
        """The page has the floor with an open microphone, says so, and the far end hears it. A part that was cut off again and again waits up
        to 30 s before it attaches."""
        async def look():
            if await self.page.run("window.nhipcau.muted && window.nhipcau.joined"):
                await self.page.run("() => document.getElementById('mute').click()")
            if await self.page.run("document.body.dataset.truth === 'listening' && !document.getElementById('floor').disabled"):
                await self.page.run("() => document.getElementById('floor').click()")
                await asyncio.sleep(0.3)
            return self.ear.silent < 0.4 and await self.page.run(f"{KIND} === 'speaking'")
        try:
            await until(look, within, "")
        except AssertionError:
            shown = await self.page.run(f"JSON.stringify([{KIND}, window.nhipcau.state?.truth, window.nhipcau.line, window.nhipcau.pc?.connectionState])")
            raise AssertionError(f"the far end hears nothing for {self.ear.silent:.0f} s, its connection is {self.ear.pc.connectionState}; the page says {shown}") from None
        await asyncio.sleep(0.5)

    def halt(self, node, on):
        self.network.processes[node].send_signal(signal.SIGSTOP if on else signal.SIGCONT)

    async def chair(self, path, body=None):
        async with self.ear.web.post(self.network.base(CHAIR) + path, json=body or {}, headers={"Authorization": "Bearer " + self.network.token(CHAIR, "chair")}) as answer:
            if answer.status >= 300:
                raise RuntimeError(f"{path}: {answer.status} {await answer.text()}")

    async def kill(self, _):
        self.network.kill(SPEAKER)
        await asyncio.sleep(2.5)
        self.network.start(SPEAKER)

    async def hang(self, _):
        self.halt(SPEAKER, True)
        await asyncio.sleep(3)
        self.halt(SPEAKER, False)

    async def cut(self, _):
        self.halt(DISTRICT, True)
        await asyncio.sleep(3)
        self.halt(DISTRICT, False)
        await until(lambda: self.page.run("!window.nhipcau.state.meeting?.cutOff"), 60, "the cut does not heal")

    async def mute(self, number):
        if number % 2:
            await self.chair("/api/mute-all")
        else:
            await self.page.run("() => document.getElementById('mute').click()")
        await self.kind("muted")
        await asyncio.sleep(2)

    async def second_page(self, _):
        other = await self.browser.open(self.network.link(SPEAKER), source={**SOURCE, "tone": TONES[1]})
        await self.kind("elsewhere")
        await asyncio.sleep(2)
        await other.close()

    async def withdrawal(self, _):
        await self.chair("/api/floor/revoke", {"site": SPEAKER})
        await self.kind("listening")
        await asyncio.sleep(2)

    async def end(self, _):
        self.network.meet("three-levels")
        await asyncio.sleep(2)
        # The client does not come back by itself, as a page does.
        await self.ear.close()
        await self.ear.start()


async def truth(stage):
    rounds = int(os.environ.get("NHIPCAU_TRUTH_ROUNDS", "2"))
    only = os.environ.get("NHIPCAU_TRUTH_FAULTS", "kill,hang,cut,mute,second_page,withdrawal,end").split(",")
    browser = await stage.chromium()
    ear = stage.keep(Ear(stage.network))
    await ear.start()
    page = await browser.open(stage.network.link(SPEAKER), source=SOURCE)
    await page.run(f"() => ({WATCH})('{FAR}')")
    one, figures, failed = Round(stage, browser, page, ear), [], []
    for fault in only:
        wrong, late, early = [], [], []
        for number in range(rounds):
            await one.heard()
            begin = time.time()
            await getattr(one, fault)(number)
            await one.heard()
            seconds, old, new = false_claims(await page.run("window.truthLog"), ear.times, begin, time.time())
            wrong.append(seconds)
            late += old
            early += new
        name = fault.replace("_", " ")
        said = [f"false for {max(wrong):.2f} s"]
        if late:
            said.append(f"let go {statistics.median(late):.2f} s after the last sound (max {max(late):.2f})")
        if early:
            said.append(f"claimed again {statistics.median(early):.2f} s before the first sound (max {max(early):.2f})")
        figures.append(f"{name} x{rounds}: " + ", ".join(said))
        if stage.verbose:
            print("   ", figures[-1], flush=True)
        if max(wrong) > 0:
            failed.append(name)
    if failed:
        raise AssertionError("claimed to be heard and was not: " + ", ".join(failed) + "; " + "; ".join(figures))
    return "; ".join(figures)


truth.seconds = 240 + 60 * int(os.environ.get("NHIPCAU_TRUTH_ROUNDS", "2"))

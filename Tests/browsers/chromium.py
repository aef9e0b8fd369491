"""Chromium, driven by Playwright: rooms and chairs as people open them, with the measuring scripts put before the page's own."""
import json
import os
import struct
import wave
from math import pi, sin
from pathlib import Path

HERE = Path(__file__).parent
EXECUTABLE = os.environ.get("CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox", "--headless=new", "--disable-gpu", "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
    "--autoplay-policy=no-user-gesture-required", "--disable-background-timer-throttling", "--disable-renderer-backgrounding",
    "--disable-backgrounding-occluded-windows",
]
TONES = [800, 1300, 1900, 2600]


def sound_file(path, hz):
    """A microphone: 160 ms of tone each 800 ms; a steady tone would be taken for noise and suppressed."""
    rate, frames = 48000, []
    for i in range(int(rate * 0.8)):
        on = i < rate * 0.16
        frames.append(struct.pack("<h", int(14000 * sin(2 * pi * hz * i / rate)) if on else 0))
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1), out.setsampwidth(2), out.setframerate(rate)
        out.writeframes(b"".join(frames) * 5)


def picture_file(path, colour, width=1280, height=720):
    """A camera: one colour with a bar that moves, as Y4M."""
    r, g, b = colour
    y, u, v = (int(c) for c in (0.257 * r + 0.504 * g + 0.098 * b + 16, -0.148 * r - 0.291 * g + 0.439 * b + 128, 0.439 * r - 0.368 * g - 0.071 * b + 128))
    chroma = bytes([u]) * (width * height // 4) + bytes([v]) * (width * height // 4)
    with open(path, "wb") as out:
        out.write(f"YUV4MPEG2 W{width} H{height} F25:1 Ip A1:1 C420\n".encode())
        for frame in range(25):
            plane = bytearray(bytes([y]) * (width * height))
            left = frame * 40
            for row in range(height - 120, height - 60):
                plane[row * width + left:row * width + left + 120] = b"\x20" * 120
            out.write(b"FRAME\n" + plane + chroma)


class Chromium:
    """One browser process. `microphone` and `camera` are files for its fake devices; without them pages get `source`."""

    def __init__(self, playwright, home):
        self.playwright, self.home, self.browser = playwright, home, None
        self.complaints = []

    async def start(self, microphone=None, camera=None):
        flags = list(FLAGS)
        if microphone:
            flags.append(f"--use-file-for-fake-audio-capture={microphone}")
        if camera:
            flags.append(f"--use-file-for-fake-video-capture={camera}")
        self.browser = await self.playwright.chromium.launch(
            executable_path=EXECUTABLE, headless=True, args=flags, env={**os.environ, "HOME": str(self.home)})
        return self

    async def open(self, link, source=None, lang="vi", auto=True, size=(1280, 720), measured=True):
        context = await self.browser.new_context(viewport={"width": size[0], "height": size[1]}, permissions=["camera", "microphone"], bypass_csp=measured)
        page = await context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        await page.add_init_script(before(source))
        await page.goto(link + ("&auto=1" if auto else "") + f"&lang={lang}")
        return Page(page, context)

    async def close(self):
        if self.browser:
            await self.browser.close()
            self.browser = None


def before(source=None):
    """The script put before the page's own."""
    return (f"window.proofTones = {json.dumps(TONES)};\n" + (f"window.proofSource = {json.dumps(source)};\n" if source else "")
            + (HERE / "source.js").read_text() + (HERE / "measure.js").read_text())


class Page:
    def __init__(self, page, context):
        self.page, self.context = page, context

    async def run(self, script):
        return await self.page.evaluate(script)

    async def picture(self, path):
        await self.page.screenshot(path=str(path))

    async def close(self):
        await self.context.close()

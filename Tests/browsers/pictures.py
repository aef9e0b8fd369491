"""The pictures of the README, from a running demo, a drawing and a simulation: pictures.py NHIPCAU FOLDER

Chromium is driven over its debugging pipe with nothing but Python's own library. CHROMIUM names the program.
"""
import base64
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FLAGS = [
    "--no-sandbox", "--headless=new", "--disable-gpu", "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
    "--autoplay-policy=no-user-gesture-required", "--hide-scrollbars", "--remote-debugging-pipe",
]
LIMIT = 200_000


class Browser:
    """Chromium; messages are JSON, each ended by a zero byte (Chrome DevTools Protocol)."""

    def __init__(self, home, camera):
        ours, self.write = os.pipe()
        self.read, theirs = os.pipe()
        # Chromium reads from descriptor 3 and writes to 4.
        command = 'exec 3<&"$0" 4>&"$1"; shift; exec "$@"'
        self.process = subprocess.Popen(
            ["bash", "-c", command, str(ours), str(theirs), os.environ.get("CHROMIUM", "chromium"), *FLAGS, f"--user-data-dir={home}",
             f"--use-file-for-fake-video-capture={camera}"],
            pass_fds=(ours, theirs), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(ours), os.close(theirs)
        self.number, self.rest = 0, b""

    def call(self, method, session=None, **params):
        self.number += 1
        message = {"id": self.number, "method": method, "params": params} | ({"sessionId": session} if session else {})
        os.write(self.write, json.dumps(message).encode() + b"\0")
        while True:
            while b"\0" not in self.rest:
                part = os.read(self.read, 1 << 20)
                if not part:
                    raise RuntimeError("Chromium ended")
                self.rest += part
            line, self.rest = self.rest.split(b"\0", 1)
            answer = json.loads(line)
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]

    def open(self, address, width, height):
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.call("Emulation.setDeviceMetricsOverride", session, width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.call("Page.navigate", session, url=address)
        return session

    def until(self, session, condition, seconds):
        """Waits until a JavaScript expression is true."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.call("Runtime.evaluate", session, expression=condition)["result"].get("value"):
                return
            time.sleep(0.2)
        raise RuntimeError(f"not within {seconds} s: {condition}")

    def picture(self, session, path):
        raw = path.with_suffix(".raw.png")
        raw.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", session)["data"]))
        # 256 colours of its own are enough for a page; a megabyte becomes a tenth.
        subprocess.run(
            ["ffmpeg", "-v", "error", "-y", "-i", raw, "-vf", "split[a][b];[a]palettegen=stats_mode=full[p];[b][p]paletteuse=dither=none", path],
            check=True)
        raw.unlink()
        if path.stat().st_size > LIMIT:
            raise RuntimeError(f"{path}: {path.stat().st_size} bytes, more than {LIMIT}")
        print(f"{path}: {path.stat().st_size // 1000} kB")

    def close(self):
        self.process.terminate()
        self.process.wait()


def links(demo):
    """The links that a demo prints: the chair's, then those of rooms by name."""
    found = {}
    for line in demo.stdout:
        if match := re.match(r"(.+): (http://\S+)$", line.strip()):
            found[match[1]] = match[2]
        elif found:
            return found
    raise RuntimeError("the demo ended before its links")


def main(program, folder):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        work = Path(work)
        camera = work / "camera.y4m"
        quiet = "gradients=s=640x360:c0=0x2a5d7c:c1=0x16283a:x0=0:y0=0:x1=640:y1=360:speed=0.001:d=2"
        subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", quiet, "-pix_fmt", "yuv420p", camera], check=True)
        browser = Browser(work / "profile", camera)
        demo = subprocess.Popen(
            [program, "demo", ROOT / "topology/three-levels.yaml", "--loopback", "93"], stdout=subprocess.PIPE, text=True, cwd=work)
        try:
            pages = links(demo)
            room = next(link for name, link in pages.items() if name.startswith("Xã Yên Thắng"))
            chair = browser.open(pages["chair"] + "&auto=1&lang=vi", 1280, 800)
            hall = browser.open(room + "&auto=1&lang=vi", 1280, 720)
            seen = "[...document.querySelectorAll('video')].some(v => v.videoWidth > 0 && v.currentTime > 2)"
            browser.until(hall, seen, 60)
            # The chair's bot sits at the same site: the page takes over from it.
            taken = "(b => !b || b.hidden || (b.click(), false))(document.getElementById('take-over'))"
            browser.until(chair, f"{seen} && {taken}", 60)
            # Another hall speaks and some wait; the chair sees stills of most.
            speaks = ("(m => m && m.holders.length && m.queue.length && !['yen-thang', 'ninh-binh'].includes(m.speaker))(nhipcau.state.meeting)")
            shown = f"{speaks} && !/đang chờ hình|đang kết nối|vừa phát biểu/i.test(document.body.innerText)"
            browser.until(hall, shown, 60)
            browser.picture(hall, folder / "room.png")
            # A page asks for stills only while it is in front.
            browser.call("Page.bringToFront", chair)
            stills = "[...document.images].filter(i => i.src.startsWith('blob:') && i.naturalWidth > 0).length > 3"
            browser.until(chair, f"{taken} && {shown} && {stills}", 90)
            browser.picture(chair, folder / "chair.png")
        finally:
            demo.terminate()
            demo.wait()
        subprocess.run(
            [program, "topology", "draw", ROOT / "topology/yen-mo.yaml", "-o", work / "network.svg", "--date", "01/12/2026"], check=True, cwd=work)
        drawn = browser.open((work / "network.svg").as_uri(), 1600, 1130)
        browser.until(drawn, "document.readyState == 'complete'", 20)
        browser.picture(drawn, folder / "network.png")
        subprocess.run(
            [program, "simulate", ROOT / "simulations/trunk-cut-commune-speaks.yaml", "--seed", "7", "--report", work / "report"],
            check=True, stdout=subprocess.DEVNULL, cwd=work)
        report = browser.open(next((work / "report").glob("*.html")).as_uri(), 1280, 1340)
        browser.until(report, "document.readyState == 'complete'", 20)
        browser.picture(report, folder / "report.png")
        browser.close()


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: pictures.py NHIPCAU FOLDER")
    main(str(Path(sys.argv[1]).resolve()), sys.argv[2])

"""Firefox, driven over WebDriver BiDi, which it speaks by itself: no geckodriver."""
import asyncio
import base64
import itertools
import os
import re
import subprocess
from pathlib import Path

import aiohttp

from chromium import before

EXECUTABLE = os.environ.get("FIREFOX", "/usr/bin/firefox-esr")
PREFERENCES = {
    "media.navigator.streams.fake": True, "media.navigator.permission.disabled": True, "media.autoplay.default": 0,
    "media.autoplay.blocking_policy": 0, "media.autoplay.block-webaudio": False,
    # A machine without a sound card.
    "media.cubeb.force_mock_context": True, "media.cubeb.sandbox": False,
    # Nodes on loopback addresses.
    "media.peerconnection.ice.loopback": True, "media.peerconnection.ice.obfuscate_host_addresses": False,
    "media.peerconnection.ice.link_local": True, "app.update.enabled": False, "datareporting.policy.dataSubmissionEnabled": False,
    "browser.shell.checkDefaultBrowser": False, "remote.prefs.recommended": True, "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False, "services.settings.server": "data:,#remote-settings-dummy/v1",
    "media.gmp-manager.updateEnabled": False, "media.gmp-manager.url": "", "toolkit.telemetry.reportingpolicy.firstRun": False,
}


class Firefox:
    def __init__(self, folder, ca=None):
        self.folder, self.ca, self.process, self.web, self.socket = Path(folder), ca, None, None, None
        self.numbers, self.waiting = itertools.count(1), {}

    async def start(self):
        profile = self.folder / "profile"
        profile.mkdir(parents=True)
        (profile / "user.js").write_text("".join(
            f'user_pref("{key}", {str(value).lower() if isinstance(value, bool) else value if isinstance(value, int) else repr(value)});\n'
            for key, value in PREFERENCES.items()).replace("'", '"'))
        if self.ca:
            subprocess.run(["certutil", "-d", f"sql:{profile}", "-N", "--empty-password"], check=True, capture_output=True)
            subprocess.run(["certutil", "-d", f"sql:{profile}", "-A", "-n", "Nhip Cau", "-t", "C,,", "-i", str(self.ca)], check=True, capture_output=True)
        log = open(self.folder / "firefox.log", "w+")
        self.process = subprocess.Popen(
            [EXECUTABLE, "--headless", "--no-remote", "--profile", str(profile), "--remote-debugging-port", "0"],
            stdout=log, stderr=log, env={**os.environ, "HOME": str(self.folder), "MOZ_HEADLESS": "1"})
        address = None
        for _ in range(200):
            await asyncio.sleep(0.15)
            found = re.search(r"WebDriver BiDi listening on (ws://\S+)", (self.folder / "firefox.log").read_text())
            if found:
                address = found.group(1)
                break
        if not address:
            raise RuntimeError("Firefox does not listen for BiDi: " + (self.folder / "firefox.log").read_text()[-400:])
        self.web = aiohttp.ClientSession()
        self.socket = await self.web.ws_connect(address + "/session", max_msg_size=1 << 26)
        self.reader = asyncio.create_task(self.read())
        await self.send("session.new", capabilities={})
        return self

    async def read(self):
        async for message in self.socket:
            answer = message.json()
            waiting = self.waiting.pop(answer.get("id"), None)
            if waiting and not waiting.done():
                waiting.set_result(answer)

    async def send(self, method, **params):
        number = next(self.numbers)
        self.waiting[number] = asyncio.get_running_loop().create_future()
        await self.socket.send_json({"id": number, "method": method, "params": params})
        answer = await asyncio.wait_for(self.waiting[number], 30)
        if answer["type"] == "error":
            raise RuntimeError(f"Firefox: {method}: {answer['message'][:300]}")
        return answer["result"]

    async def open(self, link, source=None, lang="vi", auto=True):
        context = (await self.send("browsingContext.create", type="tab"))["context"]
        await self.send("script.addPreloadScript", functionDeclaration="() => {" + before(source) + "}", contexts=[context])
        await self.send("browsingContext.navigate", context=context, url=link + ("&auto=1" if auto else "") + f"&lang={lang}", wait="complete")
        return Tab(self, context)

    async def close(self):
        if self.socket:
            self.reader.cancel()
            await self.socket.close()
            await self.web.close()
        if self.process:
            self.process.terminate()
            try:
                self.process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


class Tab:
    def __init__(self, firefox, context):
        self.firefox, self.context = firefox, context

    async def run(self, script):
        call = script if re.match(r"\s*(async\s*)?\(", script) and "=>" in script else f"() => ({script})"
        wrapped = f"async () => JSON.stringify(await ({call})() ?? null)"
        answer = await self.firefox.send("script.callFunction", functionDeclaration=wrapped, awaitPromise=True, target={"context": self.context})
        if answer["type"] == "exception":
            raise RuntimeError("Firefox: " + answer["exceptionDetails"]["text"])
        import json
        return json.loads(answer["result"]["value"])

    async def picture(self, path):
        shot = await self.firefox.send("browsingContext.captureScreenshot", context=self.context)
        Path(path).write_bytes(base64.b64decode(shot["data"]))

    async def close(self):
        await self.firefox.send("browsingContext.close", context=self.context)

"""The network of the proofs: real node processes of topology/three-levels.yaml on loopback addresses, without bots."""
import asyncio
import json
import os
import random
import re
import socket
import ssl
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CHAIR = "ninh-binh"
NODES = ["ninh-binh", "yen-mo", "yen-my", "yen-thang", "kim-son", "phat-diem", "kim-dinh"]
# The one that Firefox opens lies on the machine's own address: Firefox takes no path to a loopback address.
OUTSIDE = "yen-thang"


def own_address():
    """The address of the machine on its way out; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        try:
            out.connect(("198.51.100.1", 9))
            return out.getsockname()[0]
        except OSError:
            return None


class Network:
    """Seven nodes, each its own process; certificates, tokens and state lie in `folder`."""

    def __init__(self, binary, folder, secure=True):
        self.binary, self.folder, self.secure = str(Path(binary).resolve()), Path(folder), secure
        self.processes, self.running, self.links = {}, None, {}
        net = f"127.{random.randint(100, 220)}."
        text = (ROOT / "topology/three-levels.yaml").read_text().replace("10.37.", net)
        own, self.ports = own_address(), {}
        if own and not own.startswith("127."):
            self.ports[OUTSIDE] = random.randint(20000, 30000)
            text = text.replace(f"    address: {net}1.12\n", f"    address: {own}\n    port: {self.ports[OUTSIDE]}\n    http: {self.ports[OUTSIDE] + 1}\n")
        if not secure:
            text = text.replace("levels:", "defaults: {secure: false}\nlevels:", 1)
        (self.folder / "meetings").mkdir(parents=True)
        (self.folder / "logs").mkdir()
        (self.folder / "three-levels.yaml").write_text(text)
        for name in ("three-levels", "three-levels-h264"):
            (self.folder / f"meetings/{name}.yaml").write_text((ROOT / f"topology/meetings/{name}.yaml").read_text())
        self.addresses = dict(re.findall(r"- id: (\S+)\n.*?address: (\S+)", text, re.S))
        self.call("certs", "init", "--network", "three-levels", "--authority", "authority")
        self.call("certs", "issue", "--authority", "authority", "--topology", "three-levels.yaml", "--out", "state")

    @property
    def ca(self):
        return self.folder / "authority/ca.crt"

    def base(self, node):
        return f"http{'s' if self.secure else ''}://{self.addresses[node]}:{self.ports.get(node, 8442) + 1}"

    @property
    def tls(self):
        return ssl.create_default_context(cafile=str(self.ca)) if self.secure else None

    def call(self, *words):
        done = subprocess.run([self.binary, *words], cwd=self.folder, text=True, capture_output=True, timeout=30)
        if done.returncode:
            raise RuntimeError(f"nhipcau {' '.join(words)}: {done.stderr.strip() or done.stdout.strip()}")
        return done.stdout.strip()

    def start(self, *nodes):
        for node in nodes:
            log = open(self.folder / f"logs/{node}.log", "ab")
            self.processes[node] = subprocess.Popen(
                [self.binary, "node", "--topology", "three-levels.yaml", "--id", node, "--state", f"state/{node}", "--log-level", "info"],
                cwd=self.folder, stdout=log, stderr=log)

    async def ready(self, within=15):
        """Until every trunk of every node is up, or warm if it is a backup."""
        end = time.monotonic() + within
        missing = list(NODES)
        while missing and time.monotonic() < end:
            await asyncio.sleep(0.2)
            try:
                missing = [n for n in missing if any(t["state"] not in ("up", "warm") for t in self.status(n)["trunks"])]
            except (RuntimeError, json.JSONDecodeError):
                continue
        if missing:
            raise RuntimeError("trunks not up at " + ", ".join(missing))

    def status(self, node):
        return json.loads(self.call("status", "--topology", "three-levels.yaml", "--node", node, "--authority", "authority", "--json"))

    def link(self, site, role="room"):
        if (site, role) not in self.links:
            self.links[site, role] = json.loads(self.call(
                "token", "--authority", "authority", "--topology", "three-levels.yaml", "--site", site, "--role", role, "--json"))
        return self.links[site, role]["link"]

    def token(self, site, role="room"):
        self.link(site, role)
        return self.links[site, role]["token"]

    def meet(self, name):
        """Ends the running meeting and starts the one of `meetings/NAME.yaml` anew, so that no row finds another's floor."""
        at = ["--topology", "three-levels.yaml", "--node", CHAIR, "--authority", "authority"]
        if self.running:
            self.call("meeting", "end", {"three-levels": "hop-ba-cap", "three-levels-h264": "hop-ba-cap-h264"}[self.running], *at)
        self.call("meeting", "start", f"meetings/{name}.yaml", *at)
        self.running = name

    def kill(self, node):
        self.processes[node].kill()
        self.processes[node].wait()

    def stop(self):
        for process in self.processes.values():
            if process.poll() is None:
                process.terminate()
        for process in self.processes.values():
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def trust(home, ca):
    """Makes the network's CA trusted in the NSS database Chromium reads under `home`, as docs/browsers.md says."""
    database = Path(home) / ".pki/nssdb"
    database.mkdir(parents=True, exist_ok=True)
    subprocess.run(["certutil", "-d", f"sql:{database}", "-N", "--empty-password"], check=True, capture_output=True)
    subprocess.run(["certutil", "-d", f"sql:{database}", "-A", "-n", "Nhip Cau", "-t", "C,,", "-i", str(ca)], check=True, capture_output=True)

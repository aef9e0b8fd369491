"""The meeting across three levels with real browsers: one line per row, exit code 1 if one failed twice."""
import argparse
import asyncio
import os
import shutil
import sys
import tempfile
import time
import traceback
from pathlib import Path

from playwright.async_api import async_playwright

import rows
from chromium import Chromium
from network import NODES, Network, trust


class Stage:
    """What rows share: the network, Chromium, and the folder of screenshots."""

    def __init__(self, network, playwright, home, shots, verbose=False):
        self.verbose = verbose
        self.network, self.playwright, self.home, self.shots = network, playwright, home, shots
        self.opened = []

    async def chromium(self, **devices):
        browser = Chromium(self.playwright, self.home)
        self.opened.append(browser)
        return await browser.start(**devices)

    def keep(self, thing):
        self.opened.append(thing)
        return thing

    async def clear(self):
        for thing in reversed(self.opened):
            try:
                await thing.close()
            except Exception as error:
                print(f"closing: {error}", file=sys.stderr)
        self.opened = []


async def main(options):
    folder = Path(tempfile.mkdtemp(prefix="nhipcau-browsers-"))
    home = folder / "home"
    home.mkdir()
    shots = Path(options.shots) if options.shots else folder / "shots"
    shots.mkdir(parents=True, exist_ok=True)
    network = Network(options.binary, folder / "network", secure=not options.plain)
    failed = 0
    begin = time.monotonic()
    try:
        if network.secure:
            trust(home, network.ca)
        network.start(*NODES)
        await network.ready()
        async with async_playwright() as playwright:
            stage = Stage(network, playwright, home, shots, options.verbose)
            for name, meeting, row in rows.ALL:
                if options.only and not any(word in name for word in options.only.split(",")):
                    continue
                for tries in (1, 2):
                    at = time.monotonic()
                    try:
                        network.meet(meeting)
                        figure = await asyncio.wait_for(row(stage), getattr(row, "seconds", 100))
                        print(f"{name}: ok{' at the second try' if tries > 1 else ''} {figure} ({time.monotonic() - at:.0f} s)", flush=True)
                        break
                    except Exception as error:
                        again = tries == 1 and time.monotonic() - begin < 240
                        text = f"{error or type(error).__name__} ({time.monotonic() - at:.0f} s)"
                        print(f"  {name}: tried again after: {text}" if again else f"{name}: FAILED {text}", flush=True)
                        if options.verbose:
                            traceback.print_exc()
                        if not again:
                            failed += 1
                            break
                    finally:
                        await stage.clear()
                        # A row that killed a node may have left it so.
                        network.start(*[node for node in network.processes if network.processes[node].poll() is not None])
    finally:
        network.stop()
        if failed or options.keep:
            print(f"logs: {folder}", file=sys.stderr)
        else:
            shutil.rmtree(folder, ignore_errors=True)
    print(f"{'FAILED' if failed else 'all ok'} in {time.monotonic() - begin:.0f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("binary")
    parser.add_argument("--shots", help="folder for screenshots")
    parser.add_argument("--only", help="rows whose name contains one of these words, by commas")
    parser.add_argument("--plain", action="store_true", help="pages over http instead of https")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    sys.exit(asyncio.run(main(parser.parse_args())))

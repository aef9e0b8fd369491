"""An independent WebRTC client: aiortc joins as a hall by POST of its offer, sends a tone and a picture, measures what it gets."""
import asyncio
import fractions
import time

import aiohttp
import numpy
from aiortc import MediaStreamTrack, RTCPeerConnection, RTCSessionDescription
from av import AudioFrame, VideoFrame


class Tone(MediaStreamTrack):
    kind = "audio"

    def __init__(self, hz):
        super().__init__()
        self.hz, self.at, self.begin = hz, 0, None

    async def recv(self):
        self.begin = self.begin or time.time()
        await asyncio.sleep(max(0, self.begin + self.at / 48000 - time.time()))
        t = (numpy.arange(960) + self.at) / 48000
        samples = (12000 * numpy.sin(2 * numpy.pi * self.hz * t) * ((t % 0.8) < 0.16)).astype(numpy.int16)
        frame = AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = 48000, self.at, fractions.Fraction(1, 48000)
        self.at += 960
        return frame


class Colour(MediaStreamTrack):
    kind = "video"

    def __init__(self, colour, width=640, height=360):
        super().__init__()
        self.colour, self.size, self.count, self.begin = colour, (width, height), 0, None

    async def recv(self):
        self.begin = self.begin or time.time()
        await asyncio.sleep(max(0, self.begin + self.count / 15 - time.time()))
        width, height = self.size
        picture = numpy.empty((height, width, 3), numpy.uint8)
        picture[:] = self.colour
        left = self.count * 8 % (width - 40)
        picture[height - 24:height - 8, left:left + 40] = 30
        frame = VideoFrame.from_ndarray(picture, format="rgb24")
        frame.pts, frame.time_base = self.count * 6000, fractions.Fraction(1, 90000)
        self.count += 1
        return frame


class Client:
    def __init__(self, network, site, hz, colour, tones):
        self.network, self.site, self.hz, self.colour, self.tones = network, site, hz, colour, tones
        self.clear()

    def clear(self):
        self.peak, self.frames, self.size, self.seen = {hz: 0.0 for hz in self.tones}, 0, None, None

    async def start(self):
        self.web = aiohttp.ClientSession(base_url=self.network.base(self.site), connector=aiohttp.TCPConnector(ssl=self.network.tls or False),
                                         headers={"Authorization": "Bearer " + self.network.token(self.site)})
        self.pc = RTCPeerConnection()
        self.tasks = []

        @self.pc.on("track")
        def begun(track):
            self.tasks.append(asyncio.ensure_future(self.listen(track)))
        self.pc.addTransceiver(Tone(self.hz), direction="sendrecv")
        self.pc.addTransceiver(Colour(self.colour), direction="sendrecv")
        for kind in ("audio", "audio", "video"):
            self.pc.addTransceiver(kind, direction="recvonly")
        await self.pc.setLocalDescription(await self.pc.createOffer())
        async with self.web.post("/api/join", data=self.pc.localDescription.sdp, headers={"Content-Type": "application/sdp"}) as answer:
            text = await answer.text()
            if answer.status != 201:
                raise RuntimeError(f"aiortc: join refused: {answer.status} {text}")
            self.location = answer.headers["Location"]
        await self.pc.setRemoteDescription(RTCSessionDescription(text, "answer"))
        for _ in range(100):
            if self.pc.connectionState == "connected":
                return self
            await asyncio.sleep(0.1)
        raise RuntimeError("aiortc: " + self.pc.connectionState)

    async def listen(self, track):
        try:
            while True:
                frame = await track.recv()
                if track.kind == "audio":
                    data = frame.to_ndarray().astype(numpy.float32).reshape(-1, len(frame.layout.channels))[:, 0] / 32768
                    t = numpy.arange(len(data)) / frame.sample_rate
                    for hz in self.tones:
                        level = 2 * abs(numpy.dot(data, numpy.exp(-2j * numpy.pi * hz * t))) / len(data)
                        self.peak[hz] = max(self.peak[hz], float(level))
                else:
                    self.frames += 1
                    self.size = (frame.width, frame.height)
                    if self.frames % 5 == 1:
                        picture = frame.to_ndarray(format="rgb24")
                        self.seen = [int(c) for c in picture[frame.height // 4, frame.width // 4]]
        except Exception:  # the track ended
            pass

    async def act(self, path, body=None):
        async with self.web.post(path, json=body or {}) as answer:
            if answer.status >= 300:
                raise RuntimeError(f"aiortc: {path}: {answer.status} {await answer.text()}")

    async def close(self):
        try:
            async with self.web.delete(self.location):
                pass
        except Exception:
            pass
        for task in self.tasks:
            task.cancel()
        await self.pc.close()
        await self.web.close()

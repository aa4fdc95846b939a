"""What a page takes while two hundred people sign in at once, again and again.

    python -m benchmarks.sign_in [--quick]

The crowd is another process: waves of 200 sign-ins, each from an origin of its own and for a person
of its own, so that no brake helps; the next wave begins when the last one has its answers. Beside
it one editor opens Review, page after page. Without the crowd the same, as a control.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections import Counter
from urllib.parse import urlencode, urlsplit

import httpx

from benchmarks import desk as desks
from benchmarks import measure, processes
from benchmarks.clicks import signed_in

CROWD = 200
GOAL = 0.200
FORM = "application/x-www-form-urlencoded"


async def wave(url: str, number: int) -> Counter[str]:
    """Two hundred at once: how many got which answer."""
    address = urlsplit(url)

    async def one(person: int) -> str:
        body = urlencode({"email": f"p{number}-{person}@example.com", "password": "a wrong one"})
        head = (
            f"POST /sign-in HTTP/1.1\r\nHost: {address.netloc}\r\nConnection: close\r\n"
            f"X-Forwarded-For: 10.{number % 250}.{person // 250}.{person % 250}\r\n"
            f"Content-Type: {FORM}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        writer.write((head + body).encode())
        answer = await reader.read()
        writer.close()
        return answer[9:12].decode()

    return Counter(await asyncio.gather(*(one(person) for person in range(CROWD))))


def crowd(url: str, seconds: float) -> None:
    """Waves for so many seconds; says how many there were and what they were told."""
    told: Counter[str] = Counter()
    waves, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        told += asyncio.run(wave(url, waves))
        waves += 1
    measure.say(f"{waves} waves of {CROWD}: " + ", ".join(f"{n} × {s}" for s, n in told.items()))


def pages(client: httpx.Client, seconds: float) -> list[float]:
    """Review, page after page: seconds for each."""
    found, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        began = time.perf_counter()
        client.get("/review").raise_for_status()
        found.append(time.perf_counter() - began)
        time.sleep(0.02)
    return found


def main() -> None:
    rounds, seconds = (1, 5.0) if "--quick" in sys.argv else (5, 15.0)
    measure.heading(f"a page beside {CROWD} sign-ins at once, {rounds} runs of {seconds:.0f} s")
    alone, beside = [], []
    with desks.installation() as desk, processes.web(desk), signed_in(desk) as client:
        url = desk.system.config.public_url
        pages(client, 1)
        for _ in range(rounds):
            alone.append(measure.percentile(pages(client, seconds / 3), 95))
            command = [sys.executable, "-m", "benchmarks.sign_in", "--crowd", url, str(seconds)]
            with subprocess.Popen(command) as other:
                time.sleep(1)
                beside.append(measure.percentile(pages(client, seconds - 1), 95))
                other.wait()
    measure.report_times("a page's p95 without the crowd", alone)
    measure.report_times("a page's p95 beside it", beside, GOAL)


if __name__ == "__main__":
    if "--crowd" in sys.argv:
        crowd(sys.argv[2], float(sys.argv[3]))
    else:
        main()

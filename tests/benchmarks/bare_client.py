"""The reference: a bare `websockets` client in a process of its own.

`ping URL CONNECTIONS INTERVAL_S SECONDS ROUNDS` pings on every connection, so many rounds of so many seconds, and
says the round trips, its loop's lags, its CPU time and its memory; `receive URL` receives until the connection ends.
"""

import asyncio
import contextlib
import resource
import sys
import time

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

LAG_TICK_S = 0.05


class Pinged(msgspec.Struct, frozen=True, kw_only=True):
    """What the reference measured."""

    round_trips_ns: list[int]
    lags_ns: list[int]
    cpu_shares: list[float]
    """Of each round."""
    memory_bytes: int


async def ping(url: str, connections: int, interval_s: float, seconds: float, rounds: int) -> Pinged:
    """Ping on every connection at its own phase."""
    trips: list[int] = []
    lags: list[int] = []
    before_bytes = resident_bytes()
    opened = [await _open(url) for _ in range(connections)]
    end_s = time.monotonic() + rounds * seconds + 1
    beating = [
        asyncio.create_task(_beat(one, interval_s, interval_s * number / connections, end_s, trips))
        for number, one in enumerate(opened)
    ]
    await asyncio.sleep(1)
    trips.clear()
    ticking = asyncio.create_task(_tick(lags))
    cpu_shares = [await _cpu_share(seconds) for _ in range(rounds)]
    await asyncio.gather(*beating)
    memory_bytes = resident_bytes() - before_bytes
    ticking.cancel()
    for one in opened:
        one.transport.abort()
    return Pinged(round_trips_ns=trips, lags_ns=lags, cpu_shares=cpu_shares, memory_bytes=memory_bytes)


async def receive(url: str) -> None:
    """Receive whatever comes."""
    connection = await _open(url)
    with contextlib.suppress(ConnectionClosed):
        while True:
            await connection.recv(decode=False)


def resident_bytes() -> int:
    """Resident memory of this process."""
    with open("/proc/self/statm", encoding="ascii") as statm:
        return int(statm.read().split()[1]) * resource.getpagesize()


async def _open(url: str) -> ClientConnection:
    return await connect(url, ping_interval=None, compression=None, max_size=None)


async def _beat(one: ClientConnection, interval_s: float, phase_s: float, end_s: float, trips: list[int]) -> None:
    due_s = time.monotonic() + phase_s
    while due_s < end_s:
        await asyncio.sleep(max(0.0, due_s - time.monotonic()))
        answered = await one.ping()
        trips.append(round(await answered * 1e9))
        due_s += interval_s


async def _cpu_share(seconds: float) -> float:
    cpu_s, began_s = time.process_time(), time.monotonic()
    await asyncio.sleep(seconds)
    return (time.process_time() - cpu_s) / (time.monotonic() - began_s)


async def _tick(lags: list[int]) -> None:
    while True:
        due_s = time.monotonic() + LAG_TICK_S
        await asyncio.sleep(LAG_TICK_S)
        lags.append(max(0, round((time.monotonic() - due_s) * 1e9)))


def main() -> None:
    """Measure and say it as JSON."""
    match sys.argv[1:]:
        case ["ping", url, connections, interval_s, seconds, rounds]:
            pinged = asyncio.run(ping(url, int(connections), float(interval_s), float(seconds), int(rounds)))
            print(msgspec.json.encode(pinged).decode(), flush=True)
        case ["receive", url]:
            asyncio.run(receive(url))
        case other:
            sys.exit(f"expected ping or receive, found {other}")


if __name__ == "__main__":
    main()

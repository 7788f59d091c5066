"""Plays one run: starts the server, the proxy, and a monitor that dials, and keeps every event that it stated."""

import asyncio
import contextlib
import itertools
import os
import random
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from tests.corpus.real.recorded import Recording
from tests.real.case import Case, Step
from tests.real.network import Network, network
from tests.real.proxies import FORWARD, PROXIES, TLS
from wsmonitor.engine.monitor import Monitor
from wsmonitor.facts.errors import WsmonitorError
from wsmonitor.facts.events import AnyEvent, ConnectionClosed, StateChanged
from wsmonitor.settings.endpoint_settings import EndpointConfig

_PORTS = itertools.count(20_000, 3)
_STARTS_WITHIN_S = 20.0
_AFTERWARDS_S = 0.1
_CRASHED_FOR_S = 0.4
WORD = "boom"


class NotStartedError(Exception):
    """A server or proxy never listened; the text is the end of what it wrote."""


class Program:
    """A process that can be ended and started again; its group goes with it."""

    def __init__(self, command: Sequence[str], environment: dict[str, str], port: int, folder: Path) -> None:
        self._command, self._environment, self._port, self._folder = command, environment, port, folder
        self._process: asyncio.subprocess.Process | None = None

    async def start(self, *, wait: bool = True) -> None:
        """Start it and wait until it listens."""
        with (self._folder / "output").open("ab") as output:
            self._process = await asyncio.create_subprocess_exec(
                *self._command, env=os.environ | self._environment, cwd=self._folder, stdin=asyncio.subprocess.DEVNULL,
                stdout=output, stderr=output, start_new_session=True,
            )  # fmt: skip
        if wait:
            await self._listens()

    async def keep_up(self) -> None:
        """Start it again whenever it ends by itself, as a process manager does; until cancelled."""
        while True:
            await asyncio.sleep(_CRASHED_FOR_S)
            if self._process is not None and self._process.returncode is not None:
                await self.start()

    async def end(self, how: signal.Signals = signal.SIGKILL) -> None:
        """End it and its children."""
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, how)
        try:
            await asyncio.wait_for(process.wait(), 0.3 if how is not signal.SIGKILL else 5.0)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()

    def tell(self, what: signal.Signals) -> None:
        """Send a signal: to the first process, or where it is stopped to all of them."""
        if self._process is None:
            return
        if what is signal.SIGSTOP:
            os.killpg(self._process.pid, what)
        else:
            self._process.send_signal(what)

    async def _listens(self) -> None:
        deadline_s = asyncio.get_running_loop().time() + _STARTS_WITHIN_S
        while asyncio.get_running_loop().time() < deadline_s:
            if self._process is None or self._process.returncode is not None:
                break
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", self._port)
                writer.close()
                return
            await asyncio.sleep(0.1)
        text = (self._folder / "output").read_text("utf-8", "replace")
        raise NotStartedError(text[-400:])


async def play(case: Case, seed: str) -> Recording:
    """One run from start to end."""
    dice = random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="wsmonitor-real-") as name:
        os.chmod(name, 0o777)  # proxies run as users of their own
        async with _software(case, Path(name)) as (url, server, proxy, wires):
            config = msgspec.convert({"name": "real", "url": url, **_proxied(case, proxy)}, EndpointConfig)
            events = await _watch(case, config, dice, server, proxy, wires)
    if case.fault == "healthy" and not any(isinstance(event, StateChanged) and event.new.is_open for event in events):
        raise NotStartedError("it let nobody in, which is not healthy")
    parameters = {**case.plan, **case.setting} | ({"network": case.network} if case.network else {})
    return Recording(
        name=case.name, family=case.family, fault=case.fault,
        parameters={key: str(value) for key, value in parameters.items()},
        voice=case.voice, limit_s=case.limit_s, config=config, events=events,
    )  # fmt: skip


def _proxied(case: Case, proxy: "tuple[Program, int] | None") -> dict[str, Any]:
    if case.proxy in FORWARD and proxy is not None:
        return case.endpoint | {"proxy": f"http://127.0.0.1:{proxy[1]}"}
    return case.endpoint


@contextlib.asynccontextmanager
async def _software(
    case: Case, folder: Path
) -> AsyncIterator[tuple[str, Program, tuple[Program, int] | None, Network]]:
    port = next(_PORTS)
    own = folder / "server"
    own.mkdir()
    wires = network(case.network, port)
    command = [*wires.prefix, *case.kind.command(port, case.plan)]
    server = Program(command, case.kind.environment(case.plan), port, own)
    proxy: tuple[Program, int] | None = None
    try:
        await wires.up()
        await server.start(wait=not case.network)
        await wires.served(_STARTS_WITHIN_S)
        host, path = wires.address, case.kind.path
        scheme = "wss" if case.fault == "bad_certificate" else "ws"
        if case.proxy:
            (folder / "proxy").mkdir()
            (folder / "proxy").chmod(0o777)
            setup = PROXIES[case.proxy](folder / "proxy", port + 1, port, case.setting)
            proxy = (Program(setup, {}, port + 1, folder / "proxy"), port + 1)
            await proxy[0].start()
        if case.proxy in FORWARD:  # loopback is never dialled through a proxy: a name that only the harness knows
            host = "desk.test"
        end = port + 1 if case.proxy and case.proxy not in FORWARD else port
        if case.proxy in TLS and case.fault not in ("plain_to_tls", "bad_certificate"):
            scheme = "wss"
            case.endpoint["tls"] = {"verify": False}
        yield f"{scheme}://{host}:{end}{path}", server, proxy, wires
    finally:
        if proxy is not None:
            await proxy[0].end(signal.SIGTERM)
        await server.end()
        await wires.down()
        shutil.rmtree(folder / "proxy", ignore_errors=True)


async def _watch(  # noqa: PLR0917  # all of one run
    case: Case, config: EndpointConfig, dice: random.Random, server: Program,
    proxy: tuple[Program, int] | None, wires: Network,
) -> list[AnyEvent]:  # fmt: skip
    events: list[AnyEvent] = []
    spoken = _Voice(case, dice)

    def note(event: AnyEvent) -> None:
        events.append(event)
        spoken.note(event)

    early = [step for step in case.steps if step.after_s < 0]
    for step in early:
        await _do(step, server, proxy, wires)
    monitor = Monitor(note, chance=dice)
    monitor.add(config)
    monitor.connect(config.name)
    tasks = [asyncio.create_task(spoken.speak(monitor, config.name))]
    tasks += [asyncio.create_task(_later(step, server, proxy, wires)) for step in case.steps if step not in early]
    tasks.append(asyncio.create_task(server.keep_up()))
    await asyncio.sleep(case.seconds)
    monitor.stop(config.name)
    await asyncio.sleep(_AFTERWARDS_S)
    await monitor.close()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return events


async def _later(step: Step, server: Program, proxy: tuple[Program, int] | None, wires: Network) -> None:
    await asyncio.sleep(step.after_s)
    await _do(step, server, proxy, wires)


async def _do(step: Step, server: Program, proxy: tuple[Program, int] | None, wires: Network) -> None:
    match step.what:
        case "kill":
            await server.end()
        case "term":
            await server.end(signal.SIGTERM)
        case "start":
            await server.start()
        case "freeze":
            server.tell(signal.SIGSTOP)
        case "reload":
            assert proxy is not None
            proxy[0].tell(signal.SIGHUP)
        case _:
            await wires.do(step.what)


class _Voice:
    """What the client says, by the case's `voice`."""

    def __init__(self, case: Case, dice: random.Random) -> None:
        self._case, self._dice = case, dice
        self._open: set[int] = set()
        self._opened = asyncio.Event()

    def note(self, event: AnyEvent) -> None:
        """Follow which connections are open."""
        if isinstance(event, StateChanged) and event.new.is_open and not event.old.is_open:
            self._open.add(event.slot)
            self._opened.set()
        elif isinstance(event, ConnectionClosed):
            self._open.discard(event.slot)

    async def speak(self, monitor: Monitor, name: str) -> None:
        """Say it until cancelled."""
        while self._case.voice not in ("silent", "regular"):
            await self._opened.wait()
            self._opened.clear()
            await self._one_spell(monitor, name)

    async def _one_spell(self, monitor: Monitor, name: str) -> None:
        dice, voice = self._dice, self._case.voice
        left = dice.randrange(1, 9) if voice == "spells" else 10_000
        fails_in = dice.randrange(3, 9)
        size = 40
        while left and self._open:
            await asyncio.sleep(dice.uniform(0.1, 0.7))
            if not self._open:
                return
            left -= 1
            fails_in -= 1
            size = size * 2 if voice == "growing" else dice.randrange(20, 90)
            kind = WORD if voice == "trigger" and fails_in == 0 else dice.choice(("say", "say", "move", "look"))
            text = f'{{"type":"{kind}","text":"{"x" * size}"}}'
            with contextlib.suppress(WsmonitorError):
                monitor.send(name, text.encode())
            if fails_in <= 0:
                fails_in = dice.randrange(3, 9)
            if self._opened.is_set() and voice == "spells":
                return

"""The real window and probe as a process of its own, which measures itself on request.

`python -m tests.benchmarks.windowed SPEC` (JSON of `Spec`) says `ready` as its first line, then answers each
request on stdin (JSON of `Request`) with a line of JSON (`Report`). It ends with its stdin.
"""

import asyncio
import os
import sys
import time
from concurrent.futures import Future
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any, Literal, cast

import msgspec

from wsmonitor.facts.events import AnyEvent, ConnectionClosed, RttSample, State, StateChanged
from wsmonitor.probe import channel
from wsmonitor.probe.client import ProbeClient
from wsmonitor.settings.endpoint_settings import NS, EndpointConfig, PingConfig, RetryConfig

if TYPE_CHECKING:
    from tests.benchmarks.meters import Frames, MeteredAnalyzer

if TYPE_CHECKING:
    from wsmonitor.gui.start.session import Session

SIZE = (1400, 860)
USES = 10
_REMEMBERED = 600
"""Beats: more than the rules remember."""
_SINGLE, _BUCKET = 18_432, 4
"""Beats: more than series keep one by one; one in each of their finest buckets, at 1 Hz."""


class Spec(msgspec.Struct, frozen=True, kw_only=True):
    """What to run: endpoints on a server of loopback, and what they measured before. All of it is shown."""

    url: str = ""
    endpoints: int = 1
    ping_interval_s: float = 1.0
    history_s: float = 0.0
    history_hz: float = 1.0
    more_urls: tuple[str, ...] = ()
    """Further endpoints, one each."""
    in_qt_thread: bool = False
    """The engine in the window's own thread: what the design avoids."""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """`measure` for so long; `rest` disconnects and stops painting until `wake`; `minimise` and `restore`.

    `search`, `select` and `scroll` the list, several times: the frames are from the wish to what is painted.
    """

    do: Literal["measure", "rest", "wake", "minimise", "restore", "search", "select", "scroll"]
    seconds: float = 0.0


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured."""

    round_trips_ns: list[int] = []
    lags_ns: list[int] = []
    frames_ms: list[float] = []
    ages_ms: list[float] = []
    window_cpu_share: float = 0.0
    probe_cpu_share: float = 0.0
    dropped: int = 0
    closed_connections: list[int] = []
    """Connection numbers of the closures, in order."""
    stamps_ns: dict[str, list[int]] = {}
    """When each round trip began, by endpoint."""
    by_payload: dict[str, int] = {}
    """Round trips by what their pong carried."""


def endpoint_configs(spec: Spec) -> list[EndpointConfig]:
    """The endpoints to monitor."""
    urls = [spec.url] * spec.endpoints + list(spec.more_urls)
    return [
        EndpointConfig(
            name=f"endpoint {number}",
            url=url,
            ping=PingConfig(interval_s=spec.ping_interval_s, timeout_s=10.0),
            retry=RetryConfig(base_s=0.05, cap_s=0.2, breaker=False),
        )
        for number, url in enumerate(urls)
    ]


def fill(analyzer: "MeteredAnalyzer", spec: Spec, now_ns: int) -> None:
    """So many hours of round trips of every endpoint, up to now, on nobody's bill.

    The last minutes come as they would have come. Before, the rules remember nothing and series keep single samples
    for some hours only: each endpoint alone gets what its series keep, which takes a minute where all would take ten.
    """
    names = [config.name for config in endpoint_configs(spec)]
    beats, step_ns = round(spec.history_s * spec.history_hz), round(NS / spec.history_hz)
    start_ns = now_ns - beats * step_ns
    live = max(0, beats - _REMEMBERED)
    for number, name in enumerate(names):
        opened = StateChanged(endpoint=name, connection=1, at_ns=start_ns, old=State.UPGRADING, new=State.OPEN)
        analyzer.feed_unmetered([opened])
        slot, single = analyzer.slot(name), max(0, live - _SINGLE)
        for beat in chain(range(0, single, _BUCKET), range(single, live)):
            sample = _sample(name, number, beat, start_ns + beat * step_ns)
            slot.fold(sample, (sample.at_ns - start_ns) / NS)
    for beat in range(live, beats):
        at_ns = start_ns + beat * step_ns
        analyzer.feed_unmetered(_sample(name, number, beat, at_ns) for number, name in enumerate(names))


def _sample(name: str, number: int, beat: int, at_ns: int) -> RttSample:
    trip_ns = 300_000 + (beat * 7919 + number * 104729) % 200_000
    return RttSample(endpoint=name, connection=1, at_ns=at_ns, kind="ws", round_trip_ns=trip_ns)


def main() -> None:
    """Run until stdin ends."""
    spec = msgspec.json.decode(sys.argv[1], type=Spec)
    os.environ["PYQTGRAPH_QT_LIB"] = os.environ["QT_API"] = "PySide6"
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    client = ProbeClient()
    if not spec.in_qt_thread:
        client.start()
    import qasync
    from PySide6.QtWidgets import QApplication

    application = QApplication(["wsmonitor"])
    application.setStyle("Fusion")
    from wsmonitor.probe.launch import yield_to_measuring

    yield_to_measuring()  # as app.py does
    with asyncio.Runner(loop_factory=partial(qasync.QEventLoop, application)) as runner:
        runner.run(_run(spec, client))
    client.close(1.5)


async def _run(spec: Spec, client: ProbeClient) -> None:
    from tests.benchmarks.meters import Frames, MeteredAnalyzer
    from wsmonitor.gui.look.theme import Look
    from wsmonitor.gui.start.collector import Collector
    from wsmonitor.gui.start.options import WindowOptions
    from wsmonitor.gui.start.session import Session
    from wsmonitor.gui.window.window import Window

    look = Look("dark")
    look.apply()
    frames = Frames()
    now_ns = time.monotonic_ns()
    start_ns = now_ns - round(spec.history_s * NS)
    analyzer = MeteredAnalyzer(start_ns, time.time_ns() - (now_ns - start_ns), frames)
    for config in endpoint_configs(spec):
        analyzer.add_endpoint(config)
    fill(analyzer, spec, now_ns)
    source = cast(ProbeClient, _InThread()) if spec.in_qt_thread else client
    session = Session(source, analyzer, Window(look))
    session.window.meter = frames
    session.window.resize_to(*SIZE)
    session.open(WindowOptions(endpoints=tuple(endpoint_configs(spec))), None)
    while session.whole.monitor.plots.stack is None:  # noqa: ASYNC110  # pyqtgraph loads after the first paint
        await asyncio.sleep(0.05)
    session.whole.monitor.plots.show_everything()
    collector = Collector(session.window)  # as session.py does
    collector.start()
    print("ready", flush=True)
    loop = asyncio.get_running_loop()
    names = [config.name for config in session.controller.configs]
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        request = msgspec.json.decode(line, type=Request)
        report = Report()
        match request.do:
            case "measure":
                report = await _measured(request.seconds, client.pid, analyzer, frames)
            case "rest":
                session.bridge.stop()
                session.controller.stop(names)
                await asyncio.sleep(0.5)
            case "wake":
                session.controller.connect_now(names)
                session.bridge.start()
            case "minimise":
                session.window.showMinimized()
            case "restore":
                session.window.showNormal()
            case "search" | "select" | "scroll":
                report = Report(frames_ms=[_used_ms(session, request.do, number) for number in range(USES)])
        print(msgspec.json.encode(report).decode(), flush=True)
    collector.stop()
    await session.close()


async def _measured(seconds: float, pid: int | None, analyzer: "MeteredAnalyzer", frames: "Frames") -> Report:
    """What the window and the probe did in so long."""
    frames.reset()
    analyzer.reset()
    cpu_s, probe_s, began_s = time.process_time(), _cpu_s(pid), time.monotonic()
    await asyncio.sleep(seconds)
    lasted_s = time.monotonic() - began_s
    return Report(
        round_trips_ns=analyzer.round_trips_ns,
        lags_ns=analyzer.lags_ns,
        frames_ms=frames.costs_ms,
        ages_ms=frames.ages_ms,
        window_cpu_share=(time.process_time() - cpu_s) / lasted_s,
        probe_cpu_share=(_cpu_s(pid) - probe_s) / lasted_s,
        dropped=analyzer.dropped,
        closed_connections=[one.connection for one in analyzer.lifecycle if isinstance(one, ConnectionClosed)],
        stamps_ns=analyzer.stamps_ns,
        by_payload=analyzer.by_payload,
    )


def _used_ms(session: "Session", what: str, number: int) -> float:
    from PySide6.QtWidgets import QApplication

    table = session.whole.monitor.table
    QApplication.processEvents()
    began_s = time.perf_counter()
    if what == "search":
        session.whole.monitor.fleet.search.setText(f"endpoint {number}")
    elif what == "select":
        table.step(1)
    else:
        table.verticalScrollBar().setValue(100 * (number + 1))
    table.viewport().repaint()
    QApplication.processEvents()
    return (time.perf_counter() - began_s) * 1e3


def _cpu_s(pid: int | None) -> float:
    if pid is None:
        return 0.0
    with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class _InThread:
    """A `ProbeClient` whose engine runs in this very loop."""

    def __init__(self) -> None:
        from wsmonitor.engine.monitor import Monitor

        self._events: list[AnyEvent] = []
        self._monitor = Monitor(self._events.append)
        self.pid = None

    def call_on_arrival(self, arrived: object) -> None:
        pass

    def quit(self) -> None:
        pass

    def take(self) -> list[AnyEvent]:
        events = self._events[:]
        self._events.clear()
        return events

    def command(self, command: channel.Command) -> "Future[channel.Done]":
        match command:
            case channel.AddEndpoint():
                self._monitor.add(command.config)
            case channel.ConnectEndpoint():
                self._monitor.connect(command.endpoint)
            case channel.StopEndpoint():
                self._monitor.stop(command.endpoint)
            case _:
                pass
        done: Future[channel.Done] = Future()
        done.set_result(channel.Done(command_id=command.command_id))
        return done

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)


if __name__ == "__main__":
    main()

"""The measuring side of the channel: `python -m wsmonitor probe`, with pipes for stdin and stdout.

A daemon thread reads the one pipe, the measuring loop writes what the other takes at once (`outlet.py`): it never
waits for its parent. The process ends when its stdin ends, however the parent died.
"""

import asyncio
import gc
import logging
import os
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING, assert_never

from wsmonitor.engine.admission import Admission
from wsmonitor.engine.clocks import asyncio_log
from wsmonitor.engine.clocks.tasks import Tasks
from wsmonitor.engine.monitor import Monitor
from wsmonitor.engine.shared import Shared
from wsmonitor.experiments.churn import churn
from wsmonitor.facts.errors import ChannelError, WsmonitorError
from wsmonitor.facts.events import AnyEvent
from wsmonitor.probe import channel
from wsmonitor.probe.outlet import Outlet
from wsmonitor.program import allow_all_descriptors, collect_no_more, collect_rarely
from wsmonitor.settings.endpoint_settings import EndpointConfig

if TYPE_CHECKING:
    from wsmonitor.experiments.laboratory import Laboratory
    from wsmonitor.tap.tap import Tap

log = logging.getLogger(__name__)

FLUSH_S = 0.02
FLUSH_EVENTS = 64
BUSY_FLUSH_NS = 2_000_000
"""Where more come, they are passed on so often: pieces of 50 us hold up nobody, one of a millisecond does."""
READ_BYTES = 65536
PROTOCOL_ERROR = 3
ORPHAN_CLOSE_S = 0.5
"""So long may closing handshakes take where nobody asked us to end: whoever started us is gone."""


def main() -> int:
    """Serve the channel on stdin and stdout until stdin ends; the process's exit code."""
    commands_fd = os.dup(0)
    events_fd = os.dup(1)
    os.dup2(2, 1)  # whatever prints must not end up between frames
    asyncio_log.hush()
    allow_all_descriptors()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the parent, which ends us
    return asyncio.run(_serve(commands_fd, events_fd))


async def _serve(commands_fd: int, events_fd: int) -> int:
    server = _Server(events_fd)
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, server.end, 0)
    reader = threading.Thread(target=_read, args=(commands_fd, loop, server), name="commands", daemon=True)
    reader.start()
    gc.collect()
    collect_rarely()
    exit_code = await server.ended
    await server.close()
    return exit_code


def _read(commands_fd: int, loop: asyncio.AbstractEventLoop, server: "_Server") -> None:
    """Hand commands to the loop until the pipe ends; runs in a thread of its own."""
    buffer = channel.FrameBuffer()
    exit_code = 0
    try:
        while data := os.read(commands_fd, READ_BYTES):
            for body in buffer.feed(data):
                loop.call_soon_threadsafe(server.receive, channel.decode_to_probe(body))
    except ChannelError as error:
        print(f"wsmonitor probe: {error}", file=sys.stderr)  # noqa: T201  # the only way left to say it
        exit_code = PROTOCOL_ERROR
    except OSError:
        pass  # the pipe is gone: so is the parent
    except RuntimeError:
        return  # the loop has ended already, and with it whoever listens to commands
    try:
        loop.call_soon_threadsafe(server.end, exit_code)
    except RuntimeError:
        return  # the loop has ended already


class _Server:
    """Carries out commands, and passes events on in batches through a bounded backlog."""

    def __init__(self, events_fd: int) -> None:
        self._loop = asyncio.get_running_loop()
        self.ended: asyncio.Future[int] = self._loop.create_future()
        self._greeted = False
        self._fresh: list[channel.Frame | AnyEvent] = []
        self._flush_timer: asyncio.TimerHandle | None = None
        self._sent_ns = 0
        self._outlet = Outlet(events_fd)
        self._outlet.send(
            channel.Hello(version=channel.VERSION, pid=os.getpid(), at_ns=time.monotonic_ns(), wall_ns=time.time_ns())
        )
        self._intake = Admission()
        self._laboratory: Laboratory | None = None
        self._monitor = Monitor(self._stated, make_tap=_tap, admission=self._intake)
        self._openings = Tasks()
        self._close_s = ORPHAN_CLOSE_S

    def receive(self, frame: channel.ToProbe) -> None:
        """Carry out a command and say so, or why not."""
        if not self._greeted:
            self._greet(frame)
            return
        if isinstance(frame, channel.Hello):
            return
        error = ""
        try:
            self._carry_out(frame)
        except WsmonitorError as problem:
            error = str(problem)
        except Exception as bug:  # whoever asked is to hear of it all the same
            log.exception("command %s failed", type(frame).__name__)
            error = f"{type(bug).__name__}: {bug}"
        if error or not isinstance(frame, channel.TryOpening):  # which is answered once it is over
            self._answer(channel.Done(command_id=frame.command_id, error=error))

    def end(self, exit_code: int) -> None:
        """Close everything and end the process."""
        if not self.ended.done():
            self.ended.set_result(exit_code)

    async def close(self) -> None:
        """Close every connection, and write what is left as far as the parent still takes it."""
        collect_no_more()
        if self._laboratory is not None:
            await self._laboratory.close()
        await self._openings.close()
        await self._monitor.close(self._close_s)
        self._flush()
        self._outlet.close(patience_s=0.5)

    def _greet(self, frame: channel.ToProbe) -> None:
        try:
            if not isinstance(frame, channel.Hello):
                raise ChannelError(f"expected a greeting first, found {type(frame).__name__}")
            channel.check_version(frame)
        except ChannelError as error:
            print(f"wsmonitor probe: {error}", file=sys.stderr)  # noqa: T201  # there is no channel to say it on
            self.end(PROTOCOL_ERROR)
        self._greeted = True

    def _carry_out(self, command: channel.AnyCommand) -> None:
        match command:
            case channel.AddEndpoint():
                self._monitor.add(command.config, connections_before=command.connections_before)
            case channel.RemoveEndpoint():
                self._monitor.remove(command.endpoint)
            case channel.ConnectEndpoint():
                self._monitor.connect(command.endpoint)
            case channel.StopEndpoint():
                self._monitor.stop(command.endpoint)
            case channel.Disrupt():
                self._monitor.disrupt(command.endpoint, command.kind, command.argument, command.slot)
            case channel.Send():
                self._monitor.send(command.endpoint, command.payload, text=command.text, fill=command.fill)
            case channel.StartExperiment():
                self._laboratory = self._laboratory or self._make_laboratory()
                self._laboratory.start(command.config, command.name, command.options)
            case channel.StopExperiment():
                if self._laboratory is not None:
                    self._laboratory.stop(command.endpoint)
            case channel.SetSubscription():
                if self._laboratory is not None:
                    self._laboratory.set_subscription(command.endpoint, command.messages)
            case channel.TryOpening():
                self._openings.start(self._try_opening(command), name=f"opening {command.config.name}")
            case channel.Quit():
                self._close_s = command.within_s
                self.end(0)
            case _:
                assert_never(command)

    async def _try_opening(self, command: channel.TryOpening) -> None:
        config, rounds, parallel = command.config, command.rounds, command.parallel
        found = await churn(config, rounds=rounds, parallel=parallel, hold_s=command.hold_s, make_monitor=Monitor)
        self._answer(channel.Tried(command_id=command.command_id, rounds=found))

    def _answer(self, answer: channel.Done) -> None:
        self._flush()  # what the command brought about comes before its answer
        self._outlet.send(answer)

    def _stated(self, event: AnyEvent) -> None:
        self._publish(event)
        if self._laboratory is not None:
            self._laboratory.hear(event)

    def _make_laboratory(self) -> "Laboratory":
        from wsmonitor.experiments.laboratory import Laboratory  # a third of all there is to import; rarely wanted

        return Laboratory(self._publish, disrupt=self._monitor.disrupt)

    def _publish(self, event: AnyEvent) -> None:
        self._fresh.append(event)
        if len(self._fresh) >= FLUSH_EVENTS and (now_ns := time.monotonic_ns()) - self._sent_ns >= BUSY_FLUSH_NS:
            self._send(now_ns)
        if self._flush_timer is None:
            self._flush_timer = self._loop.call_later(FLUSH_S, self._flush)

    def _flush(self) -> None:
        if self._flush_timer is not None:
            self._flush_timer.cancel()
            self._flush_timer = None
        self._send(time.monotonic_ns())
        self._outlet.refill(self._intake)

    def _send(self, now_ns: int) -> None:
        fresh, self._fresh, self._sent_ns = self._fresh, [], now_ns
        self._outlet.send(*fresh)


def _tap(config: EndpointConfig, shared: Shared, connections_before: int) -> "Tap":
    from wsmonitor.tap.tap import Tap  # as experiments

    return Tap(config, shared, connections_before)

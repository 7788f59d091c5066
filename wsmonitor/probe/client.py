"""The using side of the channel: starts the probe, keeps it running, and hands over what it says.

One thread reads (and starts a dead probe again), one writes; the using side calls `take` as often as
it likes and is never blocked. If it takes too little, reading stops, the pipe fills, and the probe
drops its oldest samples and says so.
"""

import itertools
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future

from msgspec import structs

from wsmonitor.facts.errors import ChannelError, WsmonitorError
from wsmonitor.facts.events import AnyEvent, ClockAnchor, ProbeLost, ProbeStarted
from wsmonitor.probe import channel
from wsmonitor.probe.child import Child
from wsmonitor.probe.endpoints import Endpoints
from wsmonitor.probe.launch import Launch, start_process

WAITING_LIMIT = 20_000
"""Events that may wait to be taken before we stop reading."""

FIRST_RESTART_S = 0.2
LONGEST_RESTART_S = 5.0
MUCH_BYTES = 16 * 1024
"""A quarter of what a pipe holds: where so much was there, the next is read at once."""
STEADY_S = 10.0
"""A probe that ran so long is started again without much delay."""

_KEPT = (channel.AddEndpoint, channel.RemoveEndpoint, channel.ConnectEndpoint, channel.StopEndpoint)
"""What is remembered for a probe that is not there."""


class ProbeClient:
    """The probe as the window and the commands see it: facts to take, commands to give.

    A probe that ends by itself is started again with the same endpoints; `ProbeLost` and
    `ProbeStarted` say when, and connections go on counting. `launch` starts each of them.
    """

    def __init__(self, launch: Launch = start_process) -> None:
        self._launch = launch
        self.rest_s = 0.0
        """So long reading rests where it found little: for who takes rarely."""
        self._arrived: Callable[[], object] | None = None
        self._is_awaited = True
        """Who took last found nothing, and has not been called since."""
        self._changed = threading.Condition()
        self._waiting: deque[AnyEvent] = deque()
        self._answers: deque[channel.Done] = deque()
        self._promises: dict[int, Future[channel.Done]] = {}
        self._kept: set[int] = set()
        """Commands of `_KEPT` that wait for their answer: another probe carries them out as well."""
        self._numbers = itertools.count(1)
        self._endpoints = Endpoints()
        self._child: Child | None = None
        self._given: Child | None = None
        self._greeted = False
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def pid(self) -> int | None:
        """The process id of the probe, or of the last one."""
        return self._child.pid if self._child is not None else None

    def start(self, process: "subprocess.Popen[bytes] | None" = None) -> None:
        """Use `process`, which was just started, or start one; return at once."""
        if process is not None:
            self._given = self._child = Child(process)
        self._thread = threading.Thread(target=self._run, name="probe events", daemon=True)
        self._thread.start()

    def take(self) -> list[AnyEvent]:
        """Everything that came since the last call; settles the promises of answered commands."""
        with self._changed:
            events = list(self._waiting)
            self._is_awaited = not events
            self._waiting.clear()
            answers = list(self._answers)
            self._answers.clear()
            self._changed.notify_all()
        for answer in answers:
            self._settle(answer)
        return events

    def wait(self, timeout_s: float) -> bool:
        """Wait until there is something to take; False if there was nothing in time."""
        with self._changed:
            return self._changed.wait_for(lambda: bool(self._waiting or self._answers), timeout_s)

    def call_on_arrival(self, arrived: Callable[[], object] | None) -> None:
        """Call this, from any thread, when something comes after a `take` that found nothing; or no more."""
        with self._changed:
            self._arrived = arrived

    def command(self, command: channel.Command) -> "Future[channel.Done]":
        """Give a command. The promise of its answer is settled inside `take`; it fails with `WsmonitorError`."""
        numbered = structs.replace(command, command_id=next(self._numbers))
        promise: Future[channel.Done] = Future()
        try:
            data = channel.encode(numbered)
        except ChannelError as problem:
            data, error = b"", str(problem)
        with self._changed:
            self._promises[numbered.command_id] = promise
            if data:
                if isinstance(numbered, _KEPT):
                    self._kept.add(numbered.command_id)
                    self._endpoints.note(numbered)
                if self._child is not None and self._greeted:
                    self._child.write(data)
                    return promise
                # The endpoints as they are now are sent when a probe greets us.
                error = "measurement is not running just now"
            self._answer(numbered.command_id, error)
            self._has_come()
        return promise

    def quit(self, within_s: float = 1.0) -> None:
        """Let the probe close its connections within that time, and end; what it says until then can be taken."""
        with self._changed:  # from now on no other probe is started
            self._closing.set()
            if self._child is not None:
                self._child.send(channel.Quit(within_s=within_s))
            self._changed.notify_all()

    @property
    def is_running(self) -> bool:
        """True until the probe has ended after `quit`, and all that it said can be taken."""
        return self._thread is not None and self._thread.is_alive()

    def close(self, timeout_s: float = 2.0) -> None:
        """Let the probe close its connections, and end it within `timeout_s`."""
        self.quit()
        if self._thread is None:
            return
        self._thread.join(timeout_s * 0.75)
        if self._thread.is_alive() and self._child is not None:
            self._child.kill()
            self._thread.join(timeout_s * 0.25)

    # The reading thread

    def _run(self) -> None:
        delay_s = FIRST_RESTART_S
        said = ""
        while not self._closing.is_set():
            began_s = time.monotonic()
            reason, greeted = self._run_once()
            if self._closing.is_set():
                return
            if time.monotonic() - began_s > STEADY_S:
                delay_s = FIRST_RESTART_S
            if greeted or reason != said:  # not the same again with every try
                self._put([ProbeLost(at_ns=time.monotonic_ns(), reason=reason)])
            said = reason
            if self._closing.wait(delay_s):
                return
            delay_s = min(delay_s * 2, LONGEST_RESTART_S)

    def _run_once(self) -> tuple[str, bool]:
        """Start a probe, unless one was given, and pass on what it says; why it ended, and whether it ever greeted."""
        try:
            with self._changed:
                if self._closing.is_set():
                    return "", False
                child, self._given = self._given or Child(self._launch()), None
                self._child = child
        except (OSError, RuntimeError, MemoryError) as error:  # no process, or no thread for it
            return f"it cannot be started: {error}", False
        return self._read(child)

    def _read(self, child: Child) -> tuple[str, bool]:
        broken = ""
        try:
            for frame in child.frames(self._rest):
                self._receive(child, frame)
        except ChannelError as error:
            broken = str(error)
            child.kill()
        with self._changed:
            greeted, self._greeted = self._greeted, False
            for command_id in list(self._promises):
                self._answer(command_id, "measurement stopped")
            self._has_come()
        ended = child.end(timeout_s=0.5)
        return broken or ended, greeted

    def _answer(self, command_id: int, error: str) -> None:
        """Answer in the place of a probe that is not there: what the next one is told anyway is no failure."""
        self._answers.append(channel.Done(command_id=command_id, error="" if command_id in self._kept else error))

    def _rest(self, read_bytes: int) -> None:
        if self.rest_s and read_bytes < MUCH_BYTES:
            self._closing.wait(self.rest_s)

    def _receive(self, child: Child, frame: channel.FromProbe) -> None:
        match frame:
            case channel.Hello():
                with self._changed:
                    for command in self._endpoints.replay(time.monotonic_ns()):
                        child.send(command)
                    self._greeted = True
                self._put(
                    [
                        ProbeStarted(at_ns=frame.at_ns, pid=frame.pid),
                        ClockAnchor(at_ns=frame.at_ns, wall_ns=frame.wall_ns),
                    ]
                )
            case channel.Batch():
                self._put(frame.events)
            case channel.Done():  # `Tried` too
                with self._changed:
                    self._answers.append(frame)
                    self._has_come()

    def _put(self, events: list[AnyEvent]) -> None:
        with self._changed:
            self._changed.wait_for(lambda: len(self._waiting) < WAITING_LIMIT or self._closing.is_set())
            self._waiting.extend(events)
            self._endpoints.count(events)
            self._has_come()

    def _has_come(self) -> None:
        """Tell who waits, once: until something is taken again they know."""
        self._changed.notify_all()
        if self._arrived is not None and self._is_awaited:
            self._is_awaited = False
            self._arrived()

    def _settle(self, answer: channel.Done) -> None:
        promise = self._promises.pop(answer.command_id, None)
        self._kept.discard(answer.command_id)
        if promise is None or not promise.set_running_or_notify_cancel():
            return
        if answer.error:
            promise.set_exception(WsmonitorError(answer.error))
        else:
            promise.set_result(answer)

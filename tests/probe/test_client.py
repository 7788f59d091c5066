"""The probe as its user sees it: facts, commands, and a measuring process that may die at any time."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest
from msgspec import structs

from tests.engine.peer import CLOSE, PING, PONG, TEXT, Wire, close, frame, peer, text
from tests.probe.builders import lag
from tests.probe.processes import Using, endpoint, is_running
from tests.waiting import until_async
from wsmonitor.facts.errors import WsmonitorError
from wsmonitor.facts.events import ClockAnchor, ConnectionClosed, Message, ProbeLost, ProbeStarted, State, StateChanged
from wsmonitor.facts.tap_events import TapListening
from wsmonitor.probe import channel, child, client
from wsmonitor.probe.child import Child
from wsmonitor.probe.launch import start_process
from wsmonitor.settings.endpoint_settings import TapConfig

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the signals are those of POSIX")


async def answers(wire_: Wire) -> None:
    """Answer pings and texts; close when asked to."""
    await wire_.upgrade()
    while (received := await wire_.read()).opcode != CLOSE:
        if received.opcode == PING:
            wire_.write(frame(PONG, received.payload))
        elif received.opcode == TEXT:
            wire_.write(text(received.payload.decode()))
    wire_.write(close(1000))
    wire_.end()


def opened(change: StateChanged) -> bool:
    return change.new is State.OPEN


async def test_it_starts_connects_sends_and_ends_in_good_order(using: Using) -> None:
    async with peer(answers) as listening:
        await using.done(channel.AddEndpoint(config=endpoint(listening.url)))
        await using.done(channel.ConnectEndpoint(endpoint="peer"))
        await using.fact(StateChanged, opened)
        await using.done(channel.Send(endpoint="peer", payload=b"hello"))
        echo = await using.fact(Message, lambda message: message.direction == "rx")
        await using.done(channel.Disrupt(endpoint="peer", kind="graceful_close", argument="4000"))
        closure = await using.fact(ConnectionClosed)
        pid = using.client.pid
        using.client.close()

    started = using.all(ProbeStarted)[0]
    assert (started.pid, echo.payload) == (pid, b"hello")
    assert using.all(ClockAnchor)
    assert (closure.verdict.forced, closure.verdict.sent_code) == ("graceful_close", 4000)
    assert pid is not None
    assert not is_running(pid)


async def test_closing_takes_less_than_two_seconds_though_no_close_is_answered(using: Using) -> None:
    async def ignores(wire_: Wire) -> None:
        await wire_.upgrade()
        await wire_.gone()

    async with peer(ignores) as listening:
        await using.done(channel.AddEndpoint(config=endpoint(listening.url)))
        await using.done(channel.ConnectEndpoint(endpoint="peer"))
        await using.fact(StateChanged, opened)
        began_s = time.monotonic()
        using.client.close()

    assert time.monotonic() - began_s < 2
    assert using.client.pid is not None
    assert not is_running(using.client.pid)


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (channel.ConnectEndpoint(endpoint="nobody"), "no endpoint is called 'nobody'"),
        (channel.Disrupt(endpoint="peer", kind="explode"), "no disconnect is called 'explode'"),
        (channel.Disrupt(endpoint="peer", kind="stall", argument="soon"), "expected seconds"),
        (channel.Send(endpoint="peer", payload=bytes(5_000_000)), "larger than the buffer"),
    ],
)
async def test_a_command_that_cannot_be_carried_out_says_why(
    using: Using, command: channel.Command, words: str
) -> None:
    await using.fact(ProbeStarted)
    await using.done(channel.AddEndpoint(config=endpoint("ws://127.0.0.1:1/")))

    with pytest.raises(WsmonitorError, match=words):
        await using.done(command)


async def test_commands_given_before_the_probe_greets_are_carried_out(using: Using) -> None:
    async with peer(answers) as listening:
        using.client.command(channel.AddEndpoint(config=endpoint(listening.url)))
        using.client.command(channel.ConnectEndpoint(endpoint="peer"))

        await using.fact(StateChanged, opened)


async def test_a_killed_probe_is_started_again_with_its_endpoints_and_connections_go_on_counting(using: Using) -> None:
    async with peer(answers) as listening:
        await using.done(channel.AddEndpoint(config=endpoint(listening.url)))
        await using.done(channel.ConnectEndpoint(endpoint="peer"))
        before = await using.fact(StateChanged, opened)
        pid = using.client.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        lost = await using.fact(ProbeLost)
        started = await using.fact(ProbeStarted, count=2)
        after = await using.fact(StateChanged, opened, count=2)

        assert len(listening.wires) == 2

    assert lost.reason == "killed by signal 9"
    assert started.pid == using.client.pid != pid
    assert (before.connection, after.connection) == (1, 2)


async def test_a_tap_listens_again_at_the_port_that_its_clients_know(using: Using) -> None:
    config = structs.replace(endpoint("ws://127.0.0.1:1/"), tap=TapConfig())
    await using.done(channel.AddEndpoint(config=config))
    await using.done(channel.ConnectEndpoint(endpoint="peer"))
    before = await using.fact(TapListening)
    assert using.client.pid is not None
    os.kill(using.client.pid, signal.SIGKILL)

    assert (await using.fact(TapListening, count=2)).addresses == before.addresses


async def test_what_a_killed_probe_left_unanswered_is_no_failure_where_the_next_one_does_it(using: Using) -> None:
    started = await using.fact(ProbeStarted)
    config = structs.replace(endpoint("ws://127.0.0.1:1/"), tap=TapConfig())
    os.kill(started.pid, signal.SIGSTOP)
    promises = [
        using.client.command(channel.AddEndpoint(config=config)),
        using.client.command(channel.ConnectEndpoint(endpoint="peer")),
        using.client.command(channel.Send(endpoint="peer", payload=b"x")),
    ]
    os.kill(started.pid, signal.SIGKILL)
    await using.fact(TapListening)

    *kept, lost = [promise.exception() for promise in promises]
    assert kept == [None, None]
    assert str(lost) == "measurement stopped"


async def test_a_stopped_endpoint_stays_stopped_over_a_restart(using: Using) -> None:
    async with peer(answers) as listening:
        await using.done(channel.AddEndpoint(config=endpoint(listening.url)))
        await using.done(channel.ConnectEndpoint(endpoint="peer"))
        await using.fact(StateChanged, opened)
        await using.done(channel.StopEndpoint(endpoint="peer"))
        assert using.client.pid is not None
        os.kill(using.client.pid, signal.SIGKILL)
        await using.fact(ProbeStarted, count=2)
        await using.done(channel.Disrupt(endpoint="peer", kind="mute_pongs"))

        assert len(listening.wires) == 1


async def test_while_no_probe_runs_a_message_is_refused_and_settings_are_kept(using: Using) -> None:
    await using.fact(ProbeStarted)
    assert using.client.pid is not None
    os.kill(using.client.pid, signal.SIGKILL)
    await using.fact(ProbeLost)

    with pytest.raises(WsmonitorError, match="not running"):
        await using.done(channel.Send(endpoint="peer", payload=b"x"))
    await using.done(channel.AddEndpoint(config=endpoint("ws://127.0.0.1:1/")))
    await using.fact(ProbeStarted, count=2)
    await using.done(channel.ConnectEndpoint(endpoint="peer"))


@pytest.mark.parametrize(
    ("bytes_said", "words"),
    [
        (channel.encode(channel.Hello(version=99, pid=1, at_ns=0, wall_ns=0)), "found 99"),
        (channel.encode(channel.Done(command_id=1)), "greeting"),
        (b"Traceback (most recent call last):\n", "at most"),
        (b"\x00\x00\x00\x01\xc1", "expected a frame"),
    ],
)
async def test_a_probe_that_speaks_otherwise_is_ended_and_named(
    bytes_said: bytes, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "python"
    script.write_text(f"#!{sys.executable}\nimport os, time\nos.write(1, {bytes_said!r})\ntime.sleep(60)\n")
    script.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(script))
    using = Using()

    using.client.start()
    lost = await using.fact(ProbeLost)
    using.client.close()

    assert words in lost.reason
    assert using.all(ProbeStarted) == []


async def test_a_client_that_is_closed_while_the_probe_restarts_leaves_no_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    children: list[int] = []
    make = Child.__init__

    def counted(child: Child, process: "subprocess.Popen[bytes]") -> None:
        make(child, process)
        children.append(child.pid)

    monkeypatch.setattr(Child, "__init__", counted)
    using = Using()
    using.client.start()
    await using.fact(ProbeStarted)
    os.kill(children[0], signal.SIGKILL)
    await until_async("the end of the probe", lambda: not is_running(children[0]))

    using.client.close()

    assert not any(map(is_running, children))


async def test_a_message_longer_than_the_channel_takes_is_refused_and_every_connection_lives_on(using: Using) -> None:
    async with peer(answers) as listening:
        await using.done(channel.AddEndpoint(config=endpoint(listening.url)))
        await using.done(channel.ConnectEndpoint(endpoint="peer"))
        await using.fact(StateChanged, opened)

        with pytest.raises(WsmonitorError, match=r"Send takes 17,000,0\d\d bytes, and at most 16,777,216"):
            await using.done(channel.Send(endpoint="peer", payload=bytes(17_000_000)))
        await using.done(channel.Send(endpoint="peer", payload=b"short"))
        await using.fact(Message, lambda message: message.payload == b"short")

    assert using.all(ProbeLost) == []
    assert using.all(ConnectionClosed) == []


async def test_settings_longer_than_the_channel_takes_are_refused_and_not_tried_again(using: Using) -> None:
    await using.fact(ProbeStarted)
    huge = structs.replace(endpoint("ws://127.0.0.1:1/"), preamble=("*" * 17_000_000,))

    with pytest.raises(WsmonitorError, match="AddEndpoint takes"):
        await using.done(channel.AddEndpoint(config=huge))
    assert using.client.pid is not None
    os.kill(using.client.pid, signal.SIGKILL)
    await using.fact(ProbeStarted, count=2)
    with pytest.raises(WsmonitorError, match="no endpoint is called 'peer'"):
        await using.done(channel.ConnectEndpoint(endpoint="peer"))


async def test_a_probe_that_cannot_be_started_is_tried_again_and_the_reason_is_said_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tries: list[float] = []
    errors = iter([OSError(12, "Cannot allocate memory"), OSError(12, "Cannot allocate memory"), MemoryError()])

    def start() -> "subprocess.Popen[bytes]":
        tries.append(time.monotonic())
        for error in errors:
            raise error
        return start_process()

    monkeypatch.setattr(client, "FIRST_RESTART_S", 0.02)
    using = Using(start)
    using.client.start()
    await using.fact(ProbeStarted)
    using.client.close()

    assert [lost.reason for lost in using.all(ProbeLost)] == [
        "it cannot be started: [Errno 12] Cannot allocate memory",
        "it cannot be started: ",
    ]
    pauses = [later - earlier for earlier, later in pairwise(tries)]
    assert len(pauses) == 3
    assert all(pause >= least for pause, least in zip(pauses, (0.02, 0.04, 0.08), strict=True))


async def test_a_client_whose_probe_never_starts_can_be_closed() -> None:
    def start() -> "subprocess.Popen[bytes]":
        raise OSError(2, "No such file or directory")

    using = Using(start)
    using.client.start()
    lost = await using.fact(ProbeLost)
    began_s = time.monotonic()
    using.client.close()

    assert "No such file" in lost.reason
    assert time.monotonic() - began_s < 1


def pipes() -> int:
    """How many pipes this process has open."""
    count = 0
    for fd in os.listdir("/proc/self/fd"):
        with contextlib.suppress(OSError):  # the listing itself had one
            count += os.readlink(f"/proc/self/fd/{fd}").startswith("pipe:")
    return count


@pytest.mark.skipif(sys.platform != "linux", reason="counts pipes in /proc")
async def test_a_probe_that_hangs_before_its_greeting_is_ended_after_a_limit_and_leaves_no_pipe(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def start() -> "subprocess.Popen[bytes]":
        hangs = [sys.executable, "-c", "import time; time.sleep(600)"]
        return subprocess.Popen(hangs, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)

    monkeypatch.setattr(child, "GREETING_TIMEOUT_S", 0.05)
    before = pipes()
    using = Using(start)
    using.client.start()
    lost = await using.fact(ProbeLost)
    pid = using.client.pid
    using.client.close()

    assert lost.reason == "expected a greeting, found nothing for 0.05 s"
    assert pid is not None
    assert not is_running(pid)
    assert pipes() == before


@pytest.mark.skipif(sys.platform != "linux", reason="counts pipes in /proc")
def test_a_probe_that_reads_nothing_is_ended_without_leaving_a_pipe() -> None:
    before = pipes()
    hangs = [sys.executable, "-c", "import time; time.sleep(600)"]
    made = Child(subprocess.Popen(hangs, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0))
    made.send(channel.Send(endpoint="peer", payload=bytes(1_000_000)))  # more than a pipe holds: the write hangs

    ended = made.end(timeout_s=0.1)

    assert ended == "killed by signal 9"
    assert pipes() == before


def test_who_found_nothing_is_told_once_that_something_came_however_soon() -> None:
    told: list[str] = []
    made = client.ProbeClient()
    made.call_on_arrival(lambda: told.append("came"))
    assert made.take() == []

    made._put([lag()])
    made._put([lag()])
    assert told == ["came"]
    assert len(made.take()) == 2
    made._put([lag()])
    assert told == ["came"], "who found something looks again"

    made.take()
    assert made.take() == []
    made._put([lag()])
    assert told == ["came"] * 2
    made.take()
    made.take()
    made.call_on_arrival(None)
    made._put([lag()])
    assert told == ["came"] * 2


async def test_a_client_whose_reading_rests_is_closed_at_once(using: Using) -> None:
    using.client.rest_s = 60.0
    await using.fact(ProbeStarted)
    began_s = time.monotonic()

    using.client.close()

    assert not using.client.is_running
    assert time.monotonic() - began_s < 1.5

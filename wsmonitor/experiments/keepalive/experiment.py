"""The keepalive experiment: every stimulus on a connection of its own, all at once; and its entry of the registry."""

import asyncio
import sys
from collections.abc import Awaitable

from wsmonitor.engine.disruptions.levers import drop_incoming
from wsmonitor.experiments.bench import Bench, OpeningError, Seen
from wsmonitor.experiments.checks.closing import tcp_after_close
from wsmonitor.experiments.experiment import Experiment
from wsmonitor.experiments.keepalive.facts import (
    HalfClosed,
    KeepaliveFacts,
    Outcome,
    SilentPath,
    Stimulus,
    StoppedReading,
    Watched,
)
from wsmonitor.experiments.keepalive.judge import judge
from wsmonitor.experiments.line import frames
from wsmonitor.experiments.line.line import Line, Pongs
from wsmonitor.experiments.options import ExperimentOptions
from wsmonitor.experiments.politeness import RefusedError
from wsmonitor.facts.answers import Bound

BESIDE = 7
DEFAULTS = {"websockets": "20 s and 20 s (its documentation)", "uvicorn": "20 s and 20 s (its documentation)"}


LISTEN_S = 180.0
PINGS_WANTED = 3
SILENCES_S = (10.0, 20.0, 30.0, 45.0, 60.0, 90.0, 120.0, 180.0, 300.0)
AFTER_SILENCE_S = 10.0
WITHOUT_CLOSE = 1006
"""What a client calls an end without a Close frame (RFC 6455, 7.1.5)."""
HALF_CLOSE_S = 10.0
UNREAD_S = 60.0
UNREAD_BYTES = 64 * 1024 * 1024
BEAT_S = 5.0
BEYOND = 1.3
"""Connections that are answered in another way are watched so much longer than the one that is not."""
REPLACED_S = 0.5
FEWEST = 2
"""One that answers pings and one that does not."""
ONE_BY_ONE_SHARE = 0.6
"""So much of the time may the mute connection take where there can only be one at a time."""
OTHERS = 3
"""Half close, Close, and one that stops reading."""
_PONGS: dict[Stimulus, Pongs] = {"listen": "same", "mute": "never", "wrong": "wrong", "unsolicited": "never"}
_S = 1_000_000_000


async def run(bench: Bench, facts: KeepaliveFacts) -> None:
    """Fill the facts; what nobody noticed is watched up to the bound."""
    deadline_ns = bench.now_ns() + round(bench.options.max_s * _S)
    facts.has_black_hole = sys.platform == "linux"
    silences = [one for one in SILENCES_S if one + AFTER_SILENCE_S <= bench.options.max_s and facts.has_black_hole]
    if bench.seen.is_single or await _keeps_few(bench, len(_PONGS) + len(silences) + OTHERS):
        await _one_by_one(bench, facts, deadline_ns)
        return
    works: list[Awaitable[None]] = [_watch(bench, facts, stimulus, deadline_ns) for stimulus in _PONGS]
    works += [_silence(bench, facts, seconds) for seconds in silences]
    works += [_half_close(bench, facts), _keep_tcp(bench, facts), _stop_reading(bench, facts, deadline_ns)]
    async with asyncio.TaskGroup() as group:
        for work in works:
            group.create_task(_tolerant(work), name="keepalive stimulus")


async def _keeps_few(bench: Bench, count: int) -> bool:
    """Whether the server has room for one only, or ends older connections for newer ones."""
    lines: list[Line] = []
    try:
        while len(lines) < count and all(line.is_up for line in lines):
            lines.append(await bench.open(group="together", retries=False))
        await lines[-1].until(lambda: any(not line.is_up for line in lines), REPLACED_S)
        return any(not line.is_up for line in lines) and bench.seen.lives_a_second
    except (OpeningError, RefusedError):
        return len(lines) < FEWEST  # what it has room for is watched
    finally:
        bench.politeness.forgive()
        await asyncio.gather(*(line.close() for line in lines))


async def _one_by_one(bench: Bench, facts: KeepaliveFacts, deadline_ns: int) -> None:
    """The mute connection first, then one that answers for longer than that one lived."""
    bench.say("one connection at a time: the server does not keep several")
    now_ns = bench.now_ns()
    await _watch(bench, facts, "mute", now_ns + round((deadline_ns - now_ns) * ONE_BY_ONE_SHARE))
    await _watch(bench, facts, "listen", deadline_ns)


async def _tolerant(work: Awaitable[None]) -> None:
    """A connection that does not open leaves its stimulus untested."""
    try:
        await work
    except (OpeningError, RefusedError):
        return


async def _watch(bench: Bench, facts: KeepaliveFacts, stimulus: Stimulus, deadline_ns: int) -> None:
    line = await bench.open(group=stimulus, pongs=_PONGS[stimulus])
    assert line.response is not None
    watched = Watched(stimulus, line.response.at_ns)
    facts.watched[stimulus] = watched
    while line.is_up and bench.now_ns() < deadline_ns and not _is_told(facts, watched):
        await line.until(lambda: not line.is_up, min(BEAT_S, (deadline_ns - bench.now_ns()) / _S))
        if line.is_up and stimulus == "unsolicited":
            line.send(frames.PONG, b"unsolicited")
            bench.ledger.note("unsolicited pong")
        _note(line, watched, bench.now_ns())
    _note(line, watched, bench.now_ns())
    await line.close()


def _note(line: Line, watched: Watched, now_ns: int) -> None:
    pings = line.pings_received()
    watched.pings_ns = tuple(one.at_ns - watched.opened_ns for one in pings)
    watched.age_ns = (line.end.at_ns if line.end else now_ns) - watched.opened_ns
    if line.end is not None:
        watched.how, watched.code = str(line.end), line.end.code or WITHOUT_CLOSE


def _is_told(facts: KeepaliveFacts, watched: Watched) -> bool:
    """Whether longer watching would say nothing more."""
    mute = facts.watched.get("mute")
    if mute is None or (not mute.how and not mute.pings_ns):
        return watched.age_ns > LISTEN_S * _S  # nobody pings: there is nothing to leave unanswered
    if watched.stimulus == "mute" or not mute.how:
        return False
    heard = watched.stimulus != "listen" or len(watched.pings_ns) >= PINGS_WANTED or watched.age_ns > LISTEN_S * _S
    return heard and watched.age_ns > mute.age_ns * BEYOND


async def _silence(bench: Bench, facts: KeepaliveFacts, seconds: float) -> None:
    """Drop what arrives in our own kernel, so that the server gets no acknowledgement, then ping."""
    line = await bench.open(group="silent path", planned_s=seconds)
    sock = line.socket
    if sock is None:
        return
    drop_incoming(sock, dropping=True)
    try:
        await bench.sleep(seconds)
    finally:
        drop_incoming(sock, dropping=False)
    answered_ns = await line.answered(line.ping(), AFTER_SILENCE_S)
    outcome: Outcome = "held" if answered_ns is not None else "forgotten" if line.end is not None else "nothing"
    facts.silent.append(SilentPath(seconds, outcome, str(line.end) if line.end else ""))
    await line.close()


async def _half_close(bench: Bench, facts: KeepaliveFacts) -> None:
    line = await bench.open(group="half close")
    line.half_close()
    sent_ns = bench.now_ns()
    await line.until(lambda: not line.is_up, HALF_CLOSE_S)
    after_ns = None if line.end is None else line.end.at_ns - sent_ns
    facts.half_closed = HalfClosed(str(line.end) if line.end else "", after_ns)
    line.drop()


async def _keep_tcp(bench: Bench, facts: KeepaliveFacts) -> None:
    facts.kept_tcp = await tcp_after_close(bench)


async def _stop_reading(bench: Bench, facts: KeepaliveFacts, deadline_ns: int) -> None:
    """Read nothing from a server that talks by itself, then see how much it kept."""
    line = await bench.open(group="stopped reading")
    await line.until(lambda: not line.is_up or line.received > 0, min(BEAT_S, (deadline_ns - bench.now_ns()) / _S))
    talks = line.is_up and bool(line.messages)
    seconds = min(UNREAD_S, (deadline_ns - bench.now_ns()) / _S - AFTER_SILENCE_S)
    if not talks or seconds < BEAT_S:
        await line.close()
        return
    before = line.received
    line.transport.pause_reading()
    await bench.sleep(seconds)
    if line.lost_ns is None:
        line.transport.resume_reading()
        await line.until(lambda: not line.is_up or line.received - before > UNREAD_BYTES, 1.0)
    how = str(line.end) if line.end is not None else ""
    facts.stopped = StoppedReading(seconds, line.received - before, how)
    await line.close()


def bound(options: ExperimentOptions, is_private: bool) -> Bound:
    """A connection for each stimulus and each silence, and the control connection."""
    connections = BESIDE + len(SILENCES_S) + 1
    return Bound(
        time_s=options.max_s + 2 * AFTER_SILENCE_S,
        openings=2 * connections + BESIDE,
        connections=connections,
        sent_bytes=connections * 1000 + round(options.max_s * 20),
    )


def predict(seen: Seen, options: ExperimentOptions) -> str:
    """The default of the server that names itself."""
    for name, default in DEFAULTS.items():
        if name in seen.server.lower():
            return f"pings and gives up after {default}: Server: {seen.server}"
    return "nothing is prescribed, and nothing known of this server"


EXPERIMENT = Experiment(
    name="keepalive",
    question="does the server notice a dead client: when, by what, and with which code?",
    bound=bound,
    predict=predict,
    facts=KeepaliveFacts,
    run=run,
    judge=judge,
    least_s=30.0,
    checks=(
        ("keepalive/listen", "does the server ping?"),
        ("keepalive/mute", "what if its pings are not answered?"),
        ("keepalive/wrong", "do pongs with another payload count? (RFC 6455, 5.5.3)"),
        ("keepalive/unsolicited", "do unsolicited pongs count? (RFC 6455, 5.5.3)"),
        ("keepalive/silent-path", "after which silence of the whole path is the connection forgotten?"),
        ("keepalive/stopped-reading", "what if the client stops reading?"),
        ("keepalive/half-close", "what comes after the client's FIN?"),
        ("keepalive/close-tcp", "does the server close TCP after Close? (RFC 6455, 5.5.1)"),
    ),
)

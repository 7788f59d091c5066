"""Keeps one connection as its group says, and notes what became of it."""

from collections.abc import Callable

from wsmonitor.engine.wire import tcp_info
from wsmonitor.experiments.bench import Bench
from wsmonitor.experiments.first_send.oracle import Asked
from wsmonitor.experiments.idle.lives import Ending, Life
from wsmonitor.experiments.line import frames
from wsmonitor.experiments.line.line import End, Line
from wsmonitor.experiments.politeness import TURNED_AWAY_NS
from wsmonitor.text.units import counted

LEAST_WAIT_S = 5.0
HUNG = 2
"""So many times as long is waited for a pong while nothing at all comes from the server: it may hang."""


async def keep(
    bench: Bench,
    line: Line,
    life: Life,
    asked: Asked,
    *,
    beat_ns: int,
    watched_ns: Callable[[], int],
    is_alone: bool = False,
) -> None:
    """Return once the connection ended, or answered the ping that ends its watch; `life` says what happened.

    `asked` is the message of those that send one; `watched_ns` the age up to which it is watched: it may change.
    Where it `is_alone`, no other tells whether the server hangs.
    """
    answer_s = max(LEAST_WAIT_S, 10 * bench.seen.round_trip_ns / 1e9)
    while line.is_up and (left_ns := life.opened_ns + watched_ns() - bench.now_ns()) > 0:
        wait_ns = left_ns if life.group == "S" else min(left_ns, beat_ns)
        await line.until(lambda: not line.is_up or life.opened_ns + watched_ns() <= bench.now_ns(), wait_ns / 1e9)
        if line.is_up and life.group != "S":
            _beat(bench, line, life, asked)
    _note(line, life)
    life.is_understood = life.spoke_ns is not None and any(map(asked.is_answered_by, line.messages))
    if line.end is not None:
        _end(bench, line, life, line.end)
        return
    pinged_ns = bench.now_ns()
    life.silent_ns = pinged_ns - life.opened_ns
    answered_ns = await _answered(bench, line, answer_s, times=1 if is_alone else 1 + HUNG)
    _note(line, life)
    if answered_ns is not None:
        life.age_ns = answered_ns - life.opened_ns
    elif line.end is None:
        life.age_ns, life.ending, life.how = pinged_ns - life.opened_ns, "forgotten", _unanswered(line)
    elif line.end.how in ("close", "fin"):  # it was on its way as we pinged
        _end(bench, line, life, line.end)
    else:
        life.age_ns, life.ending, life.how = pinged_ns - life.opened_ns, "reset", "its ping was answered by RST"
    life.is_done = True


async def _answered(bench: Bench, line: Line, answer_s: float, *, times: int) -> int | None:
    """When a ping was answered; one that is not, while others are, is forgotten rather than slow."""
    sent_ns, payload = bench.now_ns(), line.ping()
    for _ in range(times):
        answered_ns = await line.answered(payload, answer_s)
        if answered_ns is not None or not line.is_up or bench.others_heard(line, sent_ns):
            break
    return answered_ns


def _unanswered(line: Line) -> str:
    """What the kernel knows of a ping that was not answered."""
    known = None if line.socket is None else tcp_info.read(line.socket)
    if known is None or not known.unacked:
        return "its ping was never answered"
    return f"its ping was never acknowledged, sent {counted(known.retransmits, 'more time')}"


def _beat(bench: Bench, line: Line, life: Life, asked: Asked) -> None:
    match life.group:
        case "U":
            line.send(frames.PONG, b"unsolicited")
            bench.ledger.note("unsolicited pong")
        case "P":
            line.ping()
        case "D" | "F":
            if life.group == "D" or life.spoke_ns is None:
                line.send(frames.TEXT, asked.message)
                bench.ledger.note("message")
            life.spoke_ns = life.spoke_ns or line.last_tx_ns - life.opened_ns
        case "S":
            pass


def _end(bench: Bench, line: Line, life: Life, end: End) -> None:
    life.age_ns = end.at_ns - life.opened_ns
    life.how = str(end)
    life.code = end.code
    refused = bench.seen.lives_a_second and line.is_untouched and life.age_ns < TURNED_AWAY_NS
    ending: Ending = "refused" if refused else "announced"
    life.ending = ending
    life.is_done = True


def _note(line: Line, life: Life) -> None:
    """What the server sent by itself."""
    unasked = [one for one in line.frames if one.opcode not in (frames.PONG, frames.CLOSE)]
    life.server_pings_ns = tuple(one.at_ns for one in unasked if one.opcode == frames.PING)
    life.server_frames = len(unasked)
    life.last_server_frame_ns = unasked[-1].at_ns if unasked else 0

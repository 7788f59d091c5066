"""Draws a world from a seed, plays it, and says what must be found in it."""

import random
from collections import Counter, deque
from dataclasses import dataclass

from tests.corpus.history import History, Line, ns
from tests.corpus.labelled import CONSEQUENCES, Labelled
from tests.corpus.worlds.causes import Cause, End, Life
from tests.corpus.worlds.draw import Draw, draw
from tests.corpus.worlds.traffic import Frame, on_one_line
from wsmonitor.diagnosis.evidence import RECORDS
from wsmonitor.facts.events import RttSample
from wsmonitor.settings.endpoint_settings import to_ns

_SHARE = 0.55
"""A cause must have so much of the last endings before it is expected to be named."""
_ALIKE = 0.05
_RECENT_S = 50.0
"""An outage of long ago need not be told any more."""
_STATED = frozenset({"policy_refusal"})


@dataclass(frozen=True)
class _Ended:
    """One ending of the first endpoint."""

    cause: Cause
    life_s: float
    quiet_s: float
    """For so long one side or both had been silent."""


def world(seed: str) -> Labelled:
    """The history of a seed, with what did happen in it."""
    dice = random.Random(f"world {seed}")
    drawn = draw(dice)
    history = History(seed, ping=drawn.ping)
    lines = [history.line] + [history.endpoint(f"other {number}", ping=drawn.ping) for number in range(drawn.others)]
    ended: list[_Ended] = []
    for number, line in enumerate(lines):
        own = _play(line, drawn, random.Random(f"line {seed} {number}"))
        ended = ended or own
    for doze_s, wake_s in drawn.naps:
        history.jump(wake_s, wake_s - doze_s)
    return _labelled(f"{seed}: {', '.join(cause.name for cause in drawn.causes)}", history, drawn, ended, len(lines))


def _play(line: Line, drawn: Draw, dice: random.Random) -> list[_Ended]:
    ended = []
    line.now_s = dice.uniform(0, drawn.late_s)
    for _ in range(drawn.connections):
        _wake(line, drawn)
        if line.now_s > drawn.horizon_s:
            break
        if dice.random() < drawn.refusals:
            line.fail("http", "HTTP 503 Service Unavailable", status=503)
        line.open(line.now_s + dice.uniform(0.1, drawn.pause_s), round_trip_s=drawn.path_s)
        until_s = line.opened_s + drawn.patience_s
        frames = on_one_line(drawn.talks, dice, line.opened_s, until_s)
        life = Life(line.opened_s, until_s, line.round_trip_s, frames)
        ends = [(end, cause) for cause in drawn.causes if (end := cause.ends(dice, life)) is not None]
        end, cause = min(ends, key=lambda pair: pair[0].at_s, default=(None, None))
        if end is None or cause is None or end.at_s > min(until_s, drawn.horizon_s) or _is_cut(frames, end):
            _pass(line, [frame for frame in frames if frame.at_s < drawn.horizon_s], drawn)
            line.stay()
            break
        passed = [frame for frame in frames if frame.at_s < end.at_s and not _is_lost(frame, end)]
        last_s = min(_last(passed, "rx", line.opened_s), _last(passed, "tx", line.opened_s))
        ended.append(_Ended(cause, end.at_s - line.opened_s, end.at_s - last_s))
        _pass(line, passed, drawn)
        line.close(end.at_s, **end.verdict)
    return ended


def _is_lost(frame: Frame, end: End) -> bool:
    return end.deaf_s is not None and frame.direction == "rx" and frame.at_s > end.deaf_s


def _last(frames: list[Frame], direction: str, opened_s: float) -> float:
    return max((frame.at_s for frame in frames if frame.direction == direction), default=opened_s)


def _wake(line: Line, drawn: Draw) -> None:
    """Nobody dials while the machine sleeps."""
    for doze_s, wake_s in drawn.naps:
        if doze_s <= line.now_s < wake_s:
            line.now_s = wake_s


def _is_cut(frames: list[Frame], end: End) -> bool:
    """True where there would have been more traffic before the end than was drawn."""
    return len(frames) >= 3000 and end.at_s > frames[-1].at_s


def _pass(line: Line, frames: list[Frame], drawn: Draw) -> None:
    asked_s = 0.0
    for frame in frames:
        if any(doze_s < frame.at_s < wake_s for doze_s, wake_s in drawn.naps):
            continue
        if frame.kind == "ping":
            asked_s = frame.at_s
            line.control(frame.at_s, "tx", 9)
        elif frame.kind == "pong":
            line.control(frame.at_s, "rx", 10)
            took_ns = to_ns(frame.at_s - asked_s)
            sample = RttSample(at_ns=ns(frame.at_s), kind="ws", round_trip_ns=took_ns, **line.who)
            line.note(sample)
        else:
            payload = b'{"type":"%s","n":%d}' % (frame.kind.encode(), line.dice.randrange(10**6))
            line.message(frame.at_s, frame.direction, payload, size=frame.size_bytes)


def _labelled(name: str, history: History, drawn: Draw, ended: list[_Ended], lines: int) -> Labelled:
    theirs = deque((one for one in ended if not one.cause.is_ours), maxlen=RECORDS)
    counts = Counter(one.cause.name for one in theirs)
    expected, allowed, limit_s = set[str](), {"silent_after_open"}, None
    for cause in drawn.causes:
        seen = counts[cause.name]
        if cause.is_ours and cause.rule:
            allowed.add(cause.rule)
        if seen:
            allowed |= set(cause.also)
        if not seen or cause.rule is None:
            continue
        members = [one for one in theirs if one.cause is cause]
        allowed |= {cause.rule, *cause.also}
        if _is_ambiguous(cause, members):
            allowed |= {"idle_timeout", "lifetime_limit"}
        elif _is_certain(cause, seen, len(theirs), lines, history.end_s):
            expected.add(cause.rule)
            limit_s = cause.limit_s if cause.limit_s is not None else limit_s
    is_healthy = all(cause.is_ours for cause in drawn.causes)
    if any(one.life_s < (5 if "4000" in one.cause.name else 1) for one in theirs):
        allowed |= {"connect_loop"}
    if any(one.life_s < 0.3 for one in theirs):
        allowed |= {"early_close"}
    if drawn.refusals:
        allowed |= {"upstream_down", *CONSEQUENCES}
    allowed |= CONSEQUENCES if theirs and not is_healthy else frozenset()
    events = history.finished()
    return Labelled(
        name, tuple(history.configs), events, frozenset(expected), frozenset(allowed - expected),
        is_healthy and not drawn.refusals, limit_s if len(expected) == 1 else None,
    )  # fmt: skip


def _is_certain(cause: Cause, seen: int, of: int, lines: int, end_s: float) -> bool:
    """True where the cause must be named."""
    if cause.rule == "shared_outage":
        return of == seen and lines >= 4 and any(0 < end_s - moment < _RECENT_S for moment in cause.moments)
    if not cause.is_fair or seen < cause.least:
        return False
    return seen >= _SHARE * of or cause.rule in _STATED


def _is_ambiguous(cause: Cause, members: list[_Ended]) -> bool:
    """True where silence and age say the same: nobody could tell an idle limit from a lifetime."""
    if cause.rule not in ("idle_timeout", "lifetime_limit"):
        return False
    lives = sorted(one.life_s for one in members)
    are_alike = lives[-1] - lives[0] < _ALIKE * lives[-1]
    quiet = sum(one.quiet_s > (1 - _ALIKE) * one.life_s for one in members)
    return (are_alike and cause.rule == "idle_timeout") or quiet > len(members) / 2

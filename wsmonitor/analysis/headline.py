"""One endpoint in one line: what it does, in what rhythm it ends, who and how, because of what, how sure. Pure."""

import statistics
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

from msgspec import Struct

from wsmonitor.analysis.snapshot import Closure, EndpointView, Snapshot
from wsmonitor.diagnosis.finding_words import gone_words, past_words
from wsmonitor.diagnosis.findings import Finding, PastFinding
from wsmonitor.facts.events import State
from wsmonitor.tables.known_codes import CloseCodes
from wsmonitor.text.plain_text import visible
from wsmonitor.text.redact import redact_text
from wsmonitor.text.units import counted, duration, percent
from wsmonitor.text.wording.closure_words import closure_words

Level = Literal["fine", "learning", "failing", "mended", "idle"]
"""`failing`: a finding of weight stands; `learning`: it ends, or fails to open, and no finding says why yet."""

_URGENCY: tuple[Level, ...] = ("failing", "learning", "mended", "fine", "idle")
_RHYTHM = 3
"""So many losses make a rhythm."""
_NEWEST = 12
_SPREAD = 0.1
_NOW_NS = 1_000_000_000
"""Nobody reads what is told of less than this."""
_RECENT_NS = 300_000_000_000


class Headline(Struct, frozen=True):
    """The parts of the line; empty ones are left out. `finding` is the one that it rests on."""

    level: Level
    state: str
    rhythm: str = ""
    how: str = ""
    because: str = ""
    finding: Finding | None = None

    @property
    def sure(self) -> str:
        """`90 % sure`; empty without a finding that stands."""
        return "" if self.finding is None or self.finding.pending else f"{percent(self.finding.confidence.value)} sure"

    @property
    def text(self) -> str:
        """The whole line."""
        return " · ".join(part for part in (self.state, self.rhythm, self.how, self.because, self.sure) if part)


def headline(snapshot: Snapshot, name: str) -> Headline:
    """The line of the endpoint called `name`, all its connections together. Raises `KeyError` where there is none."""
    views = [view for view in snapshot.endpoints if view.name == name]
    if not views:
        raise KeyError(name)
    lost = [one for one in snapshot.closures if one.endpoint == name and one.verdict.is_loss]
    recent = [one for one in lost if snapshot.at_ns - one.at_ns <= _RECENT_NS]
    losses = max(len(lost), sum(view.losses for view in views))  # of many closures the oldest are not kept
    standing = _leading(views, lost)
    pending = next((one for one in views[0].findings if one.pending is not None), None)
    state, rhythm = _state(views, snapshot.at_ns), _rhythm(lost, losses, snapshot.at_ns)
    ends = _how(recent or lost, snapshot.codes_of(name))
    if standing is not None and _is_of_openings(standing, views[0], lost):
        return Headline("failing", state, because=_sentence(standing), finding=standing)
    if standing is not None:
        return Headline("failing", state, rhythm, ends, _sentence(standing), standing)
    is_degraded = any(view.state is State.DEGRADED for view in views)
    past = next((one for one in views[0].said.past if one.how == "resolved"), None)
    if past is not None and not is_degraded and not _newer(lost, past):
        return Headline("mended", state, because=f"{_sentence(past.finding)} ({past_words(past, snapshot.at_ns)})")
    is_failing = any(view.last_failure is not None and not view.state.is_open for view in views)
    if recent or is_failing or is_degraded:
        learnt = _sentence(pending) if pending is not None else _nothing_found(recent)
        because = "; ".join(filter(None, (_gone(views[0], snapshot.at_ns), learnt)))
        return Headline("learning", state, rhythm, ends, because, pending)
    if all(view.state in (State.IDLE, State.STOPPED) for view in views):
        return Headline("idle", state)
    held = "" if losses else "no connection was lost"
    return Headline("fine", state, held, because=_gone(views[0], snapshot.at_ns))


def worst_headline(snapshot: Snapshot) -> str:
    """The line of the endpoint that is worst off, with its name where there are several; empty where there is none."""
    names = list(dict.fromkeys(view.name for view in snapshot.endpoints))
    if not names:
        return ""
    lines = {name: headline(snapshot, name) for name in names}
    worst = min(names, key=lambda name: _URGENCY.index(lines[name].level))
    if len(names) == 1:
        return lines[worst].text
    failing = sum(line.level == "failing" for line in lines.values())
    others = f" · {failing} of {len(names)} have a finding" if failing else ""
    return f"{visible(worst, 60)}: {lines[worst].text}{others}"


def _leading(views: Sequence[EndpointView], lost: Sequence[Closure]) -> Finding | None:
    """The most urgent finding of weight; of one that is open again, rather why it was lost than why it did not open."""
    standing = [one for one in views[0].findings if one.pending is None and one.severity != "info"]
    if all(view.state.is_open for view in views):
        standing.sort(key=lambda one: _is_of_openings(one, views[0], lost))
    return next(iter(standing), None)


def _is_of_openings(finding: Finding, view: EndpointView, lost: Sequence[Closure]) -> bool:
    """True where all that it explains are failed openings: how connections ended is another matter."""
    mine = {place for place, rule in view.said.explained.items() if rule == finding.rule}
    return bool(mine) and bool(lost) and not any((one.slot, one.at_ns) in mine for one in lost)


def _nothing_found(lost: Sequence[Closure]) -> str:
    """A server that gave a reason has said more than nothing."""
    says_why = bool(lost) and lost[-1].verdict.initiator == "peer" and bool(lost[-1].verdict.received_reason)
    return "the server's own words; no pattern found yet" if says_why else "no cause found yet"


def _gone(view: EndpointView, now_ns: int) -> str:
    """What was said until lately, and why no more: nothing stands in its place."""
    newest = next((one for one in view.said.past if not one.is_learnt), None)
    if newest is None or newest.how == "earlier" or now_ns - newest.at_ns > _RECENT_NS:
        return ""
    return gone_words(newest)


def _sentence(finding: Finding) -> str:
    return finding.sentence.removesuffix(".")


def _newer(lost: Sequence[Closure], past: PastFinding) -> bool:
    return bool(lost) and lost[-1].at_ns > (past.newest_ns or past.at_ns)


def _open_for(age_ns: int) -> str:
    return "Just opened" if age_ns < _NOW_NS else f"Open for {duration(age_ns)}"


def _state(views: Sequence[EndpointView], now_ns: int) -> str:
    """`Open for 7 min 02 s`, `3 of 4 open`, `Waiting to dial again, attempt 5`."""
    is_open = [view for view in views if view.state.is_open]
    if len(views) > 1:
        return f"{len(is_open)} of {len(views)} open"
    (view,) = views
    if view.state.is_open:
        age = "Open" if view.opened_ns is None else _open_for(now_ns - view.opened_ns)
        missed = counted(view.misses_in_a_row, "heartbeat")
        return age if view.state is State.OPEN else f"{age}, {missed} in a row not answered"
    if view.waits_its_turn:
        return f"{view.cause[:1].upper()}{visible(redact_text(view.cause[1:]), 200)}"
    if view.state is State.BACKOFF:
        return f"Waiting to dial again, attempt {max(1, view.attempt)}"
    return view.state.value.capitalize()


def _rhythm(lost: Sequence[Closure], losses: int, now_ns: int) -> str:
    """`lost every 20.0 s, 103 times`, or `lost 3 times, last 12 s ago`; `lost` has the newest of `losses`."""
    if not lost:
        return f"lost {counted(losses, 'time')}" if losses else ""
    newest = [one.at_ns for one in lost[-_NEWEST:]]
    gaps = [later - sooner for sooner, later in pairwise(newest)]
    if len(newest) > _RHYTHM and statistics.pstdev(gaps) <= _SPREAD * statistics.median(gaps):
        return f"lost every {duration(statistics.median(gaps))}, {counted(losses, 'time')}"
    since_ns = now_ns - newest[-1]
    return f"lost {counted(losses, 'time')}, last {'just now' if since_ns < _NOW_NS else f'{duration(since_ns)} ago'}"


def _how(lost: Sequence[Closure], codes: CloseCodes) -> str:
    if not lost:
        return ""
    ways = Counter(closure_words(one.verdict, codes) for one in lost[-_NEWEST:]).most_common()
    others = sum(count for _, count in ways[1:])
    return ways[0][0] + (f" (and {counted(others, 'other')})" if others else "")

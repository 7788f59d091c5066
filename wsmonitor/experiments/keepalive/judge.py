"""Facts -> what the server notices, when, and with which code."""

import statistics
from collections.abc import Iterator
from itertools import pairwise

from wsmonitor.experiments.checks.check import Said
from wsmonitor.experiments.checks.closing import tcp_said
from wsmonitor.experiments.checks.seen import Seen
from wsmonitor.experiments.confidence import confidence
from wsmonitor.experiments.experiment import Circumstances, Judgement
from wsmonitor.experiments.keepalive.facts import HalfClosed, KeepaliveFacts, Stimulus, StoppedReading, Watched
from wsmonitor.facts.answers import CheckResult, Number
from wsmonitor.text.units import duration, size

STALL_NS = 1_000_000_000
LISTENED_NS = 170_000_000_000
"""A server that did not ping for so long hardly does."""
SAME_FIRST_NS = 150_000_000
LEAST_OUTLIVED_NS = 500_000_000
OUTLIVED = 1.05
"""A connection lives on where the mute one ended if it is so much older."""


def judge(facts: KeepaliveFacts, around: Circumstances) -> Judgement:
    """One row a stimulus; the mute connection decides."""
    value: dict[str, Number] = {"ping_interval_s": None, "noticed_after_s": None, "code": None}
    error = dict(value)
    if around.stalled_ns > STALL_NS:
        reason = f"this computer stood still for {duration(around.stalled_ns)} meanwhile; run it again"
        return Judgement(verdict=f"inconclusive: {reason}", answer=reason, value=value, error=error)
    rows = tuple(_rows(facts))
    listen, mute = facts.watched.get("listen"), facts.watched.get("mute")
    interval_ns, interval_error_ns = _interval(facts)
    if interval_ns is not None:
        value["ping_interval_s"], error["ping_interval_s"] = _s(interval_ns), _s(interval_error_ns)
    if mute is not None and mute.how and mute.pings_ns and outlives(listen, mute):
        value["noticed_after_s"], value["code"] = _s(mute.age_ns), mute.code
        error["noticed_after_s"] = _s(around.seen.round_trip_ns + 1_000_000)
    violated = any(row.verdict == "violates" for row in rows)
    answer, sure = _answer(listen, mute, interval_ns)
    return Judgement(
        verdict="violates" if violated else "finding" if listen is not None else "not tested: no connection was kept",
        answer=answer,
        value=value,
        error=error,
        confidence=confidence(sure, control_lived=around.control_lived),
        evidence=tuple(f"{row.id}: {row.actual}" for row in rows if row.actual),
        not_told=("whether a proxy before the server answers or pings for it",),
        advice=_advice(facts, mute, interval_ns),
        checks=rows,
    )


def outlives(listen: Watched | None, mute: Watched) -> bool:
    """Whether a connection that answers pings lived on where the mute one ended: only then the pongs are the cause."""
    return listen is not None and listen.age_ns > max(mute.age_ns * OUTLIVED, mute.age_ns + LEAST_OUTLIVED_NS)


def _answer(listen: Watched | None, mute: Watched | None, interval_ns: int | None) -> tuple[str, int]:
    """The sentence, and how many samples it rests on."""
    if listen is None:
        return "nothing was watched", 0
    if interval_ns is None:
        return _without_pings(listen, mute), 1
    said = f"the server pings every {duration(interval_ns)}"
    if mute is None:
        return said, len(listen.pings_ns)
    if not mute.how:
        return f"{said}, but unanswered pings are not noticed in {duration(mute.age_ns)}", len(mute.pings_ns)
    if not outlives(listen, mute):
        same = f"; without pongs a connection ended after {duration(mute.age_ns)} ({mute.how})"
        if listen.how:
            return f"{said}{same}, and with them after {duration(listen.age_ns)} all the same", len(listen.pings_ns)
        return f"{said}{same}; how long one lives with them was not seen", len(listen.pings_ns)
    return f"{said}; unanswered pings end it after {duration(mute.age_ns)} with {mute.how}", 2 + len(listen.pings_ns)


def _without_pings(listen: Watched, mute: Watched | None) -> str:
    """No more than what was seen: a connection that ended early says nothing of later pings."""
    if listen.how:
        return f"no ping before the connection ended by itself after {duration(listen.age_ns)} ({listen.how})"
    if listen.pings_ns:
        return f"a ping came after {duration(listen.pings_ns[0])}; how often they come was not seen (--max)"
    said = f"no ping in {duration(listen.age_ns)}"
    said += ": the server cannot notice by WebSocket" if listen.age_ns >= LISTENED_NS else "; it may ping later (--max)"
    ended = f"; without pongs it ended after {duration(mute.age_ns)} all the same" if mute and mute.how else ""
    return said + ended


def _interval(facts: KeepaliveFacts) -> tuple[int | None, int]:
    """The time between the server's pings and how far it varies; from first pings only where they agree."""
    watched = sorted(facts.watched.values(), key=lambda one: one.stimulus != "listen")
    for those in (watched[:1], watched):  # unanswered pings may be followed by others sooner
        gaps = [later - earlier for one in those for earlier, later in pairwise(one.pings_ns)]
        if gaps:
            return round(statistics.median(gaps)), (max(gaps) - min(gaps)) // 2
    firsts = [ping for one in watched for ping in one.pings_ns[:1]]
    if not firsts or max(firsts) - min(firsts) > SAME_FIRST_NS:  # pings of all at one moment have no age
        return None, 0
    return round(statistics.median(firsts)), (max(firsts) - min(firsts)) // 2


_BESIDE = "identical application data; whether others count is the server's choice"


def _rows(facts: KeepaliveFacts) -> Iterator[CheckResult]:
    mute = facts.watched.get("mute")
    for name, expected, section, said in (
        ("listen", "nothing is prescribed", "", _listen(facts)),
        ("mute", "the server's choice", "", _mute(mute)),
        ("wrong", _BESIDE, "RFC 6455, 5.5.3", _beside(facts, "wrong", "pongs with another payload")),
        ("unsolicited", _BESIDE, "RFC 6455, 5.5.3", _beside(facts, "unsolicited", "unsolicited pongs")),
        ("silent-path", "a dead client is forgotten some time", "", _silent(facts)),
        ("stopped-reading", "the server's choice", "", _stopped(facts.stopped)),
        ("half-close", "an end of its own, soon", "", _half_closed(facts.half_closed)),
        ("close-tcp", "the server closes TCP once Close was answered", "RFC 6455, 5.5.1", _kept_tcp(facts.kept_tcp)),
    ):
        yield CheckResult(
            id=f"keepalive/{name}", verdict=said.verdict, expected=expected, actual=said.actual, section=section
        )


_NOT_COME_TO = Said("not tested: ended before", "")


def _listen(facts: KeepaliveFacts) -> Said:
    listen = facts.watched.get("listen")
    if listen is None:
        return _NOT_COME_TO
    interval_ns, _ = _interval(facts)
    if interval_ns is None:
        many = "one ping" if listen.pings_ns else "no ping"
        return Said("finding", f"{many} in {duration(listen.age_ns)}")
    return Said("finding", f"pings every {duration(interval_ns)}")


def _mute(mute: Watched | None) -> Said:
    if mute is None:
        return _NOT_COME_TO
    if not mute.how:
        return Said("finding", f"unanswered pings not noticed in {duration(mute.age_ns)}")
    return Said("finding", f"ended after {duration(mute.age_ns)}: {mute.how}")


def _beside(facts: KeepaliveFacts, stimulus: Stimulus, what: str) -> Said:
    """Whether something else than the right pong counts, told by who outlives the mute connection."""
    mute, watched = facts.watched.get("mute"), facts.watched.get(stimulus)
    listen = facts.watched.get("listen")
    if mute is None or watched is None or not mute.how or not mute.pings_ns or not outlives(listen, mute):
        return Said("not tested: unanswered pings are not noticed", "")
    if watched.how and watched.age_ns < mute.age_ns / OUTLIVED:
        return Said("finding", f"{what} end it after {duration(watched.age_ns)}: {watched.how}")
    if watched.how:
        return Said("finding", f"{what} do not count")
    if watched.age_ns > mute.age_ns * OUTLIVED:
        return Said("finding", f"{what} count")
    return Said("inconclusive: not watched long enough", "")


def _silent(facts: KeepaliveFacts) -> Said:
    if not facts.has_black_hole:
        return Said("not tested: works on Linux only", "")
    tries = sorted(facts.silent, key=lambda one: one.seconds)
    if not tries:
        return Said("not tested: needs more time (--max)", "")
    held = [one.seconds for one in tries if one.outcome == "held"]
    gone = [one.seconds for one in tries if one.outcome == "forgotten"]
    if held and gone and min(gone) < max(held):
        return Said("inconclusive: forgotten after a shorter silence than one it was held for", "")
    if gone:
        within = duration(min(gone) * 1e9)
        between = f"between {duration(max(held) * 1e9)} and {within}" if held else f"within {within}"
        return Said("finding", f"forgets a dead peer {between}")
    if held:
        return Said("finding", f"still holds a dead peer after {duration(max(held) * 1e9)}: dead clients pile up")
    return Said("inconclusive: neither a pong nor an end came after the silence", "")


def _stopped(stopped: StoppedReading | None) -> Said:
    if stopped is None:
        return Said("not tested: the server sends nothing by itself", "")
    kept = f"keeps {size(stopped.kept_bytes)} for a client that does not read for {duration(stopped.seconds * 1e9)}"
    return Said("finding", f"{kept}{f'; then {stopped.how}' if stopped.how else ''}")


def _half_closed(seen: HalfClosed | None) -> Said:
    if seen is None:
        return _NOT_COME_TO
    if seen.after_ns is None:
        return Said("finding", "our FIN is not answered within 10 s")
    return Said("finding", f"{seen.how} {duration(seen.after_ns)} after our FIN")


def _kept_tcp(seen: Seen | None) -> Said:
    if seen is None:
        return _NOT_COME_TO
    said = tcp_said(seen)
    return Said(said.verdict, f"answers Close but {said.actual}") if said.verdict == "violates" else said


def _advice(facts: KeepaliveFacts, mute: Watched | None, interval_ns: int | None) -> str:
    held = [one.seconds for one in facts.silent if one.outcome == "held"]
    gone = [one for one in facts.silent if one.outcome == "forgotten"]
    if (interval_ns is None or (mute is not None and not mute.how)) and held and not gone:
        return "let the server ping, and end what does not answer"
    return ""


def _s(value_ns: int) -> float:
    return round(value_ns / 1e9, 3)

"""Facts -> what the server notices, when, and with which code."""

import statistics
from itertools import pairwise

from wsmonitor.experiments.checks.closing import tcp_said
from wsmonitor.experiments.confidence import confidence
from wsmonitor.experiments.experiment import Circumstances, Judgement
from wsmonitor.experiments.keepalive.facts import KeepaliveFacts, Stimulus, Watched
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


def _rows(facts: KeepaliveFacts) -> list[CheckResult]:
    mute = facts.watched.get("mute")
    rows = [_listen(facts), _mute(facts, mute)]
    rows.append(_beside(facts, "wrong", "pongs with another payload", "RFC 6455, 5.5.3"))
    rows.append(_beside(facts, "unsolicited", "unsolicited pongs", "RFC 6455, 5.5.3"))
    rows += [_silent(facts), _stopped(facts), _half_closed(facts), _kept_tcp(facts)]
    return rows


def _row(name: str, verdict: str, actual: str, expected: str, section: str = "") -> CheckResult:
    return CheckResult(id=f"keepalive/{name}", verdict=verdict, expected=expected, actual=actual, section=section)


def _listen(facts: KeepaliveFacts) -> CheckResult:
    expected = "nothing is prescribed"
    listen = facts.watched.get("listen")
    if listen is None:
        return _row("listen", "not tested: ended before", "", expected)
    interval_ns, _ = _interval(facts)
    if interval_ns is None:
        many = f"one ping in {duration(listen.age_ns)}" if listen.pings_ns else f"no ping in {duration(listen.age_ns)}"
        return _row("listen", "finding", many, expected)
    return _row("listen", "finding", f"pings every {duration(interval_ns)}", expected)


def _mute(facts: KeepaliveFacts, mute: Watched | None) -> CheckResult:
    expected = "the server's choice"
    if mute is None:
        return _row("mute", "not tested: ended before", "", expected)
    if not mute.how:
        return _row("mute", "finding", f"unanswered pings not noticed in {duration(mute.age_ns)}", expected)
    return _row("mute", "finding", f"ended after {duration(mute.age_ns)}: {mute.how}", expected)


def _beside(facts: KeepaliveFacts, stimulus: Stimulus, what: str, section: str) -> CheckResult:
    """Whether something else than the right pong counts, told by who outlives the mute connection."""
    expected = "identical application data; whether others count is the server's choice"
    mute, watched = facts.watched.get("mute"), facts.watched.get(stimulus)
    listen = facts.watched.get("listen")
    if mute is None or watched is None or not mute.how or not mute.pings_ns or not outlives(listen, mute):
        return _row(stimulus, "not tested: unanswered pings are not noticed", "", expected, section)
    if watched.how and watched.age_ns < mute.age_ns / OUTLIVED:
        return _row(
            stimulus, "finding", f"{what} end it after {duration(watched.age_ns)}: {watched.how}", expected, section
        )
    if watched.how:
        return _row(stimulus, "finding", f"{what} do not count", expected, section)
    if watched.age_ns > mute.age_ns * OUTLIVED:
        return _row(stimulus, "finding", f"{what} count", expected, section)
    return _row(stimulus, "inconclusive: not watched long enough", "", expected, section)


def _silent(facts: KeepaliveFacts) -> CheckResult:
    expected = "a dead client is forgotten some time"
    if not facts.has_black_hole:
        return _row("silent-path", "not tested: works on Linux only", "", expected)
    tries = sorted(facts.silent, key=lambda one: one.seconds)
    if not tries:
        return _row("silent-path", "not tested: needs more time (--max)", "", expected)
    held = [one.seconds for one in tries if one.outcome == "held"]
    gone = [one.seconds for one in tries if one.outcome == "forgotten"]
    if held and gone and min(gone) < max(held):
        return _row(
            "silent-path", "inconclusive: forgotten after a shorter silence than one it was held for", "", expected
        )
    if gone:
        within = duration(min(gone) * 1e9)
        between = f"between {duration(max(held) * 1e9)} and {within}" if held else f"within {within}"
        return _row("silent-path", "finding", f"forgets a dead peer {between}", expected)
    if held:
        longest = duration(max(held) * 1e9)
        return _row(
            "silent-path", "finding", f"still holds a dead peer after {longest}: dead clients pile up", expected
        )
    return _row("silent-path", "inconclusive: neither a pong nor an end came after the silence", "", expected)


def _stopped(facts: KeepaliveFacts) -> CheckResult:
    expected = "the server's choice"
    stopped = facts.stopped
    if stopped is None:
        return _row("stopped-reading", "not tested: the server sends nothing by itself", "", expected)
    kept = f"keeps {size(stopped.kept_bytes)} for a client that does not read for {duration(stopped.seconds * 1e9)}"
    return _row("stopped-reading", "finding", f"{kept}{f'; then {stopped.how}' if stopped.how else ''}", expected)


def _half_closed(facts: KeepaliveFacts) -> CheckResult:
    expected = "an end of its own, soon"
    if facts.half_closed is None:
        return _row("half-close", "not tested: ended before", "", expected)
    if facts.half_closed.after_ns is None:
        return _row("half-close", "finding", "our FIN is not answered within 10 s", expected)
    answered = f"{facts.half_closed.how} {duration(facts.half_closed.after_ns)} after our FIN"
    return _row("half-close", "finding", answered, expected)


def _kept_tcp(facts: KeepaliveFacts) -> CheckResult:
    expected, section = "the server closes TCP once Close was answered", "RFC 6455, 5.5.1"
    if facts.kept_tcp is None:
        return _row("close-tcp", "not tested: ended before", "", expected, section)
    said = tcp_said(facts.kept_tcp)
    actual = f"answers Close but {said.actual}" if said.verdict == "violates" else said.actual
    return _row("close-tcp", said.verdict, actual, expected, section)


def _advice(facts: KeepaliveFacts, mute: Watched | None, interval_ns: int | None) -> str:
    held = [one.seconds for one in facts.silent if one.outcome == "held"]
    gone = [one for one in facts.silent if one.outcome == "forgotten"]
    if (interval_ns is None or (mute is not None and not mute.how)) and held and not gone:
        return "let the server ping, and end what does not answer"
    return ""


def _s(value_ns: int) -> float:
    return round(value_ns / 1e9, 3)

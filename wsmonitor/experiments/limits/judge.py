"""Limits that were found -> numbers, with how far each may be off; nothing is said of what was not tried."""

from wsmonitor.experiments.confidence import confidence
from wsmonitor.experiments.experiment import Circumstances, Judgement
from wsmonitor.experiments.limits.facts import LimitFacts
from wsmonitor.experiments.limits.rate import WINDOW_S
from wsmonitor.experiments.limits.search import SizeSearch
from wsmonitor.experiments.politeness import MOST_CONNECTIONS
from wsmonitor.facts.answers import CheckResult, Number

_SECTION = "RFC 6455, 10.4"
AT_ANY_SIZE = "inconclusive: the beginning of a message is refused whatever its size"
KNOWN_SIZES = {
    8 * 1024: "Tomcat's default for text messages",
    32 * 1024: "frames of AWS API Gateway",
    64 * 1024: "Netty's and Spring Cloud Gateway's default",
    1024 * 1024: "the default of the Python library websockets",
    4 * 1024 * 1024: "aiohttp's default for messages",
    16 * 1024 * 1024: "uvicorn's default",
    100 * 1024 * 1024: "the default of ws for Node.js",
}
"""Limits that stand in documentation and issues; a number alone names nobody."""


def judge(facts: LimitFacts, around: Circumstances) -> Judgement:
    """One row and one number for each limit."""
    value: dict[str, Number] = {"frame_bytes": None, "message_bytes": None, "connections": None, "openings_per_s": None}
    error = dict(value)
    rows = [_frame(facts, around), _message(facts), _headers(facts), _connections(facts), _rate(facts)]
    frame = None if facts.is_of_messages else facts.frame
    for name, search in (("frame_bytes", frame), ("message_bytes", facts.message)):
        if search is not None and search.refused is not None and search.taken:
            value[name], error[name] = search.taken, search.refused - search.taken - 1
    if facts.held.refusal or facts.held.ended:
        value["connections"], error["connections"] = facts.held.count, 0
    if facts.openings_per_s:
        value["openings_per_s"], error["openings_per_s"] = facts.openings_per_s, _rate_error(facts)
    found = [row for row in rows if row.verdict == "finding"]
    tested = [row for row in rows if not row.verdict.startswith("not tested")]
    return Judgement(
        verdict="finding" if found else "as expected" if tested else "not tested: no limit was looked for",
        answer="; ".join(row.actual for row in found) or "no limit was met up to what was tried",
        value=value,
        error=error,
        confidence=confidence(2 if found else 1, control_lived=around.control_lived),
        evidence=tuple(f"{row.id}: {row.actual}" for row in tested),
        not_told=("whether the server itself or a proxy before it has the limit",),
        advice="",
        checks=tuple(rows),
    )


def _row(name: str, verdict: str, actual: str, expected: str = "whatever the server can bear") -> CheckResult:
    return CheckResult(id=f"limits/{name}", verdict=verdict, expected=expected, actual=actual, section=_SECTION)


def _frame(facts: LimitFacts, around: Circumstances) -> CheckResult:
    search = facts.frame
    if search is None or not search.tried:
        return _row("frame", "not tested: ended before", "")
    if search.refused is not None:
        if not search.taken:
            return _row("frame", AT_ANY_SIZE, facts.frame_how)
        if facts.is_of_messages:
            return _row("frame", "as expected", f"{search.taken:,} bytes taken: only the limit of messages was met")
        when = "" if facts.frame_is_announced else " once they came"
        said = f"frames {_above(search)} are refused{when} ({facts.frame_how}){_known(search)}"
        return _row("frame", "finding", said)
    what = "" if around.options.send_data else " in the first fragment of a message (whole ones: --send-data)"
    return _row("frame", "as expected", f"{search.taken:,} bytes taken{what}; no more tried")


def _message(facts: LimitFacts) -> CheckResult:
    search = facts.message
    if search is None or not search.tried:
        return _row("message", "not tested: ended before", "")
    if search.refused is None:
        return _row("message", "as expected", f"{search.taken:,} bytes in fragments taken; no more tried")
    if not search.taken:
        return _row("message", AT_ANY_SIZE, facts.message_how)
    said = f"messages {_above(search)} are refused ({facts.message_how}){_known(search)}"
    return _row("message", "finding", said, "a limit for the whole message, however it is cut")


def _headers(facts: LimitFacts) -> CheckResult:
    search = facts.header
    if search is None or not search.tried:
        return _row("headers", "not tested: ended before", "")
    if search.refused is None:
        return _row("headers", "as expected", f"a header of {search.taken:,} bytes taken; no more tried")
    between = f"between {search.taken:,} and {search.refused:,} bytes"
    return _row("headers", "finding", f"headers are refused from {between} on ({facts.header_how})", "431 or 400")


def _connections(facts: LimitFacts) -> CheckResult:
    held = facts.held
    if not held.was_tried:
        return _row("connections", "not tested: ended before", "")
    if held.refusal:
        return _row("connections", "finding", f"connection {held.count + 1} was refused: {held.refusal}")
    if held.ended:
        return _row("connections", "finding", f"connection {held.count} ended an older one: {held.ended}")
    return _row("connections", "as expected", f"{held.count} held; no more tried (at most {MOST_CONNECTIONS})")


def _rate(facts: LimitFacts) -> CheckResult:
    if not facts.rates:
        return _row("rate", "not tested: ended before", "")
    refused = [rate for rate in facts.rates if rate.refusal]
    if not refused:
        last = facts.rates[-1]
        if last.was_slow:
            return _row("rate", f"not tested: openings take too long for {last.per_s} a second", "")
        return _row("rate", "as expected", f"{last.per_s} openings a second taken; no more tried")
    first = refused[0]
    said = f"{first.per_s} openings a second are refused after {first.opened}: {first.refusal}"
    if not facts.openings_per_s:
        opened = sum(rate.opened for rate in facts.rates)
        return _row("rate", "inconclusive: slower ones are refused too", f"{said}; {opened} were taken in all")
    return _row("rate", "finding", f"{said}; {facts.openings_per_s} a second are taken")


def _rate_error(facts: LimitFacts) -> int:
    """How many more than the pace that was taken might be: no more than were taken within a second."""
    refused = [rate for rate in facts.rates if rate.refusal]
    counted = [one.opened for one in refused if one.refused_after_s < WINDOW_S]
    return max(0, min(counted or [one.per_s - 1 for one in refused]) - (facts.openings_per_s or 0))


def _above(search: SizeSearch) -> str:
    assert search.refused is not None
    if search.refused - search.taken == 1:
        return f"above {search.taken:,} bytes"
    return f"from between {search.taken:,} and {search.refused:,} bytes on"


def _known(search: SizeSearch) -> str:
    assert search.refused is not None
    names = [name for size, name in KNOWN_SIZES.items() if search.taken <= size < search.refused]
    return f": {names[0]}" if len(names) == 1 else ""

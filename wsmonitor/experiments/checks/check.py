"""One check: its address, the requirement with its section, what is done, and what that says."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from wsmonitor.experiments.bench import Bench
from wsmonitor.experiments.checks.seen import Seen
from wsmonitor.experiments.options import ExperimentOptions
from wsmonitor.facts.answers import CheckResult, verdict_word

RFC6455 = "RFC 6455"
RFC7692 = "RFC 7692"


@dataclass(frozen=True)
class Said:
    """What one try says: a verdict and what the server did."""

    verdict: str
    actual: str


@dataclass(frozen=True, kw_only=True)
class Check:
    """`look` sends the stimulus, `judge` is pure. `hostile` ones run only where that is allowed."""

    id: str
    section: str
    expected: str
    look: Callable[[Bench], Awaitable[Seen]]
    judge: Callable[[Seen], Said]
    hostile: bool = False
    is_asked_for: bool = False
    """What it finds is what the experiment is about, and part of its answer."""
    needs: Callable[[ExperimentOptions], str] = lambda _: ""
    """Why it cannot be tested with these options; empty where it can."""

    def result(self, seen: Seen) -> CheckResult:
        """The row of the table."""
        said = self.judge(seen)
        return self.row(said.verdict, said.actual, seen.closing)

    def row(self, verdict: str, actual: str, closing: str = "") -> CheckResult:
        """A row of this check."""
        return CheckResult(
            id=self.id, verdict=verdict, expected=self.expected, actual=actual, section=self.section, closing=closing
        )


async def run_check(check: Check, bench: Bench) -> CheckResult:
    """Run it; what looks wrong is looked at once more, and must look the same."""
    reason = check.needs(bench.options)
    if check.hostile and not bench.options.hostile:
        reason = "only with --hostile"
    if reason:
        return check.row(f"not tested: {reason}", "")
    first = check.result(await check.look(bench))
    if verdict_word(first.verdict) not in ("violates", "differs"):
        return first
    again = check.result(await check.look(bench))
    if again.verdict == first.verdict:
        return first
    return check.row("inconclusive: two tries went differently", f"{first.actual}; then {again.actual}", first.closing)


NO_ORACLE = Said("inconclusive: it answers no pings", "neither ended nor answered within 3 s")


def must_fail(*codes: int) -> Callable[[Seen], Said]:
    """The server must fail the connection; any of the codes, or none, is as expected."""

    def judge(seen: Seen) -> Said:
        if seen.reply == "pong" and seen.end is None:
            return Said("violates", "accepted: the next ping was answered")
        if seen.reply == "unknown" and seen.end is None:
            return NO_ORACLE
        if seen.reply == "nothing" and seen.end is None:
            return Said("differs", "neither ended nor answered within 3 s")
        assert seen.end is not None
        if seen.end.how == "close" and seen.end.code not in codes:
            return Said("differs", f"{seen.end} rather than {' or '.join(map(str, codes))}")
        return Said("as expected", str(seen.end))

    return judge


def must_live(seen: Seen) -> Said:
    """The connection must go on: the ping behind it is answered."""
    match seen.reply:
        case "pong":
            return Said("as expected", "the next ping was answered")
        case "ended":
            return Said("violates", str(seen.end))
        case "nothing":
            return Said("violates", "the next ping was not answered within 3 s")
        case "unknown":
            return NO_ORACLE


def must_refuse(seen: Seen) -> Said:
    """The upgrade must be refused."""
    if seen.is_open:
        return Said("violates", "accepted: HTTP 101")
    return Said("as expected", seen.refusal)

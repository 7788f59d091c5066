"""Runs a list of checks, each on a fresh connection, and sums them up."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from wsmonitor.experiments.bench import Bench, OpeningError, Seen
from wsmonitor.experiments.checks.check import Check, run_check
from wsmonitor.experiments.confidence import confidence
from wsmonitor.experiments.experiment import Circumstances, Experiment, Judgement
from wsmonitor.experiments.options import ExperimentOptions
from wsmonitor.facts.answers import Bound, CheckResult, verdict_word

OPENINGS_A_CHECK = 4
SECONDS_A_CHECK = 10.0
BYTES_A_CHECK = 3000
PROXY = "whether the server itself or a proxy before it answered: run it once direct and once through"


@dataclass
class CheckFacts:
    """Rows so far, and the checks that were to be run."""

    rows: list[CheckResult] = field(default_factory=list)
    planned: tuple[Check, ...] = ()


def check_bound(checks: Sequence[Check]) -> Callable[[ExperimentOptions, bool], Bound]:
    """Each check once, and once more where it looks wrong; a good request after each that is refused."""

    def bound(options: ExperimentOptions, is_private: bool) -> Bound:
        count = sum(options.hostile or not check.hostile for check in checks)
        openings = count * OPENINGS_A_CHECK + 3
        return Bound(
            time_s=min(options.max_s, count * OPENINGS_A_CHECK * SECONDS_A_CHECK),
            openings=openings,
            connections=3,
            sent_bytes=openings * BYTES_A_CHECK,
        )

    return bound


def check_run(checks: tuple[Check, ...]) -> Callable[[Bench, CheckFacts], Awaitable[None]]:
    """One check after the other."""

    async def run(bench: Bench, facts: CheckFacts) -> None:
        facts.planned = checks
        for check in checks:
            bench.say(check.id)
            try:
                facts.rows.append(await run_check(check, bench))
            except OpeningError as error:
                facts.rows.append(check.row(f"not tested: {error}", ""))
            if check.hostile and bench.options.hostile:
                bench.ledger.note("malformed stimulus")

    return run


def judge_checks(facts: CheckFacts, around: Circumstances) -> Judgement:
    """The worst row is the verdict; the answer counts them."""
    left = facts.planned[len(facts.rows) :]
    reason = around.refusal or "ended before"
    rows = (*facts.rows, *(check.row(f"not tested: {reason}", "") for check in left))
    words = [verdict_word(row.verdict) for row in rows]
    tested = [row for row in rows if verdict_word(row.verdict) not in ("not tested", "inconclusive")]
    violated = [row for row in rows if row.verdict == "violates"]
    differing = [row for row in rows if row.verdict == "differs"]
    asked_for = {check.id for check in facts.planned if check.is_asked_for}
    found = [row for row in rows if row.id in asked_for and row.verdict == "finding"]
    verdict = "violates" if violated else "differs" if differing else "finding" if found else "as expected"
    if not tested:
        verdict = "not tested: no check could be run"
    said = f"{len(violated)} of {len(tested)} checks violate a MUST, {len(differing)} differ from a SHOULD or the usual"
    if found:
        said += f"; found: {', '.join(row.id for row in found)}"
    named = [f"{row.id}: {row.actual} ({row.section})" for row in (*violated, *differing, *found)]
    skipped = words.count("not tested")
    return Judgement(
        verdict=verdict,
        answer=said if tested else "nothing was tested",
        confidence=confidence(2, control_lived=around.control_lived) if violated or differing else _sure(around),
        evidence=tuple(named),
        not_told=(*([f"{skipped} checks were not run"] if skipped else []), PROXY),
        advice=_advice(rows),
        checks=rows,
    )


def predict_checks(seen: Seen, options: ExperimentOptions) -> str:
    """What the RFC asks for."""
    return "every MUST of RFC 6455 kept"


def check_experiment(name: str, question: str, checks: tuple[Check, ...]) -> Experiment[CheckFacts]:
    """An experiment that is a list of checks, as an entry of the registry."""
    return Experiment(
        name=name,
        question=question,
        bound=check_bound(checks),
        predict=predict_checks,
        facts=CheckFacts,
        run=check_run(checks),
        judge=judge_checks,
        needs_pongs=False,
        sends_malformed=any(check.hostile for check in checks),
        checks=tuple((check.id, f"{check.expected} ({check.section})") for check in checks),
    )


def _sure(around: Circumstances) -> float:
    return confidence(1, control_lived=around.control_lived)


def _advice(rows: Sequence[CheckResult]) -> str:
    hostile = sum(row.verdict == "not tested: only with --hostile" for row in rows)
    if not hostile:
        return ""
    return f"--hostile runs {hostile} more, with malformed frames: they leave errors in the server's log"

"""What experiments answered, as a section of the report."""

from collections.abc import Iterable, Iterator

from wsmonitor.exports.report.markdown_text import plain, table
from wsmonitor.facts.answers import CheckResult, ExperimentAnswer, ReconnectRow
from wsmonitor.facts.events import ExperimentResult
from wsmonitor.text.units import percent
from wsmonitor.text.wording.reconnect_words import HEADS, MARKS, row_cells

NOTABLE = ("violates", "differs", "finding", "inconclusive")


def experiments(results: Iterable[ExperimentResult]) -> Iterator[str]:
    """The lines of the section, nothing without results. Checks that went as expected are counted only."""
    results = list(results)
    if not results:
        return
    yield "## Experiments"
    yield ""
    for result in results:
        yield from _answer(result.endpoint, result.answer)


def _answer(endpoint: str, answer: ExperimentAnswer) -> Iterator[str]:
    yield f"### {plain(answer.name)}: {plain(answer.answer)}\n"
    yield (
        f"endpoint {plain(endpoint)}, {plain(answer.verdict)}, {answer.status}, "
        f"confidence {percent(answer.confidence)}. "
        f"Asked: {plain(answer.question)} Expected: {plain(answer.prediction)}\n"
    )
    if not answer.checks:
        yield from (f"- {plain(row)}" for row in answer.evidence)
    yield from (f"- not told: {plain(row)}" for row in answer.not_told)
    yield from (f"- sent: {plain(row)}" for row in answer.sent)
    yield ""
    notable = [check for check in answer.checks if check.verdict.partition(":")[0] in NOTABLE]
    if answer.checks:
        yield f"{len(answer.checks) - len(notable)} of {len(answer.checks)} checks went as expected or were not run.\n"
    if notable:
        yield from table(("check", "verdict", "expected", "found", "section"), map(_check, notable))
    if answer.rows:
        yield from table(("", *HEADS, "in words"), map(_row, answer.rows))
    if answer.advice:
        yield f"**Try:** {plain(answer.advice)}\n"


def _row(row: ReconnectRow) -> tuple[str, ...]:
    return (MARKS[row.verdict], *map(plain, row_cells(row)), plain(row.sentence))


def _check(check: CheckResult) -> tuple[str, ...]:
    return plain(check.id), plain(check.verdict), plain(check.expected), plain(check.actual), plain(check.section)

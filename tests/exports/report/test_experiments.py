"""The section of the report that has the answers of experiments."""

from pathlib import Path

from msgspec import structs

from tests.analysis.facts import NAME, ns
from tests.recording.session import recorded, story
from wsmonitor.__main__ import main
from wsmonitor.exports.report.experiments import experiments
from wsmonitor.facts.answers import Bound, CheckResult, ExperimentAnswer, ReconnectRow
from wsmonitor.facts.events import ExperimentResult


def check(name: str, verdict: str) -> CheckResult:
    return CheckResult(id=name, verdict=verdict, expected="1002", actual="a | pong", section="RFC 6455, 5.2")


RESULT = ExperimentResult(
    at_ns=ns(60),
    endpoint=NAME,
    answer=ExperimentAnswer(
        name="protocol",
        question="does it?",
        prediction="yes",
        bound=Bound(time_s=1, openings=1, connections=1, sent_bytes=1),
        status="completed",
        verdict="violates",
        answer="1 of 2 checks violates a MUST",
        confidence=0.75,
        not_told=("whether a proxy answered",),
        checks=(check("frames/rsv1", "violates"), check("frames/rsv2", "as expected")),
        sent=("3 connections opened, 900 bytes sent",),
    ),
)


def test_what_is_not_as_expected_is_a_table_and_the_rest_a_count() -> None:
    text = "\n".join(experiments([RESULT]))

    assert "### protocol: 1 of 2 checks violates a MUST" in text
    assert "1 of 2 checks went as expected" in text
    assert "frames/rsv1" in text
    assert "frames/rsv2" not in text
    assert "not told: whether a proxy answered" in text
    assert "sent: 3 connections opened" in text


def test_faults_for_a_client_are_a_row_each() -> None:
    row = ReconnectRow(fault="refuse", verdict="bad", sentence="hammers | 29 tries", tries_per_minute=58.2, back_s=0.91)

    text = "\n".join(experiments([structs.replace(RESULT, answer=structs.replace(RESULT.answer, rows=(row,)))]))

    assert "| BAD | refuse | - | - | 58 | - | - | 0.9 s | - | -/-/- | hammers \\| 29 tries |" in text


def test_without_experiments_there_is_no_section() -> None:
    assert list(experiments([])) == []


def test_a_recording_carries_the_answer_into_its_report(tmp_path: Path) -> None:
    file = recorded(tmp_path / "run.wsmon", sorted([*story(), RESULT], key=lambda event: event.at_ns))

    assert main(["export", str(file), "--format", "markdown", "-o", str(tmp_path / "report.md")]) == 0
    assert "### protocol: 1 of 2 checks violates a MUST" in (tmp_path / "report.md").read_text()


def test_a_recording_carries_the_answer_into_ndjson(tmp_path: Path) -> None:
    file = recorded(tmp_path / "run.wsmon", sorted([*story(), RESULT], key=lambda event: event.at_ns))

    assert main(["export", str(file), "--format", "ndjson", "-o", str(tmp_path / "run.ndjson")]) == 0
    assert '"type":"experiment_result"' in (tmp_path / "run.ndjson").read_text()

"""`wsmonitor compare`: before and after a change."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.analysis.facts import NAME, START_NS, WALL_NS, closed, ns, opened, rtt
from tests.recording.session import ENDPOINTS, recorded
from wsmonitor.__main__ import main
from wsmonitor.facts.answers import Bound, ExperimentAnswer, ReconnectRow
from wsmonitor.facts.events import AnyEvent, ExperimentResult
from wsmonitor.recording import save
from wsmonitor.recording.flight.excerpt import Excerpt


def drops(count: int, *, rtt_ms: float) -> list[AnyEvent]:
    """A connection that is lost `count` times within 20 minutes, with a round trip each second."""
    events: list[AnyEvent] = []
    for number in range(count):
        start_s = number * 1200 / count
        events += [opened(start_s, connection=number + 1), closed(start_s + 60, life_ns=60_000_000_000)]
    events += [opened(1201, connection=count + 1)] if count else [opened(0)]
    events += [rtt(at_s + 0.5, rtt_ms + at_s % 7 / 10) for at_s in range(1200)]
    return sorted(events, key=lambda event: event.at_ns)


def saved(path: Path, events: list[AnyEvent]) -> str:
    save(path, Excerpt(START_NS, WALL_NS, ENDPOINTS[:1], tuple(events)))
    return str(path)


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    return saved(tmp_path / "before.wsmon", drops(15, rtt_ms=80)), saved(tmp_path / "after.wsmon", drops(0, rtt_ms=20))


def compared(files: tuple[str, str], capsys: pytest.CaptureFixture[str], form: str = "json") -> Any:
    assert main(["compare", *files, "-o", form]) == 0
    out = capsys.readouterr().out
    return json.loads(out) if form == "json" else out


def test_a_fix_is_seen_in_every_number(files: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    (endpoint,) = compared(files, capsys)["endpoints"]
    rows = {row["name"]: (row["before"], row["after"], row["difference"]) for row in endpoint["rows"]}

    assert rows["closures, not forced"] == (15, 0, "better")
    assert rows["peer or proxy: FIN without a Close frame"] == (15, 0, None)
    assert rows["mean life of those"] == (60.0, None, "too few samples")
    assert rows["ws p50"][2] == "better"
    assert rows["ws loss"] == (0.0, 0.0, "no difference shown")
    assert rows["ws round trips"] == (1200, 1200, None)


def test_findings_that_vanished_are_named(files: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    (endpoint,) = compared(files, capsys)["endpoints"]

    assert any("60.0 s" in sentence for sentence in endpoint["findings"]["vanished"])
    assert endpoint["findings"]["appeared"] == []


def audited(*rows: ReconnectRow) -> ExperimentResult:
    bound = Bound(time_s=1, openings=0, connections=0, sent_bytes=0)
    answer = ExperimentAnswer(
        name="reconnect",
        question="?",
        prediction="",
        bound=bound,
        status="completed",
        verdict="finding",
        answer="",
        rows=rows,
    )
    return ExperimentResult(at_ns=ns(60), endpoint=NAME, answer=answer)


@pytest.fixture
def audits(tmp_path: Path) -> tuple[str, str]:
    hammers = ReconnectRow(fault="refuse", verdict="bad", sentence="hammers", noticed_s=0.1, tries_per_minute=58)
    backs_off = ReconnectRow(fault="refuse", verdict="ok", sentence="back", noticed_s=0.11, tries_per_minute=10)
    lost = ReconnectRow(fault="reset", verdict="finding", sentence="1 message came again", twice=1)
    before, after = audited(hammers, lost), audited(backs_off, lost)
    return saved(tmp_path / "before.wsmon", [before]), saved(tmp_path / "after.wsmon", [after])


def test_what_a_fix_changed_in_the_audit_of_a_client_is_said_fault_by_fault(
    audits: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    (endpoint,) = compared(audits, capsys)["endpoints"]
    rows = {row["name"]: (row["before"], row["after"], row["difference"]) for row in endpoint["rows"]}

    assert rows["fault refuse"] == ("bad", "ok", "better")
    assert rows["tries per minute"] == (58, 10, None)
    assert "noticed" not in rows, "a hundredth of a second is chance"
    assert rows["fault reset"] == ("finding", "finding", None)
    assert endpoint["findings"]["vanished"] == ["refuse: hammers"]
    assert endpoint["findings"]["remained"] == ["reset: 1 message came again"]


def test_a_worse_audit_can_be_read(audits: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    text = compared((audits[1], audits[0]), capsys, "text")

    assert [line.split() for line in text.splitlines() if "fault refuse" in line] == [
        ["fault", "refuse", "ok", "bad", "worse"]
    ]


def test_the_other_way_round_it_got_worse(files: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    (endpoint,) = compared((files[1], files[0]), capsys)["endpoints"]

    assert {row["difference"] for row in endpoint["rows"] if row["name"] in ("ws p50", "closures, not forced")} == {
        "worse"
    }
    assert len(endpoint["findings"]["appeared"]) >= 1


def test_too_few_samples_claim_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = saved(tmp_path / "before.wsmon", drops(2, rtt_ms=80)[:10])
    after = saved(tmp_path / "after.wsmon", drops(0, rtt_ms=20)[:3])

    (endpoint,) = compared((before, after), capsys)["endpoints"]

    assert not {"better", "worse"} & {row["difference"] for row in endpoint["rows"]}
    assert "too few samples" in {row["difference"] for row in endpoint["rows"]}


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_it_can_be_read_and_pasted(files: tuple[str, str], capsys: pytest.CaptureFixture[str], form: str) -> None:
    out = compared(files, capsys, form)

    assert "before.wsmon" in out
    assert "better" in out
    assert NAME in out


def test_recordings_without_a_common_endpoint_are_wrong_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    both = str(recorded(tmp_path / "both.wsmon"))
    save(tmp_path / "none.wsmon", Excerpt(0, 0, (), ()))

    assert main(["compare", both, str(tmp_path / "none.wsmon")]) == 2
    assert "no endpoint in common" in capsys.readouterr().err


def test_a_file_that_is_not_there_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", str(tmp_path / "a.wsmon"), str(tmp_path / "b.wsmon")]) == 1
    assert capsys.readouterr().err.count("\n") == 1

"""Findings as NDJSON: the fields of the contract, the make-up of the confidence beside them."""

import json
from pathlib import Path

from tests.corpus.history import START_NS, History
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.exports.headlines import headlines
from wsmonitor.exports.json.ndjson import Ndjson, encode_line, finding_record
from wsmonitor.exports.json.ndjson_file import headline_record
from wsmonitor.facts.wall_clock import WallClock
from wsmonitor.settings.endpoint_settings import NS

GOLDEN = Path(__file__).with_name("golden_findings.ndjson")


def analyzed(history: History, end_s: float) -> Analyzer:
    analyzer = Analyzer(START_NS, START_NS)
    analyzer.add_endpoint(history.configs[0])
    analyzer.feed(history.finished(end_s))
    return analyzer


def refused_then_well() -> Analyzer:
    history = History("ndjson")
    history.line.fail("tcp", "connection refused: nothing listens on that port")
    history.line.open()
    history.line.pings(history.line.opened_s + 100, 20)
    history.line.stay()
    return analyzed(history, 110)


def test_a_finding_has_the_fields_of_the_contract() -> None:
    stated, *_ = refused_then_well().take_finding_changes()

    record = json.loads(Ndjson(WallClock()).line(stated) or b"")

    assert record["type"] == "finding"
    assert (record["schema_version"], record["endpoint"], record["rule"]) == (1, "voice", "refused")
    assert (record["severity"], record["confidence"]) == ("problem", 0.9)
    assert record["summary"].startswith("The connection is refused")
    assert all(isinstance(text, str) for text in record["evidence"])
    assert record["fix"]
    assert set(record["confidence_of"]) == {"support", "spread", "exclusivity"}


def test_a_withdrawn_finding_names_its_rule() -> None:
    changes = refused_then_well().take_finding_changes()

    record = json.loads(Ndjson(WallClock()).line(changes[-1]) or b"")

    assert (record["type"], record["endpoint"], record["rule"]) == ("finding_withdrawn", "voice", "refused")


def test_findings_are_written_as_they_always_were() -> None:
    analyzer = refused_then_well()
    stated, *_, withdrawn = analyzer.take_finding_changes()
    (name, line), *_ = headlines(analyzer.snapshot(START_NS + 110 * NS)).items()

    mapping = Ndjson(WallClock())
    written = encode_line(headline_record(name, line, 0.0)), mapping.line(stated), mapping.line(withdrawn)

    assert b"".join(one or b"" for one in written) == GOLDEN.read_bytes()


def test_the_summary_lists_what_stands_at_the_end() -> None:
    history = History("summary")
    for _ in range(2):
        history.line.fail("http", "HTTP 403 Forbidden", status=403)
    analyzer = analyzed(history, 20)
    (summary,) = analyzer.summary(START_NS)

    record = Ndjson(WallClock()).summary(summary, START_NS)

    assert record["findings"] == [finding_record(finding) for finding in summary.findings]
    assert [finding["rule"] for finding in record["findings"]] == ["handshake_refused"]


def test_what_is_missing_is_said_of_a_pending_finding() -> None:
    history = History("pending")
    history.line.fail("http", "HTTP 503 Service Unavailable", status=503)
    (summary,) = analyzed(history, 20).summary(START_NS)

    record = finding_record(summary.findings[0])

    assert record["pending"] == {"have": 1, "need": 3}
    assert (record["severity"], record["confidence"]) == ("info", 0)

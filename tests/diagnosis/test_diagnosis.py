"""When rules look, what is kept, and what comes out: snapshots, changes, summaries."""

from typing import get_args

import pytest

from tests.corpus.history import QUIET, START_NS, History, ns
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.diagnosis.connection_record import ConnectionRecord
from wsmonitor.diagnosis.diagnosis import LONGEST_BREATH_NS, Diagnosis
from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.findings import FindingChange, FindingStated, FindingWithdrawn
from wsmonitor.diagnosis.rules.rule import Judgement, Rule
from wsmonitor.facts.events import (
    AnyEvent,
    ConnectionClosed,
    HeartbeatKind,
    HeartbeatMissed,
    LoopLag,
    Message,
    RttSample,
    SamplesDropped,
)
from wsmonitor.settings.endpoint_settings import EndpointConfig


def refusals(times: int) -> History:
    history = History("refusals")
    for _ in range(times):
        history.line.fail("tcp", "connection refused: nothing listens on that port")
    return history


def analyzed(history: History, *, batch: int, end_s: float = 0.0) -> Analyzer:
    analyzer = Analyzer(START_NS, START_NS)
    for config in history.configs:
        analyzer.add_endpoint(config)
    events = history.finished(end_s)
    for start in range(0, len(events), batch):
        analyzer.feed(events[start : start + batch])
    return analyzer


def told(changes: list[FindingChange]) -> list[tuple[str, str]]:
    return [
        ("stated", change.finding.rule) if isinstance(change, FindingStated) else ("withdrawn", change.rule)
        for change in changes
    ]


def test_a_finding_is_in_the_snapshot_of_each_slot() -> None:
    analyzer = analyzed(refusals(1), batch=1000)

    (row,) = analyzer.snapshot(ns(30)).endpoints
    assert [finding.rule for finding in row.findings] == ["refused"]


def test_a_finding_is_stated_once_and_again_when_it_says_more() -> None:
    analyzer = analyzed(refusals(2), batch=1000, end_s=60)

    assert told(analyzer.take_finding_changes()) == [("stated", "refused"), ("stated", "refused")]
    assert analyzer.take_finding_changes() == []


def test_a_contradicted_finding_is_withdrawn() -> None:
    history = refusals(1)
    history.line.open()
    history.line.pings(history.line.opened_s + 200, 20)
    history.line.stay()

    changes = analyzed(history, batch=1000, end_s=220).take_finding_changes()

    assert told(changes)[-1] == ("withdrawn", "refused")
    assert isinstance(changes[-1], FindingWithdrawn)


@pytest.mark.parametrize("batch", [7, 100_000])
def test_the_size_of_the_batches_changes_nothing(batch: int) -> None:
    history = History("batches", ping=QUIET)
    for busy_s in (3, 9, 20, 5, 8):
        history.line.open()
        history.line.send(history.line.opened_s + busy_s, answer=b"ok")
        history.line.close(history.line.now_s + 41)
    end_s = history.line.now_s + 20

    at_once = analyzed(history, batch=batch, end_s=end_s).take_finding_changes()
    one_by_one = analyzed(history, batch=1, end_s=end_s).take_finding_changes()

    assert at_once == one_by_one
    assert ("stated", "idle_timeout") in told(at_once)


def test_findings_are_ordered_by_severity_then_confidence() -> None:
    history = History("order")
    for number in range(12):
        history.line.fail("tcp", "connection refused: nothing listens on that port", at_s=history.line.now_s + 1)
        if number % 4 == 0:
            history.line.fail("dns", "lookup failed: try again", at_s=history.line.now_s + 1)

    (summary,) = analyzed(history, batch=1000).summary(ns(100))

    ranks = [finding.rank for finding in summary.findings]
    assert ranks == sorted(ranks)
    assert [finding.severity for finding in summary.findings][-1] == "warning"


def test_another_url_forgets_what_was_found() -> None:
    analyzer = analyzed(refusals(2), batch=1000)
    analyzer.snapshot(ns(30))
    analyzer.take_finding_changes()

    analyzer.add_endpoint(EndpointConfig(name="voice", url="ws://elsewhere"))

    assert analyzer.snapshot(ns(31)).endpoints[0].findings == ()
    assert told(analyzer.take_finding_changes()) == [("withdrawn", "refused")]


def test_another_endpoint_under_a_removed_ones_name_has_no_findings_and_a_restored_one_has_its_own() -> None:
    history = refusals(2)
    same = EndpointConfig(name="voice", url=history.configs[0].url)
    analyzer = analyzed(history, batch=1000)
    analyzer.remove_endpoint("voice")
    analyzer.restore_endpoint(same)
    restored = analyzer.snapshot(ns(31)).endpoints[0]
    analyzer.remove_endpoint("voice")
    analyzer.add_endpoint(same)

    assert [finding.rule for finding in restored.findings] == ["refused"]
    assert analyzer.snapshot(ns(32)).endpoints[0].findings == ()


def test_an_edit_that_keeps_the_url_keeps_the_findings() -> None:
    history = refusals(2)
    analyzer = analyzed(history, batch=1000)

    analyzer.add_endpoint(EndpointConfig(name="voice", url=history.configs[0].url, connections=2))

    rows = analyzer.snapshot(ns(31)).endpoints
    assert [[finding.rule for finding in row.findings] for row in rows] == [["refused"], ["refused"]]


def test_reset_statistics_begin_the_evidence_anew() -> None:
    analyzer = analyzed(refusals(2), batch=1000)

    analyzer.reset_statistics(ns(40))

    assert analyzer.snapshot(ns(41)).endpoints[0].findings == ()


def test_dropped_samples_are_no_proof_of_silence() -> None:
    history = History("dropped", ping=QUIET)
    for busy_s in (3, 9, 20, 5):
        history.line.open()
        for step in range(busy_s // 2 + 1):
            history.line.send(history.line.opened_s + 2 * step, answer=b"ok")
        history.line.close(history.line.now_s + 20)
    history.line.open()
    history.line.send(history.line.opened_s + 40, answer=b"still here")
    history.line.stay()
    history.events.append(SamplesDropped(at_ns=ns(history.line.opened_s + 1), count=9))

    (summary,) = analyzed(history, batch=1000).summary(ns(history.line.now_s))

    assert [finding.rule for finding in summary.findings] == ["idle_timeout"]


def counting_rule(counts: list[int]) -> Rule:
    def judge(_: Evidence) -> Judgement:
        counts.append(1)
        return None

    return Rule(id="count", title="count", severity="info", judge=judge, source="here", reads="nothing", samples=1)


def test_rules_do_not_look_per_message() -> None:
    counts: list[int] = []
    diagnosis = Diagnosis((counting_rule(counts),))
    diagnosis.configure(EndpointConfig(name="voice", url="ws://x"))
    history = History("messages")
    history.line.open(0)
    for number in range(5000):
        history.line.receive(0.1 + number / 1000)
    history.line.stay()

    for event in history.finished():
        diagnosis.feed(event)

    assert len(counts) <= 6


def test_many_closures_at_once_are_looked_at_a_few_times_a_second() -> None:
    counts: list[int] = []
    diagnosis = Diagnosis((counting_rule(counts),))
    diagnosis.configure(EndpointConfig(name="voice", url="ws://x"))
    history = History("closures")
    for number in range(1000):
        history.line.open(number / 500)
        history.line.close(history.line.opened_s + 0.001)

    for event in history.finished():
        diagnosis.feed(event)

    assert len(counts) <= 30


def test_however_long_closures_say_nothing_new_a_look_is_never_further_away_than_the_longest_breath() -> None:
    history = History("closures")
    for number in range(600):
        history.line.open(number / 4)
        history.line.close(history.line.opened_s + 0.1)
    counts: list[int] = []
    diagnosis = Diagnosis((counting_rule(counts),))
    diagnosis.configure(EndpointConfig(name="voice", url="ws://x"))
    case = diagnosis._cases["voice"]
    breaths = set()

    for event in history.finished():
        diagnosis.feed(event)
        breaths.add(case.breath_ns)

    assert max(breaths) == LONGEST_BREATH_NS
    assert len(counts) >= 150e9 / LONGEST_BREATH_NS


def test_a_probe_that_was_lost_leaves_no_open_connection_behind() -> None:
    history = History("lost")
    history.line.open(0)
    history.line.stay()
    diagnosis = Diagnosis()
    diagnosis.configure(history.configs[0])

    feed: list[AnyEvent] = [*history.finished(), LoopLag(at_ns=ns(500), lag_ns=0)]
    for event in feed:
        diagnosis.feed(event)

    assert diagnosis.said("voice").findings == ()


def test_events_of_an_endpoint_that_nobody_announced_are_taken() -> None:
    diagnosis = Diagnosis()
    for event in refusals(1).finished(10):
        diagnosis.feed(event)

    assert [finding.rule for finding in diagnosis.said("voice").findings] == ["refused"]
    assert diagnosis.said("nobody").findings == ()


def test_evidence_stays_bounded_however_long_it_goes_on() -> None:
    history = History("bounded")
    for _ in range(200):
        history.line.open(history.line.now_s + 0.1)
        for step in range(20):
            history.line.send(history.line.opened_s + 0.01 * step, b"%d" % step)
        history.line.close(history.line.opened_s + 0.5)
    events = history.finished()
    diagnosis = Diagnosis()
    for event in events:
        diagnosis.feed(event)

    evidence = diagnosis._cases["voice"].evidence
    assert len(evidence.ended) == 20
    assert all(len(record.sent_kinds) <= 32 for record in evidence.all_records)
    assert len(evidence.host.closures) <= 256
    assert all(len(record.last_sent) <= 12 for record in evidence.all_records)
    assert len(evidence.lasting) <= 6
    assert sum(isinstance(event, Message) for event in events) == 4000
    assert sum(isinstance(event, ConnectionClosed) for event in events) == 200


@pytest.mark.parametrize("is_stopped", [False, True], ids=["open", "stopped by us"])
def test_what_a_long_connection_settled_is_not_stated_again_when_we_stop_it(is_stopped: bool) -> None:
    history = refusals(2)
    line = history.line
    line.open()
    line.pings(line.opened_s + 200, 20)
    if is_stopped:
        line.stop(line.now_s + 1)
    else:
        line.stay()

    (summary,) = analyzed(history, batch=1000).summary(ns(line.now_s + 1))

    assert summary.findings == ()


def test_every_kind_of_round_trip_can_be_taken_in() -> None:
    record = ConnectionRecord(1, 0, 1, 0, None)

    for kind in get_args(HeartbeatKind):
        record.answer(RttSample(at_ns=1, endpoint="e", kind=kind, round_trip_ns=1))
        record.miss(HeartbeatMissed(at_ns=1, endpoint="e", kind=kind, consecutive=1, waited_ns=1))

    assert set(record.answers) == set(record.misses) == set(get_args(HeartbeatKind))


def test_of_ever_new_sorts_of_messages_the_last_ones_are_counted() -> None:
    history = History("ever new")
    for _ in range(6):
        history.line.open(history.line.now_s + 0.1)
        for step, sort in enumerate([*range(32), *range(32), *range(32, 40)]):
            history.line.send(history.line.opened_s + 0.1 * step, b"%c%c" % (97 + sort // 26, 97 + sort % 26))
        history.line.close(history.line.opened_s + 8.0)
    diagnosis = Diagnosis()
    for event in history.finished():
        diagnosis.feed(event)

    records = diagnosis._cases["voice"].evidence.ended
    assert records
    assert all(record.sent_kinds[sent.kind] for record in records for sent in record.last_sent)

"""What every rule must keep, whatever it looks for."""

import pickle
import re
from collections.abc import Iterator

import pytest

from tests.corpus.corpus import corpus
from tests.corpus.history import START_NS, History
from tests.corpus.labelled import Labelled
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.diagnosis.diagnosis import Diagnosis
from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.findings import Finding
from wsmonitor.diagnosis.host_record import HostRecord
from wsmonitor.diagnosis.rule_runner import Findings
from wsmonitor.diagnosis.rules import RULES
from wsmonitor.diagnosis.rules.rule import Judgement, Rule
from wsmonitor.facts.own_troubles import Surroundings
from wsmonitor.settings.endpoint_settings import EndpointConfig


def no_evidence() -> Evidence:
    return Evidence(EndpointConfig(name="voice", url="ws://x"), Surroundings(), HostRecord("x"))


def claims() -> Iterator[tuple[Labelled, Finding]]:
    """What is said about a slice of the corpus."""
    for history in corpus(every=7):
        start_ns = min(START_NS, history.events[0].at_ns)
        analyzer = Analyzer(start_ns, start_ns)
        for config in history.configs:
            analyzer.add_endpoint(config)
        analyzer.feed(history.events)
        for finding in analyzer.summary(history.events[-1].at_ns)[0].findings:
            yield history, finding


def test_ids_are_unique() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_has_a_title_and_refers_to_nothing_that_nobody_can_read(rule: Rule) -> None:
    assert rule.title
    assert not re.search(r"\.md\b|failure story", rule.source)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_names_other_rules_that_look_alike_and_what_rules_them_out(rule: Rule) -> None:
    others = {one.rule for one in rule.look_alikes}

    assert others
    assert others <= {one.id for one in RULES} - {rule.id}
    assert all(one.ruled_out_by and not one.ruled_out_by.endswith(".") for one in rule.look_alikes)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_without_evidence_a_rule_says_nothing(rule: Rule) -> None:
    assert rule.judge(no_evidence()) is None


def test_every_finding_has_words_evidence_and_a_confidence_within_bounds() -> None:
    for history, finding in claims():
        assert finding.sentence.endswith("."), finding
        assert finding.fix.endswith("."), finding
        assert 1 <= len(finding.evidence) <= 8, finding
        assert all(row.text == row.text.strip() and len(row.text) < 400 for row in finding.evidence), finding
        assert all(finding.since_ns <= row.at_ns <= history.events[-1].at_ns for row in finding.evidence), finding
        assert all(0 <= part <= 1 for part in (finding.confidence.support, finding.confidence.exclusivity)), finding
        assert all(one.rule in {rule.id for rule in RULES} - {finding.rule} for one in finding.also_considered), finding
        assert (finding.confidence.value == 0) == (finding.pending is not None), finding


def test_no_finding_names_1006_as_received_or_a_vendor_as_the_culprit() -> None:
    for _, finding in claims():
        assert not re.search(r"nginx|AWS|Cloudflare|Heroku|Google|Azure|Envoy", finding.sentence), finding
        assert "1006" not in finding.sentence or finding.rule == "protocol_error", finding


def test_looking_twice_at_the_same_evidence_says_the_same() -> None:
    history = next(corpus())
    diagnosis = Diagnosis()
    for config in history.configs:
        diagnosis.configure(config)
    for event in history.events:
        diagnosis.feed(event)
    diagnosis.look_now(history.events[-1].at_ns, is_last=True)
    first = pickle.dumps(diagnosis.said("voice").findings)

    diagnosis.look_now(history.events[-1].at_ns, is_last=True)

    assert pickle.dumps(diagnosis.said("voice").findings) == first


@pytest.mark.expects_log("wsmonitor.diagnosis.rule_runner")
def test_a_broken_rule_is_reported_once_and_skipped(caplog: pytest.LogCaptureFixture) -> None:
    def broken(_: Evidence) -> Judgement:
        raise ZeroDivisionError

    history = History("broken")
    history.line.fail("tcp", "connection refused: nothing listens on that port")
    history.line.fail("tcp", "connection refused: nothing listens on that port")
    bad = Rule(id="bad", title="bad", severity="problem", judge=broken, source="here", reads="nothing", samples=1)
    diagnosis = Diagnosis((bad, *RULES))
    diagnosis.configure(history.configs[0])

    for event in history.finished(30):
        diagnosis.feed(event)

    assert "refused" in [finding.rule for finding in diagnosis.said("voice").findings]
    assert [record.message for record in caplog.records] == ["rule bad is broken and left out from now on"]


def test_a_rule_that_breaks_later_takes_its_finding_back() -> None:
    findings = Findings("voice", ())

    assert findings.look(no_evidence(), 1) == []
    assert findings.said.findings == ()

"""The life of findings in the panel: learnt, stated, resolved, withdrawn; and nothing moves under the pointer."""

from dataclasses import replace

import pytest
from msgspec import structs
from msgspec.structs import replace as changed
from PySide6.QtCore import QEvent, QPointF
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QApplication

from tests.gui.findings.test_findings import VOICE, diagnosed, finding
from tests.gui.story import at_ns
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.analysis.headline import Headline
from wsmonitor.analysis.snapshot import FailedOpening, Snapshot
from wsmonitor.diagnosis.findings import Confidence, Diagnosed, Finding, PastFinding, Pending
from wsmonitor.facts.events import OpenFailed
from wsmonitor.gui.findings.finding_text import life_text
from wsmonitor.gui.findings.findings_panel import FindingsPanel
from wsmonitor.gui.findings.life_card import LifeCard
from wsmonitor.gui.start.whole_window import WholeWindow

RESOLVED = PastFinding(
    finding=finding(95), how="resolved", at_ns=at_ns(110), reason="no such end since it pings.", newest_ns=at_ns(95)
)
WITHDRAWN = PastFinding(
    finding=finding(31, rule="lifetime_limit", sentence="Connections end at an age of 31 s."),
    how="withdrawn",
    at_ns=at_ns(100),
    reason="connection #4 was not ended by the limit.",
)


@pytest.fixture
def snapshot(monitoring: WholeWindow, analyzer: Analyzer) -> Snapshot:
    """Two minutes into the story; the voice backend is selected."""
    monitoring.monitor.table.select((VOICE, 0))
    return analyzer.snapshot(at_ns(120))


def saying(snapshot: Snapshot, *past: PastFinding, findings: tuple[Finding, ...] = ()) -> Snapshot:
    views = tuple(structs.replace(view, said=Diagnosed(findings, past)) for view in snapshot.endpoints)
    return replace(snapshot, endpoints=views)


def shown(cards: list[LifeCard]) -> list[tuple[str, str]]:
    return [(card.pill.text(), card.sentence.text()) for card in cards if card.isVisible()]


def point_at(panel: FindingsPanel, *, is_over: bool) -> None:
    at = QPointF(5, 5)
    QApplication.sendEvent(panel, QEnterEvent(at, at, at) if is_over else QEvent(QEvent.Type.Leave))


def test_what_helped_stays_in_sight_with_its_reason_and_its_age(monitoring: WholeWindow, snapshot: Snapshot) -> None:
    monitoring.show_snapshot(saying(snapshot, RESOLVED))

    panel = monitoring.monitor.findings
    assert shown(panel.past) == [
        (
            "resolved",
            "No such end since it pings (for 25.0 s).\nIt said: Connections end after 60 s without a byte.",
        )
    ]
    assert not panel.quiet.isVisible()


def test_what_proved_wrong_is_in_the_history_that_can_be_opened(monitoring: WholeWindow, snapshot: Snapshot) -> None:
    monitoring.show_snapshot(saying(snapshot, RESOLVED, WITHDRAWN))
    panel = monitoring.monitor.findings
    assert [stage for stage, _ in shown(panel.past)] == ["resolved"]

    panel.history.click()

    assert [stage for stage, _ in shown(panel.past)] == ["resolved", "withdrawn"]
    assert "connection #4 was not ended by the limit" in shown(panel.past)[1][1].lower()
    panel.history.click()
    assert len(shown(panel.past)) == 1


def test_what_was_only_learnt_and_fits_no_more_says_why_and_claims_nothing(
    monitoring: WholeWindow, snapshot: Snapshot
) -> None:
    learnt = changed(finding(31, rule="lifetime_limit"), pending=Pending(have=2, need=3))
    past = PastFinding(finding=learnt, how="withdrawn", at_ns=at_ns(100), reason="lives of 3.0 s and 40.0 s.")

    monitoring.show_snapshot(saying(snapshot, past))

    panel = monitoring.monitor.findings
    (said,) = shown(panel.past)
    assert said[0] == "no longer fits"
    assert said[1].startswith("Lives of 3.0 s and 40.0 s.")
    assert "lifetime limit" not in (monitoring.monitor.verdict.said or Headline("fine", "")).text


def test_what_was_withdrawn_last_is_in_sight_until_something_else_stands(
    monitoring: WholeWindow, snapshot: Snapshot
) -> None:
    monitoring.show_snapshot(saying(snapshot, WITHDRAWN, RESOLVED))
    panel = monitoring.monitor.findings
    assert [stage for stage, _ in shown(panel.past)] == ["withdrawn", "resolved"]

    monitoring.show_snapshot(saying(snapshot, WITHDRAWN, RESOLVED, findings=(finding(95),)))

    assert [stage for stage, _ in shown(panel.past)] == ["resolved"]
    assert panel.history.text() == "Show the history (1)"


def test_a_card_says_since_when_how_often_and_last_when_it_was_confirmed(
    monitoring: WholeWindow, snapshot: Snapshot
) -> None:
    monitoring.show_snapshot(diagnosed(snapshot, finding(95, 62, 31)))

    (card,) = monitoring.monitor.findings.cards
    clock = monitoring.window.look.moments.clock
    since, newest = (clock(snapshot, at_ns(at), digits=0) for at in (31, 95))
    assert card.life.text() == f"since {since} · confirmed {newest} · explains 3 ends"


@pytest.mark.parametrize(
    ("rule", "known", "said"),
    [
        ("refused", 0, "explains 3 failed openings"),
        ("path_dead", 1, "explains 2 ends and 1 failed opening"),
        ("path_dead", 3, "explains 3 failed openings"),
    ],
)
def test_openings_that_a_finding_explains_are_called_so(
    monitoring: WholeWindow, snapshot: Snapshot, rule: str, known: int, said: str
) -> None:
    one = finding(95, 62, 31, rule=rule)
    places = {(0, at_ns(at)): rule for at in (95, 62, 31)}
    event = OpenFailed(at_ns=0, endpoint=VOICE, phase="tcp", error="refused", duration_ns=1)
    failures = [FailedOpening(1, VOICE, slot, at, event) for slot, at in places][:known]

    shown_now = replace(snapshot, failures=tuple(failures))
    text = life_text(one, Diagnosed((one,), explained=places), shown_now, monitoring.window.look.moments)

    assert text.endswith(said)


def test_nothing_changes_under_the_pointer_and_all_of_it_once_it_leaves(
    monitoring: WholeWindow, snapshot: Snapshot
) -> None:
    panel = monitoring.monitor.findings
    first, second = finding(95, 62, 31), finding(40, rule="connect_loop", sentence="It loops.")
    monitoring.show_snapshot(diagnosed(snapshot, changed(first, confidence=Confidence(support=0.5))))
    point_at(panel, is_over=True)

    monitoring.show_snapshot(diagnosed(snapshot, second, first))
    assert [card.sentence.text() for card in panel.cards] == [first.sentence]
    assert panel.cards[0].confidence.text() == "50%"

    point_at(panel, is_over=False)
    assert [card.sentence.text() for card in panel.cards] == [second.sentence, first.sentence]


def test_another_endpoint_is_shown_at_once_wherever_the_pointer_is(monitoring: WholeWindow, snapshot: Snapshot) -> None:
    panel = monitoring.monitor.findings
    monitoring.show_snapshot(diagnosed(snapshot, finding(95)))
    point_at(panel, is_over=True)

    monitoring.monitor.table.select(("transcribe", 0))

    assert panel.heading.text() == "Findings · transcribe"
    assert not any(card.isVisible() for card in panel.cards)

"""A client is tested from the window: asked for, watched, stopped, read, copied."""

import pytest
from msgspec.structs import replace
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from tests.gui.conftest import FakeProbe
from tests.gui.pictures import painted_columns, picture_of
from tests.gui.story import ENDPOINTS, START_NS, WALL_NS, at_ns
from tests.gui.tap.story import SHOP, came, listening
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.experiments.options import ExperimentOptions
from wsmonitor.facts.answers import (
    Attempts,
    AuditStage,
    AuditStep,
    Bound,
    ExperimentAnswer,
    ExperimentStatus,
    ReconnectRow,
    RowVerdict,
)
from wsmonitor.facts.events import WHOLE, AnyEvent, ExperimentProgress, ExperimentResult
from wsmonitor.gui.scorecard.scorecard_row import attempts_words
from wsmonitor.gui.scorecard.scorecard_tab import ScorecardTab
from wsmonitor.gui.start.whole_window import WholeWindow
from wsmonitor.gui.window.tabs import Tab
from wsmonitor.probe import channel

SUBSCRIBE = '{"type": "subscribe"}'
TRIED = Attempts(tries_s=(1.0, 3.0, 7.0), open_s=((0.0, 0.2), (7.0, None)), lifted_s=5.0, watched_s=10.0)


@pytest.fixture
def analyzer() -> Analyzer:
    """Nothing seen yet."""
    return Analyzer(START_NS, WALL_NS)


@pytest.fixture
def tapped(window: WholeWindow, analyzer: Analyzer) -> WholeWindow:
    """A tap with a client, and an endpoint of our own."""
    window.controller.add([SHOP, ENDPOINTS[0]])
    for config in window.controller.configs:
        analyzer.add_endpoint(config)
    tell(window, analyzer, listening(), *came(0, "node", 8121))
    window.monitor.table.select(("shop", WHOLE))
    return window


def tell(window: WholeWindow, analyzer: Analyzer, *events: AnyEvent, at_s: float = 10.0) -> None:
    analyzer.feed(events)
    window.show_snapshot(analyzer.snapshot(at_ns(at_s)))
    QApplication.processEvents()


def step(stage: AuditStage, fault: str = "", left: int = 6, row: ReconnectRow | None = None) -> AnyEvent:
    audit = AuditStep(
        stage=stage,
        is_connected=True,
        faults_left=left,
        ends_by_ns=at_ns(130),
        fault=fault,
        subscription=(SUBSCRIBE,),
        attempts=TRIED if fault else None,
        row=row,
    )
    return ExperimentProgress(at_ns=at_ns(5), endpoint="shop", name="reconnect", audit=audit)


def row(fault: str, verdict: RowVerdict, sentence: str) -> ReconnectRow:
    return ReconnectRow(fault=fault, verdict=verdict, sentence=sentence, noticed_s=0.01, subscribed=1, attempts=TRIED)


def result(*rows: ReconnectRow, status: ExperimentStatus = "completed") -> AnyEvent:
    answer = ExperimentAnswer(
        name="reconnect",
        question="",
        prediction="",
        bound=Bound(time_s=1, openings=0, connections=0, sent_bytes=0),
        status=status,
        verdict="finding",
        answer="2 faults played",
        rows=rows,
    )
    return ExperimentResult(at_ns=at_ns(65), endpoint="shop", answer=answer)


def tab_of(window: WholeWindow) -> ScorecardTab:
    window.monitor.tabs.bar.setCurrentIndex(Tab.SCORECARD)
    return window.monitor.tabs.scorecard


RESET = row("reset", "ok", "back 1.0 s after it happened")
SILENCE = row("silence", "bad", "not noticed in 45 s; 12 messages went into the void")


def test_the_button_of_a_tap_asks_how_and_starts_the_test(tapped: WholeWindow, probe: FakeProbe) -> None:
    question = tapped.audits.question
    tapped.monitor.tap.test.click()
    assert question.isVisible()
    question.all.setChecked(True)
    question.messages.setPlainText(f"{SUBSCRIBE}\n\n")
    question.submit()
    tapped.monitor.tap.test.click()
    question.quick.setChecked(True)
    question.messages.setPlainText("")
    question.submit()

    started = [one for one in probe.commands if isinstance(one, channel.StartExperiment)]

    assert [(one.config.name, one.name) for one in started] == [("shop", "reconnect")] * 2
    assert [one.options for one in started] == [
        ExperimentOptions(quick=False, subscription=(SUBSCRIBE,)),
        ExperimentOptions(quick=True),
    ]
    assert tapped.monitor.tabs.bar.currentIndex() == Tab.SCORECARD
    cut = [one for one in probe.commands if isinstance(one, channel.Disrupt)]
    assert [(one.endpoint, one.kind, one.argument, one.slot) for one in cut] == [("shop", "reset", "client", None)] * 2


def test_progress_says_which_fault_is_on_and_how_long_it_may_take(tapped: WholeWindow, analyzer: Analyzer) -> None:
    tab = tab_of(tapped)
    tell(tapped, analyzer, step("steady"))
    assert tab.status.text() == "watches your client before anything is done to it · at most 2:00 left"

    tell(tapped, analyzer, step("recovery", "reset", row=RESET), step("fault", "silence", left=5))

    assert tab.status.text() == "fault 2 of 6: dead path is on · at most 2:00 left"
    assert (tab.bar.value(), tab.bar.maximum()) == (1, 6)
    assert tapped.monitor.tabs.bar.tabText(Tab.SCORECARD).endswith("1/6")
    assert [(one.mark.text(), one.fault.text()) for one in tab.rows] == [("✓ ok", "tcp reset"), ("… now", "dead path")]
    assert SUBSCRIBE in tab.messages.text()


def test_a_test_that_runs_is_shown_and_stopped_and_keeps_what_was_found(
    tapped: WholeWindow, analyzer: Analyzer, probe: FakeProbe
) -> None:
    tab = tab_of(tapped)
    tell(tapped, analyzer, step("fault", "reset"), step("fault", "silence", left=5, row=RESET))
    tapped.monitor.tabs.bar.setCurrentIndex(Tab.EVENTS)
    tapped.monitor.tap.test.click()
    assert not tapped.audits.question.isVisible(), "it runs: there is nothing to ask"
    assert tapped.monitor.tabs.bar.currentIndex() == Tab.SCORECARD

    tab.stop.click()
    assert [one.endpoint for one in probe.commands if isinstance(one, channel.StopExperiment)] == ["shop"]
    untested = ReconnectRow(fault="silence", verdict="not tested", sentence="stopped")
    tell(tapped, analyzer, result(RESET, untested, status="interrupted"))

    assert tab.status.text() == "stopped after 60 s · 1 ok, 1 not tested"
    assert [one.mark.text() for one in tab.rows if one.mark.isVisible()] == ["✓ ok", "– not tested"]
    assert not tab.stop.isVisible()
    assert not tab.bar.isVisible()


def test_the_first_messages_can_be_said_while_it_runs(
    tapped: WholeWindow, analyzer: Analyzer, probe: FakeProbe
) -> None:
    tab = tab_of(tapped)
    tell(tapped, analyzer, step("fault", "reset"))
    tab.edit.click()
    question = tapped.audits.question
    assert question.messages.toPlainText() == SUBSCRIBE
    assert not question.quick.isVisible()

    question.messages.setPlainText('{"type": "hello"}')
    question.submit()

    [said] = [one for one in probe.commands if isinstance(one, channel.SetSubscription)]
    assert (said.endpoint, said.messages) == ("shop", ('{"type": "hello"}',))


def test_the_scorecard_is_copied_as_text_and_as_markdown(tapped: WholeWindow, analyzer: Analyzer) -> None:
    tab = tab_of(tapped)
    tell(tapped, analyzer, step("fault", "reset"), result(RESET, SILENCE))

    tab.copy_text.click()
    text = QGuiApplication.clipboard().text()
    tab.copy_markdown.click()
    markdown = QGuiApplication.clipboard().text()

    assert text.startswith("Client of shop: done after 60 s · 1 ok, 1 bad\n")
    assert "✗ bad         dead path: not noticed in 45 s" in text
    assert "reconnect: 2 faults played" in markdown
    assert "not noticed in 45 s" in markdown


def test_text_of_a_peer_is_plain(tapped: WholeWindow, analyzer: Analyzer) -> None:
    tab = tab_of(tapped)
    hostile = replace(SILENCE, fault="<b>x</b>\u202e", sentence="<img src=x>\x07")

    tell(tapped, analyzer, step("fault", "reset"), result(hostile))

    [shown] = tab.rows
    assert "\u202e" not in shown.fault.text()
    assert "\x07" not in shown.sentence.text()
    tab.copy_markdown.click()
    assert "\x07" not in QGuiApplication.clipboard().text()


def test_the_picture_has_the_fault_the_connections_and_the_tries_at_their_times(
    tapped: WholeWindow, analyzer: Analyzer
) -> None:
    tab = tab_of(tapped)
    tell(tapped, analyzer, step("fault", "reset"), result(RESET, replace(RESET, fault="fin", attempts=None)))
    with_attempts, without = (one.picture for one in tab.rows)

    columns = painted_columns(picture_of(with_attempts))

    assert columns, "something is painted"
    assert painted_columns(picture_of(without)) == []
    assert attempts_words(TRIED) == "3 tries, the first after 1.0 s; connected from 7.0 s"


def test_the_tab_is_there_where_a_tap_is_and_servers_are_asked_elsewhere(
    window: WholeWindow, analyzer: Analyzer
) -> None:
    window.controller.add([ENDPOINTS[0]])
    analyzer.add_endpoint(ENDPOINTS[0])
    tell(window, analyzer)
    assert not window.monitor.tabs.bar.isTabVisible(Tab.SCORECARD)

    window.controller.add([SHOP])
    analyzer.add_endpoint(SHOP)
    tell(window, analyzer, listening(), step("fault", "reset"), at_s=11)
    window.monitor.table.select(("shop", WHOLE))

    assert window.monitor.tabs.bar.isTabVisible(Tab.SCORECARD)
    assert "1" not in window.monitor.tabs.bar.tabText(Tab.EXPERIMENTS)

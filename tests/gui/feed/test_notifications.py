"""Notifications: only where asked for, only while nobody looks, one for drops of one moment."""

import pytest
from msgspec.structs import replace
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.story import at_ns, fin
from wsmonitor.facts.events import ConnectionClosed, EndedBy
from wsmonitor.gui.feed.notifications import Notifications
from wsmonitor.gui.start.remembered import Settings
from wsmonitor.gui.start.whole_window import WholeWindow
from wsmonitor.settings.endpoint_settings import NS
from wsmonitor.tables.known_codes import EVERYBODYS, CloseCodes


def everybodys(endpoint: str) -> CloseCodes:
    return EVERYBODYS


def dropped(name: str, forced: str | None = None, by: EndedBy | None = None) -> ConnectionClosed:
    verdict = replace(fin(NS, forced=forced), by=by)
    return ConnectionClosed(at_ns=at_ns(1), endpoint=name, connection=1, verdict=verdict)


def test_our_own_stop_is_no_drop(qapp: QApplication) -> None:
    said: list[str] = []
    notifications = Notifications(lambda: False, everybodys, qapp, say=lambda title, text: said.append(title))
    notifications.want(True, QIcon())

    notifications.hear([dropped("a", by="stop"), dropped("b", forced="tcp_reset", by="disruption")])
    notifications.tell()

    assert said == []
    notifications.stop()
    notifications.deleteLater()


@pytest.mark.parametrize(("wanted", "seen"), [(False, False), (True, True)])
def test_without_a_wish_or_while_it_is_seen_nothing_is_said(qapp: QApplication, wanted: bool, seen: bool) -> None:
    said: list[str] = []
    notifications = Notifications(lambda: seen, everybodys, qapp, say=lambda title, text: said.append(title))
    notifications.want(wanted, QIcon())

    notifications.hear([dropped("a")])
    notifications.tell()

    assert said == []
    notifications.stop()
    notifications.deleteLater()


def test_drops_of_one_moment_are_one_notification_without_forced_ones(qapp: QApplication) -> None:
    said: list[tuple[str, str]] = []
    notifications = Notifications(lambda: False, everybodys, qapp, say=lambda title, text: said.append((title, text)))
    notifications.want(True, QIcon())

    notifications.hear([dropped(name) for name in "abcd"] + [dropped("e", forced="tcp_reset")])
    notifications.hear([dropped("a")])
    notifications.tell()

    ((title, text),) = said
    assert title == "4 connections dropped"
    assert text.splitlines()[0].startswith("a: ")
    assert text.splitlines()[-1] == "and 1 more"
    notifications.stop()
    notifications.deleteLater()


def test_no_peer_writes_markup_into_a_notification(qapp: QApplication) -> None:
    said: list[str] = []
    notifications = Notifications(lambda: False, everybodys, qapp, say=lambda title, text: said.append(text))
    notifications.want(True, QIcon())

    notifications.hear([dropped("<img src='file:///x'>")])
    notifications.tell()

    assert said[0].startswith("\u2039img src='file:///x'\u203a: ")
    notifications.stop()
    notifications.deleteLater()


def test_a_click_on_a_notification_brings_the_window_back(window: WholeWindow, qtbot: QtBot) -> None:
    window.window.show()
    window.window.showMinimized()
    qtbot.waitUntil(window.window.isMinimized)

    window.preferences.notifications.clicked.emit()

    qtbot.waitUntil(lambda: not window.window.isMinimized())


def test_preferences_take_effect_and_are_kept(window: WholeWindow) -> None:
    window.use(Settings(theme="dark", reopen=False))
    window.window.actions_table["preferences"].trigger()
    dialog = window.preferences._dialog
    assert dialog is not None
    assert not dialog.reopen.isChecked()

    dialog.reopen.setChecked(True)
    dialog.theme.setCurrentIndex(2)
    dialog.theme.activated.emit(2)

    assert window.settings().reopen
    assert window.settings().theme == "light"

"""Cycles of objects are let go of between frames, also those that lived for long."""

import gc
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from wsmonitor.gui.start import collector as module
from wsmonitor.gui.start.collector import Collector


class Cycle:
    """Reaches itself."""

    def __init__(self) -> None:
        vars(self)["itself"] = self


@pytest.fixture
def collector(qapp: QApplication) -> Iterator[Collector]:
    parent = QObject()
    found = Collector(parent)
    found.start()
    yield found
    found.stop()
    parent.deleteLater()


def test_nothing_is_collected_until_it_looks(collector: Collector) -> None:
    dead = weakref.ref(Cycle())
    assert not gc.isenabled()
    assert dead() is not None

    collector.look()

    assert dead() is None


def test_what_lived_for_long_is_let_go_of_by_a_thorough_look(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    cycle = Cycle()
    dead = weakref.ref(cycle)
    collector.look()
    del cycle
    collector.look()
    assert dead() is not None, "it is not looked at again"

    monkeypatch.setattr(module, "_THOROUGH", 1)
    collector.look()

    assert dead() is None


def test_the_interpreter_collects_again_once_it_stopped(collector: Collector) -> None:
    collector.stop()

    assert gc.isenabled()
    assert gc.get_freeze_count() == 0

"""Examples for `tests/test_guards.py`, which runs them: those whose name starts with `test_leak` leak."""

import asyncio
import logging
import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QTimer, qWarning
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

kept: list[object] = []


@pytest.fixture(scope="module")
def shared_thread() -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)
    thread.start()
    yield
    stop.set()
    thread.join()


@pytest.fixture
def stopped_thread() -> Iterator[threading.Thread]:
    stop = threading.Event()
    yield threading.Thread(target=stop.wait)
    stop.set()


@pytest.fixture
def warning_teardown() -> Iterator[None]:
    yield
    qWarning("said while a fixture ended")


@pytest.mark.usefixtures("shared_thread")
def test_thread_of_a_wider_fixture() -> None: ...


def test_thread_that_is_stopped(stopped_thread: threading.Thread) -> None:
    stopped_thread.start()


def test_leak_of_a_thread() -> None:
    threading.Thread(target=threading.Event().wait, daemon=True).start()


async def test_task_that_is_awaited() -> None:
    await asyncio.create_task(asyncio.sleep(0))


async def test_leak_of_a_task() -> None:
    kept.append(asyncio.create_task(asyncio.Event().wait()))


async def test_leak_of_an_exception_in_a_task() -> None:
    async def fail() -> None:
        raise ValueError

    asyncio.create_task(fail())  # noqa: RUF006  # that nobody keeps it is the point
    await asyncio.sleep(0)


def test_leak_of_a_log_record() -> None:
    logging.getLogger("some.part").warning("surprise")


@pytest.mark.expects_log("some")
def test_expected_log_record() -> None:
    logging.getLogger("some.part").warning("no surprise")


def test_leak_of_a_timer(qapp: QApplication) -> None:
    timer = QTimer(qapp)
    timer.start(1000)


def test_timer_that_is_stopped(qapp: QApplication) -> None:
    timer = QTimer(qapp)
    timer.start(1000)
    timer.stop()


@pytest.mark.usefixtures("qapp")
def test_leak_of_a_widget() -> None:
    kept.append(QWidget())


def test_closed_widget_with_a_running_timer(qtbot: QtBot) -> None:
    widget = QWidget()
    QTimer(widget).start(1000)
    qtbot.addWidget(widget)


@pytest.mark.usefixtures("qapp")
def test_widget_to_be_deleted_later() -> None:
    widget = QWidget()
    kept.append(widget)
    widget.deleteLater()


def test_leak_of_a_qt_message() -> None:
    qWarning("said in a test")


@pytest.mark.usefixtures("warning_teardown")
def test_leak_of_a_qt_message_in_a_fixture() -> None: ...


def test_known_qt_message() -> None:
    qWarning("This plugin does not support propagateSizeHints()")

"""A pytest plugin: what a test leaves behind fails that test.

Held here: asyncio tasks, threads and unexpected log records. `qt_guards.py` holds Qt messages, running
timers and top-level widgets; it is loaded only where Qt is loaded already. What belongs to a fixture of
a wider scope is not a leak: it was there before the test.
"""

import asyncio
import gc
import logging
import sys
import threading
from collections.abc import AsyncIterator, Generator, Iterator
from time import monotonic
from types import ModuleType

import pytest
import pytest_asyncio

THREAD_GRACE_S = 1.0
"""A thread that was told to stop may need a moment to do so."""

_records = pytest.StashKey["_UnexpectedRecords"]()


@pytest.fixture(autouse=True)
def no_leaks(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail the test that left tasks, threads, timers or widgets behind."""
    threads = set(threading.enumerate())
    qt = _qt_guards()
    widgets = qt.widget_addresses() if qt else set()
    if request.node.get_closest_marker("asyncio"):
        request.getfixturevalue("no_leaked_tasks")

    yield

    leaks = _leaked_threads(threads)
    if qt:
        leaks += qt.leaked_timers() + qt.leaked_widgets(widgets)
    if leaks:
        pytest.fail("the test leaked " + ", ".join(leaks), pytrace=False)


@pytest_asyncio.fixture
async def no_leaked_tasks() -> AsyncIterator[None]:
    """Fail the asynchronous test that left tasks of its loop unfinished."""
    yield
    await asyncio.sleep(0)  # callbacks that are due may end a task
    leaked = [repr(task) for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    gc.collect()  # now, while its loop lives, an abandoned task says so in the log
    if leaked:
        pytest.fail("the test leaked " + ", ".join(leaked), pytrace=False)


def _leaked_threads(before: set[threading.Thread]) -> list[str]:
    deadline_s = monotonic() + THREAD_GRACE_S
    started = [thread for thread in threading.enumerate() if thread not in before]
    for thread in started:
        thread.join(max(0.0, deadline_s - monotonic()))
    return [repr(thread) for thread in started if thread.is_alive()]


class _UnexpectedRecords(logging.Handler):
    """Collects records from WARNING on."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)

    def take(self, item: pytest.Item) -> list[str]:
        """What was logged since the last call, less what the test provokes on purpose."""
        expected = tuple(str(mark.args[0]) for mark in item.iter_markers("expects_log"))
        records, self.records = self.records, []
        return [
            f"{record.name}: {record.getMessage()}"
            for record in records
            if not any(f"{record.name}.".startswith(f"{name}.") for name in expected)
        ]


def pytest_configure(config: pytest.Config) -> None:
    """Listen to every logger."""
    handler = _UnexpectedRecords()
    config.stash[_records] = handler
    logging.getLogger().addHandler(handler)
    config.add_cleanup(lambda: logging.getLogger().removeHandler(handler))


def pytest_sessionstart(session: pytest.Session) -> None:
    """Watch Qt from the start where pytest-qt has loaded it."""
    if qt := _qt_guards():
        qt.watch(session.config)


def pytest_collection_finish() -> None:
    """Make the collections that look for leaks cheap: nothing loaded so far is ever garbage."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, None, None]:
    """Fail the test during which, fixtures included, something unexpected was logged or said by Qt."""
    yield
    said = item.config.stash[_records].take(item)
    if qt := _qt_guards():
        said += qt.take_messages()
    if said:
        pytest.fail(
            "unexpected: " + "\n".join(said) + "\nA test that provokes this on purpose is marked"
            " `@pytest.mark.expects_log('logger')` or, for Qt, `@pytest.mark.qt_log_ignore('regex')`.",
            pytrace=False,
        )


def _qt_guards() -> ModuleType | None:
    """The Qt guards, without being the one who loads Qt."""
    if "PySide6.QtWidgets" not in sys.modules:
        return None
    from tests import qt_guards

    return qt_guards

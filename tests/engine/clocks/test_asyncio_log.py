import logging
from collections.abc import Iterator

import pytest

from wsmonitor.engine.clocks import asyncio_log


@pytest.fixture(autouse=True)
def hushed() -> Iterator[None]:
    logger = logging.getLogger("asyncio")
    before = logger.filters[:]
    asyncio_log.hush()
    yield
    logger.filters[:] = before


def test_a_write_in_vain_is_only_in_our_own_log_at_debug(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("asyncio").warning("socket.send() raised exception.")

    assert [(record.name, record.levelname) for record in caplog.records] == [(asyncio_log.__name__, "DEBUG")]


@pytest.mark.expects_log("asyncio")
def test_real_errors_of_asyncio_stay_loud(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("asyncio").error("Task exception was never retrieved")

    assert [(record.name, record.levelname) for record in caplog.records] == [("asyncio", "ERROR")]


def test_hushing_twice_is_hushing_once() -> None:
    asyncio_log.hush()

    assert sum(type(one).__module__ == asyncio_log.__name__ for one in logging.getLogger("asyncio").filters) == 1

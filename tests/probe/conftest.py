"""A probe for a test."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.probe.processes import Using


@pytest_asyncio.fixture
async def using() -> AsyncIterator[Using]:
    """A started client, closed at the end."""
    using = Using()
    using.client.start()
    yield using
    using.client.close()

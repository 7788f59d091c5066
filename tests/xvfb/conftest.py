"""One desktop for a test run, programs on it, and a server to point them at."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.end_to_end import servers
from tests.xvfb.desktop import Desktop
from tests.xvfb.program import Program
from tools import system_packages

Start = Callable[..., Program]
OPEN = "O open.*"
"""The name of the state of an endpoint that is connected."""


@pytest.fixture(scope="session")
def desktop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desktop]:
    """The display that all tests of this process share, one after the other."""
    missing = system_packages.missing_for_a_desktop()
    if missing:
        pytest.skip(f"a real window needs the Debian packages {' '.join(missing)}: `make test-all` installs them")
    made = Desktop(tmp_path_factory.mktemp("desktop"))
    yield made
    made.close()


@pytest.fixture
def start(desktop: Desktop, tmp_path: Path) -> Iterator[Start]:
    """Starts wsmonitor with the words of a command line, in one home for all starts of a test.

    Whatever it writes to the terminal on its own, a warning of Qt for instance, fails the test.
    """
    with ExitStack() as ends:

        def begin(*words: str) -> Program:
            program = Program(desktop, tmp_path, *words)
            ends.callback(program.end)
            return program

        yield begin
    said = tmp_path / "terminal.txt"
    assert not said.exists() or said.read_text() == ""


@pytest.fixture
def echo() -> Iterator[str]:
    """The URL of a server that sends every message back."""
    with servers.in_thread(servers.websockets_server) as port:
        yield f"ws://127.0.0.1:{port}/echo"

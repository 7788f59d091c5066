"""How many messages a second does the engine receive, tapped and with the window attached?"""

from collections.abc import Iterator

from tests.benchmarks.processes import module, read_line, server, window
from tests.benchmarks.row import Row, paired
from tests.benchmarks.windowed import Spec

ROUNDS = 5
SECONDS = 2.0


def run() -> Iterator[Row]:
    """The server says how fast its messages are taken, by us and by a bare `recv(decode=False)`."""
    for size in (128, 16 * 1024):
        path = f"flood?{size},{SECONDS}"
        ours, bare = [], []
        with server() as here:
            for _ in range(ROUNDS):
                with window(Spec(url=here.url(path))):
                    ours.append(float(read_line(here.process)))
                with module("bare_client", "receive", here.url(path)):
                    bare.append(float(read_line(here.process)))
        name = f"messages of {size:,} bytes received"
        note = "with the window open; what it cannot take is dropped and counted"
        yield paired(name, ours, bare, "/s", goal=1.0, at_least=True, note=note)

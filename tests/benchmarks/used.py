"""Is a list of a thousand endpoints still one that answers?"""

from collections.abc import Iterator
from typing import Literal, get_args

from tests.benchmarks.processes import server, window
from tests.benchmarks.row import Row, bounded
from tests.benchmarks.windowed import Request, Spec

ENDPOINTS = 1000
Use = Literal["search", "select", "scroll"]


def run() -> Iterator[Row]:
    """From the wish to what is painted, while all of them are pinged."""
    with server() as here, window(Spec(url=here.url(), endpoints=ENDPOINTS)) as shown:
        shown.measure(5)
        for use in get_args(Use):
            times_ms = shown.ask(Request(do=use)).frames_ms
            yield bounded(f"1,000 endpoints: {use}", times_ms, "ms", goal=50)

"""No test sleeps: one home (`waiting.py`) looks again at what other processes do, all else waits for named facts."""

import ast
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parent
MEASURE_BY_TIME = {"benchmarks", "real", "soak"}
"""Programs that run for a while on purpose; `make test` leaves them out."""
HOME = "waiting.py"
RECORDER = "corpus/record.py"
"""Records real histories by hand, for as long as they take."""


def test_no_test_waits_by_sleeping() -> None:
    files = (path.relative_to(TESTS) for path in TESTS.rglob("*.py"))
    places = (path for path in files if path.parts[0] not in MEASURE_BY_TIME and str(path) not in (HOME, RECORDER))

    assert [f"{path}:{line}" for path in places for line in sleeps((TESTS / path).read_text())] == []


def test_a_sleep_is_found_by_whatever_name_and_a_turn_of_the_loop_is_none() -> None:
    source = "import time\nfrom asyncio import sleep\ntime.sleep(0.1)\nsleep(seconds)\nasyncio.sleep(0)\nclock.sleep(9)"

    assert list(sleeps(source)) == [3, 4]


def sleeps(source: str) -> Iterator[int]:
    """The lines that let real time pass."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        match node.func, node.args[0]:
            case _, ast.Constant(value=0):
                continue  # one turn of the loop
            case ((ast.Name(id="sleep") | ast.Attribute(value=ast.Name(id="time" | "asyncio"), attr="sleep")), _):
                yield node.lineno

"""The live table of `watch`: what it shows, and how it keeps its place on a terminal."""

import asyncio
import fcntl
import os
import pty
import struct
import sys
import termios
import threading

import pytest

from tests.analysis.facts import NAME, START_NS, WALL_NS, analyzer, closed, lagged, ns, open_failed, opened, queued, rtt
from tests.cli.watch.test_command import server
from wsmonitor.analysis.analyzer import Analyzer
from wsmonitor.cli.measuring.text import TextLines
from wsmonitor.cli.watch.table import LiveTable, frame
from wsmonitor.facts.events import WAITS_ITS_TURN, AnyEvent, State, StateChanged
from wsmonitor.facts.wall_clock import WallClock
from wsmonitor.settings.endpoint_settings import NS, EndpointConfig


def shown(*events: AnyEvent, columns: int = 160, rows: int = 30) -> str:
    return frame(analyzer(*events).snapshot(ns(10)), columns=columns, rows=rows, colour=False)


def table(fold: Analyzer, *, may_draw: bool = True) -> LiveTable:
    text = TextLines(WallClock(WALL_NS - START_NS), [NAME])
    return LiveTable(fold, text, descriptor=-1, encoding="utf-8", colour=False, may_draw=lambda: may_draw)


def test_a_row_says_state_round_trips_loss_and_the_last_closure() -> None:
    text = shown(opened(1), rtt(2, 5.2), queued(3, 4), closed(4))

    row = next(line for line in text.splitlines() if NAME in line)
    assert row.split()[:2] == [NAME, "O"]
    for cell in ("5.2 ms", "0%", "4", "1", "peer or proxy: FIN"):
        assert cell in row


def test_an_endpoint_that_never_opened_says_why() -> None:
    assert "refused" in shown(open_failed(1))


def test_a_wait_for_the_dials_of_others_says_whose_they_are() -> None:
    why = f"{WAITS_ITS_TURN}30 redials a minute to host:80 used up, 27 by “broken”"
    waits = StateChanged(
        at_ns=ns(9), endpoint=NAME, old=State.CLOSING, new=State.BACKOFF, attempt=2, retry_in_ns=21 * NS, cause=why
    )

    text = shown(opened(1), closed(4), waits, columns=200)

    row = next(line for line in text.splitlines() if NAME in line)
    assert "its turn in 20.0 s" in row
    assert why in row


def test_no_line_is_wider_than_the_terminal() -> None:
    text = shown(opened(1), rtt(2, 5.2), closed(4), columns=60)

    assert max(map(len, text.splitlines())) <= 60


def test_endpoints_beyond_the_screen_are_counted() -> None:
    fold = Analyzer(START_NS, WALL_NS)
    for number in range(9):
        fold.add_endpoint(EndpointConfig(name=f"e{number}", url="ws://h"))

    assert "and 6 more" in frame(fold.snapshot(ns(1)), columns=120, rows=3, colour=False)


def test_the_next_table_takes_the_place_of_the_last() -> None:
    live = table(analyzer(opened(1)))

    first, second = live.line(lagged(1, 0.1)), live.line(lagged(1.3, 0.1))

    assert first is not None
    assert second is not None
    assert not first.startswith(b"\x1b[")
    assert second.startswith(f"\x1b[{first.decode().count(chr(10))}A\x1b[J".encode())


def test_what_is_notable_scrolls_by_above_the_table() -> None:
    live = table(analyzer(opened(1)))
    live.line(lagged(1, 0.1))

    told = live.line(opened(1.3))

    assert told is not None
    assert told.decode().index("→ open") < told.decode().index("endpoint")


def test_a_single_sample_is_no_line() -> None:
    live = table(analyzer(opened(1)))
    live.line(lagged(1, 0.1))

    assert live.line(rtt(1.1, 5.0)) is None


def test_nothing_is_drawn_for_a_terminal_that_does_not_take_it() -> None:
    live = table(analyzer(opened(1)), may_draw=False)

    assert live.line(lagged(1, 0.1)) is None
    assert b"endpoint" not in (live.line(closed(2)) or b"")


@pytest.fixture
def pseudo_terminal() -> tuple[int, int]:
    """Both ends of a pseudo-terminal, to be closed by the test; skips it where the machine has none."""
    try:
        return pty.openpty()
    except OSError as error:  # a bare container without /dev/pts
        pytest.skip(f"this machine has no pseudo-terminals: {error}")


async def test_watch_shows_it_on_a_terminal_and_the_summary_below(pseudo_terminal: tuple[int, int]) -> None:
    main, terminal = pseudo_terminal
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 140, 0, 0))
    chunks: list[bytes] = []
    reader = threading.Thread(target=_read, args=(main, chunks))
    command = [sys.executable, "-P", "-m", "wsmonitor", "watch"]
    async with server() as url:
        process = await asyncio.create_subprocess_exec(
            *command, url, "--duration", "1s", stdout=terminal, env=os.environ | {"TERM": "xterm"}
        )
        os.close(terminal)
        reader.start()
        code = await asyncio.wait_for(process.wait(), 40)
    reader.join()
    os.close(main)
    text = b"".join(chunks).decode()

    assert code == 0
    assert "closures" in text
    assert "\x1b[J" in text
    assert text.rindex("1 connection in 1 attempt") > text.rindex("closures")


def _read(descriptor: int, chunks: list[bytes]) -> None:
    while True:
        try:
            chunk = os.read(descriptor, 65536)
        except OSError:  # Linux: the other side of the terminal is closed
            return
        if not chunk:
            return
        chunks.append(chunk)

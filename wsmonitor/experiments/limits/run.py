"""The method: the pace of openings first, so that it is kept; then sizes, then connections held at once."""

import math
from collections.abc import Awaitable, Callable

from wsmonitor.experiments.bench import Bench, OpeningError
from wsmonitor.experiments.checks.seen import SLOW_S, oracle_reply
from wsmonitor.experiments.limits.facts import Held, LimitFacts
from wsmonitor.experiments.limits.rate import measure_rate
from wsmonitor.experiments.limits.search import SizeSearch
from wsmonitor.experiments.line.frames import BINARY, CONTINUATION, PING, PONG, encode, header_only
from wsmonitor.experiments.line.line import Line
from wsmonitor.experiments.politeness import MOST_CONNECTIONS, RefusedError

LARGEST_FRAME = 1 << 32
FIRST_S = 3.0
"""Whether frames are refused on announcement at all is worth waiting for."""
STALLED = 1.2
FRAGMENT = 16 * 1024
PINGS_A_PASS = 32
"""Into so many steps a pass cuts what is left between a message that was taken and one that was refused."""
STRIDE = 256 * 1024
"""A ping after so many bytes says that they were taken."""
LARGEST_HEADER = 16 * 1024
HOSTILE_HEADER = 64 * 1024
MOST_HEADER_TRIES = 8
PASSES = 8
"""So many times the largest message is sent to find what is refused only once it came."""
SETTLE_S = 0.2
AGAIN_S = 1.5
WRITTEN_S = 30.0
Taken = tuple[bool, str]
"""Whether a size was taken, and what was said where it was not."""


async def run(bench: Bench, facts: LimitFacts) -> None:
    """Look for each limit; a refusal ends the looking for it."""
    bench.say("openings a second")
    await measure_rate(bench, facts)
    bench.say("frames")
    facts.frame = SizeSearch(LARGEST_FRAME)
    facts.frame_how = await _search(bench, facts.frame, _frame_announced)
    if facts.frame.refused is None:
        facts.frame_is_announced = False
        facts.frame = SizeSearch(bench.options.max_bytes)
        take = _frame_sent if bench.options.send_data else _frame_begun
        facts.frame_how = await _search(bench, facts.frame, take, most_bytes=PASSES * bench.options.max_bytes)
    bench.say("messages")
    facts.message = SizeSearch(bench.options.max_bytes)
    facts.message_how = await _message_limit(bench, facts.message, facts.frame)
    bench.say("headers")
    facts.header = SizeSearch(HOSTILE_HEADER if bench.options.hostile else LARGEST_HEADER)
    facts.header_how = await _search(bench, facts.header, _header, most=MOST_HEADER_TRIES)
    bench.say("connections at once")
    await _hold(bench, facts.held)


async def _search(
    bench: Bench,
    search: SizeSearch,
    take: Callable[[Bench, int], Awaitable[Taken]],
    *,
    most: int = 60,
    most_bytes: float = math.inf,
) -> str:
    """Narrow the search down; how the server says no."""
    how = ""
    while len(search.tried) < most and sum(search.tried) < most_bytes and (size := search.next()) is not None:
        taken, said = await take(bench, size)
        search.note(size, was_taken=taken)
        how = said or how
    return how


async def _frame_announced(bench: Bench, size: int) -> Taken:
    """Announce a frame and send none of it: whoever minds says so at once."""
    line = await bench.open()
    line.write(header_only(BINARY, size))
    bench.ledger.note("head of a frame without its payload")
    asked_ns = bench.now_ns()
    await line.ended(FIRST_S if size == LARGEST_FRAME else bench.patience_s)
    if line.is_up and bench.now_ns() - asked_ns > STALLED * bench.patience_s * 1e9:
        await line.ended(bench.patience_s)  # we were late ourselves
    line.drop()
    return line.is_up or _is_ours(line), "" if line.end is None or _is_ours(line) else str(line.end)


def _is_ours(line: Line) -> bool:
    return line.end is not None and line.end.how == "local"


async def _frame_begun(bench: Bench, size: int) -> Taken:
    """A whole frame that begins a message which never ends: no handler gets it."""
    line = await bench.open()
    line.write(encode(BINARY, bytes(size), fin=False))
    bench.ledger.note("first fragment of a message that never ends")
    taken, how = await _still_taken(bench, line)
    line.drop()
    return taken, how


async def _frame_sent(bench: Bench, size: int) -> Taken:
    line = await bench.open()
    line.write(encode(BINARY, bytes(size)))
    bench.ledger.note("binary message of zeros")
    return await _was_taken(bench, line)


async def _was_taken(bench: Bench, line: Line) -> Taken:
    await line.until(lambda: not line.is_up or line.unsent == 0, WRITTEN_S)
    taken = line.is_up and await oracle_reply(bench, line) == "pong"
    how = "" if taken else str(line.end or "no answer")
    line.drop()
    return taken, how


async def _message_limit(bench: Bench, search: SizeSearch, frame: SizeSearch) -> str:
    """Send fragments of a message that never ends, in strides; then once more where the limit probably is."""
    fragment = min(FRAGMENT, frame.taken) if frame.refused is not None else FRAGMENT
    how = await _pour(bench, search, step=STRIDE, fragment=fragment)
    if search.refused is None:
        return how
    await _pour(bench, search, step=fragment, fragment=fragment)
    power = 1 << search.refused.bit_length() - 1
    for size in (power, power + 1):
        if search.taken < size < search.refused:
            taken, _ = await _message_sent(bench, size, fragment)
            search.note(size, was_taken=taken)
    while (width := search.refused - search.taken) > 1:
        await _pour(bench, search, step=max(1, width // PINGS_A_PASS), fragment=fragment)
        if search.refused - search.taken >= width:
            break
    return how


async def _pour(bench: Bench, search: SizeSearch, *, step: int, fragment: int) -> str:
    """Grow one message from what is known to be taken, `step` by `step`, until it is refused or large enough."""
    line = await bench.open()
    total = 0
    goal = search.taken
    total = _grow(line, total, goal, fragment)
    while True:
        goal = min(search.refused or search.largest, goal + step)
        total = _grow(line, total, goal, fragment)
        taken, how = await _still_taken(bench, line)
        search.note(goal, was_taken=taken)
        if not taken or goal >= (search.refused or search.largest):
            line.drop()
            return how


async def _message_sent(bench: Bench, size: int, fragment: int) -> Taken:
    line = await bench.open()
    _grow(line, 0, size, fragment)
    taken, how = await _still_taken(bench, line)
    line.drop()
    return taken, how


def _grow(line: Line, total: int, goal: int, fragment: int) -> int:
    """Send fragments until the message has `goal` bytes; it never ends, so no handler gets it."""
    while total < goal:
        portion = min(fragment, goal - total)
        line.write(encode(CONTINUATION if total else BINARY, bytes(portion), fin=False))
        total += portion
    return total


async def _still_taken(bench: Bench, line: Line) -> Taken:
    await line.until(lambda: not line.is_up or line.unsent == 0, WRITTEN_S)
    before = _empty_pongs(line)
    line.send(PING)  # empty: `websockets` 17.4 counts the payload of a ping in a fragmented message against the limit
    await line.until(lambda: not line.is_up or _empty_pongs(line) > before, max(SLOW_S, bench.patience_s))
    taken = line.is_up and _empty_pongs(line) > before
    return taken, "" if taken else str(line.end or "no answer")


def _empty_pongs(line: Line) -> int:
    return sum(one.opcode == PONG and not one.payload for one in line.frames)


async def _header(bench: Bench, size: int) -> Taken:
    line = await bench.attempt(bench.request().with_header("X-Wsmonitor-Padding", "x" * size))
    response = line.response
    how = f"HTTP {response.status}" if response is not None else str(line.end or "no answer")
    taken = response is not None and response.status == 101
    await line.close(bench.patience_s)
    return taken, "" if taken else how


async def _hold(bench: Bench, held: Held) -> None:
    """Open one more every 200 ms, until one is refused twice or an older one ends for it."""
    held.was_tried = True
    lines: list[Line] = []
    try:
        while held.count < MOST_CONNECTIONS and not held.ended:
            held.refusal = await _one_more(bench, lines)
            if held.refusal:  # it may have been the pace
                bench.politeness.forgive()
                await bench.sleep(AGAIN_S)
                held.refusal = await _one_more(bench, lines)
            if held.refusal:
                return
            held.ended = next((str(line.end) for line in lines if line.end is not None), "")
            held.count += not held.ended
    finally:
        for line in lines:
            await line.close(bench.patience_s)


async def _one_more(bench: Bench, lines: list[Line]) -> str:
    """Hold one connection more; how it was refused, empty where it was not."""
    try:
        line = await bench.open(group="held", retries=False)
    except (OpeningError, RefusedError) as error:
        return str(error)
    await line.until(lambda: not line.is_up or any(not one.is_up for one in lines), SETTLE_S)
    if line.end is not None:
        return str(line.end)
    lines.append(line)
    return ""

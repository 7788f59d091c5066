"""The method: sizes first, then connections held at once, then the pace of openings."""

from collections.abc import Awaitable, Callable

from wsmonitor.experiments.bench import Bench, OpeningError
from wsmonitor.experiments.checks.seen import SLOW_S, oracle_reply
from wsmonitor.experiments.limits.facts import Held, LimitFacts, Rate
from wsmonitor.experiments.limits.search import SizeSearch
from wsmonitor.experiments.line.frames import BINARY, CONTINUATION, PING, PONG, encode, header_only
from wsmonitor.experiments.line.line import Line
from wsmonitor.experiments.politeness import MOST_CONNECTIONS, RefusedError

LARGEST_FRAME = 1 << 32
FRAGMENT = 16 * 1024
STRIDE = 256 * 1024
"""A ping after so many bytes says that they were taken."""
LARGEST_HEADER = 16 * 1024
HOSTILE_HEADER = 64 * 1024
MOST_HEADER_TRIES = 8
RATES = (1, 2, 5)
RATE_S = 5.0
SETTLE_S = 0.2
WRITTEN_S = 30.0
Taken = tuple[bool, str]
"""Whether a size was taken, and what was said where it was not."""


async def run(bench: Bench, facts: LimitFacts) -> None:
    """Look for each limit; a refusal ends the looking for it."""
    bench.say("frames")
    facts.frame = SizeSearch(LARGEST_FRAME)
    facts.frame_how = await _search(bench, facts.frame, _frame_announced)
    if facts.frame.refused is None and bench.options.send_data:
        facts.frame_is_announced = False
        facts.frame = SizeSearch(bench.options.max_bytes)
        facts.frame_how = await _search(bench, facts.frame, _frame_sent)
    bench.say("messages")
    facts.message = SizeSearch(bench.options.max_bytes)
    facts.message_how = await _message_limit(bench, facts.message, facts.frame)
    bench.say("headers")
    facts.header = SizeSearch(HOSTILE_HEADER if bench.options.hostile else LARGEST_HEADER)
    facts.header_how = await _search(bench, facts.header, _header, most=MOST_HEADER_TRIES)
    bench.say("connections at once")
    await _hold(bench, facts.held)
    bench.say("openings a second")
    for per_s in RATES:
        facts.rates.append(Rate(per_s))
        if not await _open_at(bench, facts.rates[-1]):
            return


async def _search(
    bench: Bench, search: SizeSearch, take: Callable[[Bench, int], Awaitable[Taken]], *, most: int = 60
) -> str:
    """Narrow the search down; how the server says no."""
    how = ""
    while len(search.tried) < most and (size := search.next()) is not None:
        taken, said = await take(bench, size)
        search.note(size, was_taken=taken)
        how = said or how
    return how


async def _frame_announced(bench: Bench, size: int) -> Taken:
    """Announce a frame and send none of it: whoever minds says so at once."""
    line = await bench.open()
    line.write(header_only(BINARY, size))
    bench.ledger.note("head of a frame without its payload")
    await line.until(lambda: not line.is_up, bench.patience_s)
    line.drop()
    return line.is_up or _is_ours(line), "" if line.end is None or _is_ours(line) else str(line.end)


def _is_ours(line: Line) -> bool:
    return line.end is not None and line.end.how == "local"


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
    return how


async def _pour(bench: Bench, search: SizeSearch, *, step: int, fragment: int) -> str:
    """Grow one message from what is known to be taken, `step` by `step`, until it is refused or large enough."""
    line = await bench.open()
    total = 0
    goal = search.taken
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
    """Open one more every 200 ms; the control connection counts as one."""
    held.was_tried = True
    held.count = 1
    lines: list[Line] = []
    try:
        while held.count < MOST_CONNECTIONS and not held.ended:
            lines.append(await bench.open(group="held"))
            await lines[-1].until(lambda: not lines[-1].is_up, SETTLE_S)
            if lines[-1].end is not None:
                held.refusal = str(lines[-1].end)
                return
            held.ended = next((str(line.end) for line in lines if line.end is not None), "")
            held.count += 1
    except (OpeningError, RefusedError) as error:
        held.refusal = str(error)
    finally:
        for line in lines:
            await line.close(bench.patience_s)


async def _open_at(bench: Bench, rate: Rate) -> bool:
    """Open at one pace for a while; false where the server refuses."""
    started_ns = bench.now_ns()
    for number in range(round(rate.per_s * RATE_S)):
        await bench.sleep(max(0.0, number / rate.per_s - (bench.now_ns() - started_ns) / 1e9))
        try:
            line = await bench.open(group="rate")
        except (OpeningError, RefusedError) as error:
            rate.refusal = str(error)
            return False
        rate.opened += 1
        await line.close(bench.patience_s)
    return True

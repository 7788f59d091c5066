"""The closing handshake: RFC 6455, sections 5.5.1 and 7."""

from collections.abc import Callable

from wsmonitor.experiments.bench import Bench
from wsmonitor.experiments.checks.check import RFC6455, Check, Said
from wsmonitor.experiments.checks.run import check_experiment
from wsmonitor.experiments.checks.seen import SLOW_S, Seen, reaction_seen, seen_of
from wsmonitor.experiments.line.frames import BINARY, CLOSE, PING, TEXT, close_payload, encode
from wsmonitor.text.units import duration

TCP_S = 10.0
"""So long the server may take to close TCP after both Close frames."""
PROMPT_NS = 1_000_000_000
UNREAD_BYTES = 64 * 1024
NO_CODE = 1005
BEYOND_ALL = 5000
"""No range of section 7.4.2 has it, and no sentence forbids it."""
FORBIDDEN = (999, 1004, 1005, 1006, 1015, 2999, BEYOND_ALL)


def _answer(name: str, payload: bytes) -> Check:
    async def look(bench: Bench) -> Seen:
        return await _closed(bench, encode(CLOSE, payload))

    wanted = int.from_bytes(payload[:2], "big") if payload else NO_CODE

    def judge(seen: Seen) -> Said:
        if seen.end is None or seen.end.how != "close":
            return Said("violates", f"no Close: {seen.closing or 'nothing'}")
        sent = seen.end.code
        if sent == NO_CODE and _sent_code(seen):
            return Said("violates", "a Close that carries 1005")
        if sent != wanted:
            return Said("differs", f"{seen.end}, not {'an empty one' if wanted == NO_CODE else wanted}")
        if seen.end_after_ns is not None and seen.end_after_ns > SLOW_S * 1e9:
            return Said("differs", f"{seen.end} only after {duration(seen.end_after_ns)}")
        return Said("as expected", str(seen.end))

    expected = "a Close in answer, typically with the same code" if payload else "a Close in answer, as empty"
    return Check(id=f"close/{name}", section=f"{RFC6455}, 5.5.1", expected=expected, look=look, judge=judge)


def _sent_code(seen: Seen) -> bool:
    """Whether the Close frame carried the code itself, where it must not."""
    return any(frame.opcode == CLOSE and frame.size >= 2 for frame in seen.frames)


async def _closed(bench: Bench, *portions: bytes, tcp_s: float = 0.0) -> Seen:
    """What comes to a Close, and for how long TCP stays."""
    request = bench.request()
    line = await bench.open(request=request)
    line.answers_close = False
    for portion in portions:
        line.write(portion)
    if not await line.ended(max(bench.patience_s, bench.close_wait_s)):
        bench.close_wait_s = SLOW_S
    await line.until(lambda: line.fin_ns is not None or line.lost_ns is not None, tcp_s or bench.patience_s)
    seen = seen_of(line, request)
    line.drop()
    return seen


async def tcp_after_close(bench: Bench) -> Seen:
    """What comes to Close 1000, and whether the server closes TCP within `TCP_S`."""
    return await _closed(bench, encode(CLOSE, close_payload(1000)), tcp_s=TCP_S)


def tcp_said(seen: Seen) -> Said:
    """What that says."""
    if seen.end is None or seen.end.how != "close":
        return Said("inconclusive: the Close was not answered", seen.closing)
    if seen.fin_after_ns is None and not seen.was_reset:
        return Said("violates", f"TCP is left open for more than {duration(TCP_S * 1e9)}")
    if seen.was_reset and seen.fin_after_ns is None:
        return Said("as expected", "RST")
    assert seen.fin_after_ns is not None
    if seen.fin_after_ns > PROMPT_NS:
        return Said("differs", f"FIN only after {duration(seen.fin_after_ns)}")
    return Said("as expected", f"FIN after {duration(seen.fin_after_ns)}")


async def _unread(bench: Bench) -> Seen:
    unfinished = encode(BINARY, bytes(UNREAD_BYTES), fin=False)  # no handler gets it
    bench.ledger.note("unfinished message of 64 KiB")
    return await _closed(bench, unfinished, encode(CLOSE, close_payload(1000)))


def _unread_said(seen: Seen) -> Said:
    has_close = any(frame.opcode == CLOSE for frame in seen.frames)
    if seen.was_reset:
        lost = "the Close was answered, then RST" if has_close else "RST destroyed the answer: clients see 1006"
        return Said("finding", lost)
    if not has_close:
        return Said("violates", f"no Close: {seen.closing or 'nothing'}")
    return Said("as expected", f"a clean end: {seen.closing}")


async def _after(bench: Bench) -> Seen:
    return await _closed(bench, encode(CLOSE, close_payload(1000)) + encode(PING, b"after"))


def _after_said(seen: Seen) -> Said:
    return Said("finding", "answered") if b"after" in seen.pongs else Said("as expected", "not answered")


async def _in_fragments(bench: Bench) -> Seen:
    return await _closed(bench, encode(TEXT, b"wsm", fin=False), encode(CLOSE, close_payload(1000)))


def _in_fragments_said(seen: Seen) -> Said:
    if seen.end is not None and seen.end.how == "close" and seen.end.code == 1000:
        return Said("as expected", str(seen.end))
    return Said("differs", seen.closing or "no Close")


def _invalid(name: str, payload: bytes, *codes: int, sent: int | None = None) -> Check:
    async def look(bench: Bench) -> Seen:
        return await reaction_seen(
            bench, encode(CLOSE, payload), answers_close=False, end_wait_s=bench.close_wait_s - SLOW_S
        )

    return Check(
        id=f"close/invalid-{name}",
        section=f"{RFC6455}, 7.4",
        expected=f"the connection fails, usually with {' or '.join(map(str, codes))}",
        look=look,
        judge=_must_not_take(sent, *codes),
        hostile=True,
    )


def _must_not_take(sent: int | None, *codes: int) -> Callable[[Seen], Said]:
    def judge(seen: Seen) -> Said:
        if seen.end is None:
            return Said("differs", "neither ended nor answered within 3 s")
        if seen.end.how != "close" or seen.end.code in codes:
            return Said("as expected", str(seen.end))
        if seen.end.code not in (sent, 1000, NO_CODE):
            return Said("differs", f"{seen.end} rather than {' or '.join(map(str, codes))}")
        taken = f"taken as a Close: answered with {seen.end}"
        return Said("finding" if sent == BEYOND_ALL else "violates", taken)

    return judge


CLOSING_CHECKS = (
    _answer("answer-1000", close_payload(1000)),
    _answer("answer-4000", close_payload(4000)),
    _answer("answer-none", close_payload(None)),
    _answer("answer-reason", close_payload(1000, b"wsmonitor says goodbye")),
    Check(id="close/tcp", section=f"{RFC6455}, 5.5.1, 7.1.1", expected="the server closes TCP, and at once",
          look=tcp_after_close, judge=tcp_said),
    Check(id="close/rst", section=f"{RFC6455}, 7.1.1", expected="a clean end, though 64 KiB came before the Close",
          look=_unread, judge=_unread_said),
    Check(id="close/after", section=f"{RFC6455}, 5.5.2", expected="no pong to a ping after Close", look=_after,
          judge=_after_said),
    Check(id="close/in-fragments", section=f"{RFC6455}, 5.4", expected="a normal close inside a fragmented message",
          look=_in_fragments, judge=_in_fragments_said),
    _invalid("1-byte", b"\x03", 1002),
    *(_invalid(str(code), close_payload(code), 1002, sent=code) for code in FORBIDDEN),
    _invalid("utf8", close_payload(1000, b"\xc3\x28"), 1007, 1002),
)  # fmt: skip
"""In the order in which they are run."""

EXPERIMENT = check_experiment("close", "does it close as RFC 6455 says?", CLOSING_CHECKS)

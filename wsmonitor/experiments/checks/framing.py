"""Pings, pongs, fragments and malformed frames: RFC 6455, section 5."""

from collections.abc import Callable
from dataclasses import replace

from wsmonitor.experiments.bench import Bench
from wsmonitor.experiments.checks.check import RFC6455, Check, Said, must_fail, must_live
from wsmonitor.experiments.checks.seen import Seen, reaction_seen
from wsmonitor.experiments.line.frames import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, close_payload, encode
from wsmonitor.experiments.options import ExperimentOptions
from wsmonitor.text.units import counted

BURST = 10
BAD_UTF8 = b"h\xc3\x28llo"
"""0xC3 begins a sequence that 0x28 cannot go on."""


def _ping_check(name: str, payload: bytes) -> Check:
    async def look(bench: Bench) -> Seen:
        return await reaction_seen(bench, encode(PING, payload))

    def judge(seen: Seen) -> Said:
        if payload in seen.pongs:
            return Said("as expected", "a pong with the same payload")
        others = [pong for pong in seen.pongs if pong != payload]
        if len(others) > 1 or (others and seen.reply != "pong"):
            return Said("violates", "a pong with another payload")
        if seen.reply == "ended":
            return Said("violates", str(seen.end))
        return Said("violates", "no pong")

    expected = f"a pong with the same {len(payload)} bytes"
    return Check(id=f"ping/{name}", section=f"{RFC6455}, 5.5.3", expected=expected, look=look, judge=judge)


async def _burst(bench: Bench) -> Seen:
    seen = await reaction_seen(bench, b"".join(encode(PING, b"burst %d" % number) for number in range(BURST)))
    # a wrong pong shows that the server lives, not that it answered the last ping
    return replace(seen, reply="nothing") if bench.seen.pongs == "wrong" and seen.reply == "pong" else seen


def _burst_said(seen: Seen) -> Said:
    answered = [number for number in range(BURST) if b"burst %d" % number in seen.pongs]
    if len(answered) == BURST:
        return Said("as expected", f"all {BURST} answered")
    if BURST - 1 in answered or seen.reply == "pong":  # the oracle is the most recent ping of all
        return Said("finding", f"{len(answered)} of {BURST} answered, the last among them")
    return Said("violates", f"{len(answered)} of {BURST} answered, the last not")


def _frames(
    name: str,
    *portions: bytes,
    judge: Callable[[Seen], Said],
    section: str,
    expected: str,
    hostile: bool = True,
) -> Check:
    async def look(bench: Bench) -> Seen:
        return await reaction_seen(bench, *portions, may_fail_late=hostile)

    return Check(id=name, section=f"{RFC6455}, {section}", expected=expected, look=look, judge=judge, hostile=hostile)


async def _message_in_fragments(bench: Bench) -> Seen:
    message = bench.options.message.encode()
    third = max(1, len(message) // 3)
    parts = (message[:third], message[third : 2 * third], message[2 * third :])
    bench.ledger.note("message in three fragments")
    return await reaction_seen(
        bench,
        encode(TEXT, parts[0], fin=False),
        encode(CONTINUATION, parts[1], fin=False),
        encode(CONTINUATION, parts[2]),
    )


def _needs_message(options: ExperimentOptions) -> str:
    return "" if options.message else "needs --message"


def _only_at_the_end(seen: Seen) -> Said:
    if seen.reply == "pong" and seen.end is None:
        return Said("as expected", "nothing yet: to fail at the end of the message is enough")
    return must_fail(1007)(seen)


def _wide_length(seen: Seen) -> Said:
    return Said("finding", "accepted") if seen.end is None and seen.reply == "pong" else must_fail(1002)(seen)


async def _from_server(bench: Bench) -> Seen:
    return await reaction_seen(bench, encode(PING, b"frames, please"), encode(CLOSE, close_payload(1000)))


def _from_server_said(seen: Seen) -> Said:
    """What is wrong with frames of the server; none were compressed, as nothing was offered."""
    if not seen.frames:
        return Said("inconclusive: no frame came", "")
    for frame in seen.frames:
        wrong = {
            "a masked frame": frame.masked,
            "a reserved bit": bool(frame.rsv),
            f"the unknown opcode {frame.opcode}": frame.opcode not in (CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG),
            f"a control frame of {frame.size} bytes": frame.opcode >= CLOSE and frame.size > 125,
            "a fragmented control frame": frame.opcode >= CLOSE and not frame.fin,
        }
        if found := [what for what, is_so in wrong.items() if is_so]:
            return Said("violates", " and ".join(found))
    return Said("as expected", f"{counted(len(seen.frames), 'frame')}, none masked, compressed or too long")


_FAIL = "the connection fails, usually with 1002"
FRAMING_CHECKS = (
    _ping_check("echo-empty", b""),
    _ping_check("echo-1", b"x"),
    _ping_check("echo-125", b"y" * 125),
    _ping_check("echo-binary", bytes(range(128, 192))),
    Check(id="ping/burst", section=f"{RFC6455}, 5.5.3", expected="pongs, the last ping's at least", look=_burst,
          judge=_burst_said),
    _frames("ping/in-fragments", encode(TEXT, b"wsm", fin=False), judge=must_live, section="5.4",
            expected="a pong in the middle of a fragmented message", hostile=False),
    _frames("pong/unsolicited", encode(PONG, b"nobody asked"), judge=must_live, section="5.5.3",
            expected="nothing: the connection goes on", hostile=False),
    Check(id="fragments/text", section=f"{RFC6455}, 5.4", expected="the message is taken, the connection goes on",
          look=_message_in_fragments, judge=must_live, needs=_needs_message),
    Check(id="server/frames", section=f"{RFC6455}, 5.1, 5.2, 5.5", judge=_from_server_said, look=_from_server,
          expected="frames that are not masked, have no reserved bits, and whole control frames of 125 bytes at most"),
    _frames("frames/unmasked", encode(TEXT, b"hi", mask=False), judge=must_fail(1002), section="5.1", expected=_FAIL),
    *(_frames(f"frames/rsv{bit}", encode(TEXT, b"hi", rsv=4 >> (bit - 1)), judge=must_fail(1002), section="5.2",
              expected=_FAIL) for bit in (1, 2, 3)),
    *(_frames(f"frames/opcode-{opcode}", encode(opcode), judge=must_fail(1002), section="5.2", expected=_FAIL)
      for opcode in (3, 11)),
    _frames("frames/fragmented-ping", encode(PING, b"a", fin=False), encode(CONTINUATION, b"b"), judge=must_fail(1002),
            section="5.5", expected=_FAIL),
    _frames("frames/ping-126", encode(PING, b"z" * 126), judge=must_fail(1002), section="5.5", expected=_FAIL),
    _frames("frames/orphan", encode(CONTINUATION, b"nothing began"), judge=must_fail(1002), section="5.4",
            expected=_FAIL),
    _frames("frames/interleaved", encode(TEXT, b"a", fin=False), encode(BINARY, b"b"), judge=must_fail(1002),
            section="5.4", expected=_FAIL),
    _frames("frames/utf8", encode(TEXT, BAD_UTF8), judge=must_fail(1007), section="8.1",
            expected="the connection fails, usually with 1007"),
    _frames("frames/utf8-unfinished", encode(TEXT, BAD_UTF8, fin=False), judge=_only_at_the_end, section="8.1",
            expected="the connection fails with 1007, now or at the end of the message"),
    _frames("frames/nonminimal", encode(TEXT, b"hello", wide_length=True), judge=_wide_length, section="5.2",
            expected="the minimal number of bytes is a MUST for the sender only"),
)  # fmt: skip
"""In the order in which they are run."""

"""What each fault does to one pair, and what takes it back. One function for each, one line in `ACTIONS`."""

import os
import random
from collections.abc import Callable
from functools import partial

from wsmonitor.engine.disruptions.invalid_frame import FRAMES
from wsmonitor.engine.disruptions.levers import drop_incoming
from wsmonitor.facts.errors import DisruptionError
from wsmonitor.facts.events import Direction
from wsmonitor.facts.tap_events import LegSide
from wsmonitor.settings.endpoint_settings import to_ns
from wsmonitor.settings.tap_faults import Fault
from wsmonitor.tap.faults.byte_stages import (
    Bandwidth,
    Discard,
    HeldAnswer,
    JoinedAnswer,
    Latency,
    Limit,
    Slicer,
    SplitAnswer,
)
from wsmonitor.tap.faults.frame_stage import FrameFaults, FrameStage
from wsmonitor.tap.pair import Pair
from wsmonitor.tap.way import Stage, Way

Undo = Callable[[], None]
Action = Callable[[Pair, Fault, random.Random], Undo | None]
_TOWARDS: dict[LegSide, Direction] = {"client": "rx", "server": "tx"}
_CLOSE = 0x88


def begin(pair: Pair, fault: Fault, chance: random.Random) -> Undo | None:
    """Let `fault` act on `pair`; what takes it back, where it lasts.

    Raises `DisruptionError` or `OSError` where it cannot act on this pair.
    """
    return ACTIONS[fault.kind.kind](pair, fault, chance)


# On bytes


def _staged(make: Callable[[Fault, random.Random], Stage]) -> Action:
    def act(pair: Pair, fault: Fault, chance: random.Random) -> Undo:
        added = [(pair.ways[direction], make(fault, chance)) for direction in fault.directions]
        for way, stage in added:
            way.add(stage)
        return partial(_remove, added)

    return act


def _remove(added: list[tuple[Way, Stage]]) -> None:
    for way, stage in added:
        way.remove(stage)


def _limit_data(pair: Pair, fault: Fault, chance: random.Random) -> Undo:
    count, how = fault.value

    def reached() -> None:
        pair.later(partial(pair.end_after_delivery, resets=how == "rst"))

    return _staged(lambda _fault, _chance: Limit(count, reached))(pair, fault, chance) or _nothing


def _discard(pair: Pair, fault: Fault, chance: random.Random) -> Undo:
    _staged(lambda _fault, _chance: Discard())(pair, fault, chance)
    return partial(pair.end, by="disruption", resets=True)  # the streams are broken: nothing can go on


def _answer_staged(make: Callable[[Fault], Stage]) -> Action:
    def act(pair: Pair, fault: Fault, _chance: random.Random) -> Undo:
        if pair.is_open:
            return _nothing  # it was answered already
        way, stage = pair.ways["rx"], make(fault)
        way.add(stage)
        return partial(way.remove, stage)

    return act


# On frames


def _framed(change: Callable[[FrameFaults, Fault], None], restore: Callable[[FrameFaults], None]) -> Action:
    def act(pair: Pair, fault: Fault, chance: random.Random) -> Undo:
        stages = [(pair.ways[direction], frames_of(pair, direction, chance)) for direction in fault.directions]
        for _, stage in stages:
            change(stage.faults, fault)

        def undo() -> None:
            for way, stage in stages:
                restore(stage.faults)
                way.touch()
                if stage.may_leave:
                    way.remove(stage)

        return undo

    return act


def _drop_messages(pair: Pair, fault: Fault, chance: random.Random) -> Undo | None:
    for direction in fault.directions:
        scanner = pair.ways[direction].scanner
        if scanner is not None and scanner.keeps_context:
            raise DisruptionError(
                "messages are compressed with context takeover: losing one would corrupt all later ones"
            )

    def change(faults: FrameFaults, fault: Fault) -> None:
        faults.message_loss = fault.value

    def restore(faults: FrameFaults) -> None:
        faults.message_loss = 0.0

    return _framed(change, restore)(pair, fault, chance)


def frames_of(pair: Pair, direction: Direction, chance: random.Random) -> FrameStage:
    """The frame mode of one direction, begun where it was not on."""
    way = pair.ways[direction]
    for stage in way.stages:
        if isinstance(stage, FrameStage):
            return stage
    if way.scanner is None or way.scanner.is_blind:
        raise DisruptionError("frames of this connection are not understood")
    left, partial_head = way.scanner.unfinished
    made = FrameStage(chance.random, left=left, partial=partial_head)
    way.add(made, first=True)
    return made


def _set_pings(faults: FrameFaults, *, dropped: bool) -> None:
    faults.drops_pings = dropped


def _set_pongs(faults: FrameFaults, *, dropped: bool) -> None:
    faults.drops_pongs = dropped


def _set_late(faults: FrameFaults, seconds: float) -> None:
    faults.pongs_late_ns = to_ns(seconds)


def _set_code(faults: FrameFaults, code: int | None) -> None:
    faults.close_code = code


def _inject(pair: Pair, side: LegSide, frame: bytes, chance: random.Random, *, is_last: bool) -> None:
    direction = _TOWARDS[side]
    stage = frames_of(pair, direction, chance)
    stage.faults.injections.append(frame)
    pair.ways[direction].touch()
    if is_last:
        stage.faults.is_mute = True
    elif stage.may_leave:
        pair.ways[direction].remove(stage)


def _close(pair: Pair, fault: Fault, chance: random.Random) -> None:
    code, reason = fault.value
    for side in fault.legs:
        payload = code.to_bytes(2, "big") + reason.encode()
        pair.closes_itself(_TOWARDS[side], code, reason, fault.kind.kind)
        _inject(pair, side, _frame(_CLOSE, payload, masked=side == "server"), chance, is_last=True)


def _cut_message(pair: Pair, _fault: Fault, chance: random.Random) -> None:
    """The client gets a head that announces 2,000 bytes of text, and half of them."""
    _inject(pair, "client", b"\x81\x7e\x07\xd0" + b"x" * 1000, chance, is_last=True)
    pair.end_after_delivery(resets=True)


def _invalid_frame(pair: Pair, fault: Fault, chance: random.Random) -> None:
    frame = FRAMES[fault.value]
    for side in fault.legs:
        _inject(pair, side, frame if side == "server" else _as_server(frame, fault.value), chance, is_last=False)


def _as_server(frame: bytes, name: str) -> bytes:
    """The same mistake as a server makes it: it does not mask, so masking is what is wrong for `unmasked`."""
    if name == "unmasked":
        return _frame(0x81, b"hi", masked=True)
    size = 4 if frame[1] & 0x7F == 126 else 2
    return bytes([frame[0], frame[1] & 0x7F]) + frame[2:size] + frame[size + 4 :]


def _frame(first: int, payload: bytes, *, masked: bool) -> bytes:
    if not masked:
        return bytes([first, len(payload)]) + payload
    key = os.urandom(4)
    return bytes([first, 0x80 | len(payload)]) + key + bytes(byte ^ key[at % 4] for at, byte in enumerate(payload))


# On legs and pairs


def _stall(pair: Pair, fault: Fault, _chance: random.Random) -> Undo:
    legs = [pair.legs[side] for side in fault.legs]
    for leg in legs:
        leg.stall(stalled=True)

    def undo() -> None:
        for leg in legs:
            leg.stall(stalled=False)

    return undo


def _kernel_blackhole(pair: Pair, fault: Fault, _chance: random.Random) -> Undo:
    legs = [pair.legs[side] for side in fault.legs]
    for leg in legs:
        drop_incoming(leg.socket, dropping=True)

    def undo() -> None:
        for leg in legs:
            if not leg.is_closed:
                drop_incoming(leg.socket, dropping=False)

    return undo


def _reset(pair: Pair, fault: Fault, _chance: random.Random) -> None:
    if len(fault.legs) == 2:
        pair.end(by="disruption", resets=True)
    else:
        pair.end_leg(fault.legs[0], resets=True)


def _fin(pair: Pair, fault: Fault, _chance: random.Random) -> None:
    if len(fault.legs) == 2:
        pair.end(by="disruption")
    else:
        pair.end_leg(fault.legs[0], resets=False)


def _half_close(pair: Pair, fault: Fault, _chance: random.Random) -> None:
    for side in fault.legs:
        pair.legs[side].finish()


def _half_open(pair: Pair, _fault: Fault, _chance: random.Random) -> Undo:
    pair.relaying.hides_ends = True
    pair.end_leg("server", resets=False)
    return partial(pair.end, by="disruption")


def _slow_close(pair: Pair, fault: Fault, _chance: random.Random) -> Undo:
    pair.relaying.delay_ns = to_ns(fault.value)

    def undo() -> None:
        pair.relaying.delay_ns = 0

    return undo


def _lifetime(pair: Pair, fault: Fault, _chance: random.Random) -> Undo:
    return pair.at_age(to_ns(fault.value), partial(pair.end, by="disruption"))


def _nothing() -> None:
    """There is nothing to take back."""


ACTIONS: dict[str, Action] = {
    "latency": _staged(lambda fault, chance: Latency(fault.value[0], fault.value[1], chance)),
    "bandwidth": _staged(lambda fault, _: Bandwidth(fault.value)),
    "slicer": _staged(lambda fault, chance: Slicer(fault.value[0], fault.value[1], fault.value[2], chance)),
    "limit_data": _limit_data,
    "stall": _stall,
    "discard": _discard,
    "kernel_blackhole": _kernel_blackhole,
    "lifetime": _lifetime,
    "reset": _reset,
    "fin": _fin,
    "half_close": _half_close,
    "half_open": _half_open,
    "slow_close": _slow_close,
    "cut_message": _cut_message,
    "close": _close,
    "rewrite_close": _framed(lambda faults, fault: _set_code(faults, fault.value), partial(_set_code, code=None)),
    "drop_pings": _framed(lambda faults, _: _set_pings(faults, dropped=True), partial(_set_pings, dropped=False)),
    "drop_pongs": _framed(lambda faults, _: _set_pongs(faults, dropped=True), partial(_set_pongs, dropped=False)),
    "delay_pongs": _framed(lambda faults, fault: _set_late(faults, fault.value), partial(_set_late, seconds=0)),
    "drop_messages": _drop_messages,
    "invalid_frame": _invalid_frame,
    "hold_101": _answer_staged(lambda fault: HeldAnswer(fault.value)),
    "split_101": _answer_staged(lambda _: SplitAnswer()),
    "coalesce_101": _answer_staged(lambda _: JoinedAnswer()),
}
"""Fault -> what it does to a pair. Faults on openings act in `openings.py`."""

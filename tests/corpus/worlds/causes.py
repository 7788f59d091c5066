"""What ends connections, as a server, a path, a user or this machine would do it."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.corpus.worlds.traffic import Frame


@dataclass(frozen=True)
class Life:
    """A connection that nothing has ended yet."""

    opened_s: float
    until_s: float
    round_trip_s: float
    frames: list[Frame]


@dataclass(frozen=True)
class End:
    """When a cause would end the connection, and with which verdict."""

    at_s: float
    verdict: dict[str, Any]
    deaf_s: float | None = None
    """From then on nothing arrives any more."""


Ends = Callable[[random.Random, Life], End | None]


@dataclass(frozen=True)
class Cause:
    """`rule` is what should be found, `None` for nothing; `limit_s` what it should name."""

    name: str
    ends: Ends
    rule: str | None = None
    also: tuple[str, ...] = ()
    """Rules that may say something true as well."""
    limit_s: float | None = None
    least: int = 5
    """So many endings make it certain."""
    is_fair: bool = True
    """False where no rule could be asked to find it."""
    is_ours: bool = False
    """Ends by us: neither expected nor counted among the peer's."""
    moments: tuple[float, ...] = field(default=())


def way(how: str) -> dict[str, Any]:
    """The verdict of an ending called `fin`, `rst` or by its code and reason: `1011 went wrong`."""
    if how in ("fin", "rst"):
        return {"mechanism": how}
    code, _, reason = how.partition(" ")
    return {"mechanism": "close_frame", "received_code": int(code), "received_reason": reason, "sent_code": int(code),
            "clean": True}  # fmt: skip


def idle(limit_s: float, direction: str, check_s: float, how: str) -> Cause:
    """Silence for so long, looked at every `check_s`."""

    def ends(dice: random.Random, life: Life) -> End | None:
        last_s = life.opened_s
        for frame in life.frames:
            if direction in ("both", frame.direction):
                if frame.at_s - last_s > limit_s:
                    break
                last_s = frame.at_s
        return End(last_s + limit_s + dice.uniform(0.001, max(0.002, check_s)), way(how))

    return Cause(
        f"idle {direction} {limit_s:g} s, checked every {check_s:g} s, {how}", ends, "idle_timeout",
        ("keepalive_race",), limit_s, is_fair=check_s <= 0.04 * limit_s,
    )  # fmt: skip


def lifetime(limit_s: float, jitter: float, how: str) -> Cause:
    """An age."""

    def ends(dice: random.Random, life: Life) -> End | None:
        return End(life.opened_s + limit_s * (1 + dice.uniform(0, jitter)), way(how))

    return Cause(
        f"lifetime {limit_s:g} s +{jitter:.1%}, {how}", ends, "lifetime_limit", (), limit_s, is_fair=jitter <= 0.01
    )


def rotation(limit_s: float, code: int) -> Cause:
    """A clean goodbye at an age: a limit all the same, which may be said and need not."""

    def ends(dice: random.Random, life: Life) -> End | None:
        return End(life.opened_s + limit_s + dice.uniform(0, 0.1), way(f"{code} bye"))

    also = ("idle_timeout", "clocked_endings")
    return Cause(f"rotation {code} at {limit_s:g} s", ends, "lifetime_limit", also, limit_s, is_fair=False)


def accident(mean_s: float, hows: tuple[str, ...]) -> Cause:
    """No memory, no pattern."""

    def ends(dice: random.Random, life: Life) -> End | None:
        return End(life.opened_s + 0.3 + dice.expovariate(1 / mean_s), way(dice.choice(hows)))

    return Cause(f"accidents, mean {mean_s:g} s, {'/'.join(hows)}", ends)


def skewed(low_s: float, high_s: float, hows: tuple[str, ...]) -> Cause:
    """Lives of about one length, without a limit: people who leave, batches that end."""

    def ends(dice: random.Random, life: Life) -> End | None:
        return End(life.opened_s + dice.triangular(low_s, high_s), way(dice.choice(hows)))

    alike = ("lifetime_limit",) if high_s <= 1.3 * low_s else ()  # so alike, they look like a limit with jitter
    return Cause(f"lives of {low_s:g} to {high_s:g} s", ends, None, alike)


def poison(how: str) -> Cause:
    """The message `export` is the end."""

    def ends(dice: random.Random, life: Life) -> End | None:
        at_s = next((frame.at_s for frame in life.frames if frame.kind == "export"), None)
        return None if at_s is None else End(at_s + life.round_trip_s + dice.uniform(0.001, 0.01), way(how))

    return Cause(f"export kills, {how}", ends, "message_triggers_close", ("count_limit",), least=4)


def count(number: int, how: str) -> Cause:
    """So many messages of ours."""

    def ends(dice: random.Random, life: Life) -> End | None:
        sent = [frame.at_s for frame in life.frames if frame.direction == "tx" and frame.kind != "ping"]
        return None if len(sent) < number else End(sent[number - 1] + life.round_trip_s + 0.002, way(how))

    return Cause(
        f"{number} messages, {how}", ends, "count_limit", ("message_triggers_close", "policy_refusal"), least=4
    )


def middlebox(gap_s: float) -> Cause:
    """Forgets what is quiet for so long; the next byte gets a RST."""

    def ends(dice: random.Random, life: Life) -> End | None:
        last_s = life.opened_s
        for frame in life.frames:
            if frame.at_s - last_s > gap_s and frame.direction == "tx":
                return End(frame.at_s + life.round_trip_s, way("rst"), frame.at_s)
            last_s = frame.at_s
        return None

    return Cause(f"middlebox {gap_s:g} s", ends, "middlebox_reset", ("keepalive_race",), least=5)


def token(ttl_s: float) -> Cause:
    """Credentials that expire, and it says so."""

    def ends(dice: random.Random, life: Life) -> End | None:
        return End(life.opened_s + ttl_s * dice.uniform(0.5, 1), way("1008 token expired"))

    return Cause(f"token of {ttl_s:g} s", ends, "policy_refusal", least=2)


def restarts(moments: tuple[float, ...], how: str, spread_s: float) -> Cause:
    """The server goes away for everybody."""

    def ends(dice: random.Random, life: Life) -> End | None:
        at_s = next((moment for moment in moments if moment > life.opened_s), None)
        return None if at_s is None else End(at_s + dice.uniform(0, spread_s), way(how))

    again = ("server_restarts",) if len(moments) > 1 else ()
    return Cause(f"{len(moments)} restarts, {how}", ends, "shared_outage", ("refused", "upstream_down", *again),
                 least=1, moments=moments)  # fmt: skip


def forced(mean_s: float) -> Cause:
    """We do it ourselves."""

    def ends(dice: random.Random, life: Life) -> End | None:
        verdict = {"by": "disruption", "initiator": "local", "mechanism": "rst", "forced": "tcp_reset"}
        return End(life.opened_s + dice.expovariate(1 / mean_s), verdict)

    return Cause(f"forced, mean {mean_s:g} s", ends, is_ours=True)


def sleep(naps: tuple[tuple[float, float], ...]) -> Cause:
    """This machine sleeps from `naps` to `naps`; what was open is gone when it wakes."""

    def ends(dice: random.Random, life: Life) -> End | None:
        wake_s = next((wake_s for doze_s, wake_s in naps if life.opened_s < wake_s), None)
        return None if wake_s is None else End(wake_s + dice.uniform(0.1, 4), way(dice.choice(("rst", "fin"))))

    moments = tuple([at_s for nap in naps for at_s in nap])
    return Cause(f"{len(naps)} naps", ends, "sleep_wake", least=1, is_ours=True, moments=moments)

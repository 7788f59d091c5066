"""What a client before a tap does wrong, and what only looks like it."""

import random
from collections.abc import Callable

from tests.corpus.labelled import CONSEQUENCES, Case, Labelled
from tests.corpus.tapped_session import Session
from wsmonitor.facts.events import HeartbeatMissed, RttSample
from wsmonitor.settings.endpoint_settings import to_ns

Play = Callable[[Session, random.Random], None]
OF_SERVERS = ("lifetime_limit", "clocked_endings", "connect_loop", "early_close", "policy_refusal", "upstream_down")
"""What the same ends may say of the server: true or not, it is not what these histories are about."""


def case(name: str, play: Play, *expected: str) -> Case:
    """The history that `play` makes."""

    def make(seed: str) -> Labelled:
        session = Session()
        play(session, random.Random(seed))
        allowed = CONSEQUENCES | {*OF_SERVERS, "handshake_refused", "server_restarts", "rate_limited"}
        return Labelled(f"tap: {name}", (session.config,), session.stated(), frozenset(expected), allowed)

    return make


def lives(gap: Callable[[random.Random, int], float], code: int | None = None) -> Play:
    """Connections of uneven lives with a pause before each next one."""

    def play(session: Session, dice: random.Random) -> None:
        client, at_s = session.client(), 0.0
        client.open(at_s)
        for number in range(6):
            life_s = dice.uniform(4, 40)
            client.send(at_s + life_s / 2)
            client.end(at_s + life_s, code=code)
            at_s += life_s + gap(dice, number)
            client.open(at_s)

    return play


def after_close(delay_s: float) -> Play:
    """A message so long after the server's Close."""

    def play(session: Session, dice: random.Random) -> None:
        client, closed_s = session.client(), dice.uniform(3, 30)
        client.open(0)
        client.close_frame(closed_s, "rx")
        client.send(closed_s + delay_s)
        client.end(closed_s + delay_s + 1, code=1011)

    return play


def refused(retry_after_s: float, gap_s: float) -> Play:
    """Openings that are told when to come back."""

    def play(session: Session, dice: random.Random) -> None:
        client = session.client()
        for number in range(5):
            client.refused(number * gap_s + dice.uniform(0, 0.1), 503, retry_after_s)

    return play


def two_connections(*, uses_old: bool, pids: tuple[int, int] = (1, 1)) -> Play:
    """A second connection while the first lives, twice."""

    def play(session: Session, dice: random.Random) -> None:
        old, new = session.client(0, pids[0]), session.client(1, pids[1])
        for start_s in (0.0, 100.0):
            at_s = start_s + dice.uniform(5, 15)
            old.open(start_s)
            old.send(start_s + 1)
            new.open(at_s)
            new.send(at_s + 1)
            if uses_old:
                old.send(at_s + 10)
            old.end(start_s + 40 + dice.uniform(0, 5))
            new.end(start_s + 60 + dice.uniform(0, 9))

    return play


def pings(*, answers: bool) -> Play:
    """The server's pings, never answered or answered once."""

    def play(session: Session, dice: random.Random) -> None:
        client, every_s = session.client(), dice.uniform(5, 25)
        client.open(0)
        if answers:
            client.say(RttSample, every_s / 2, kind="client", round_trip_ns=to_ns(0.001))
        for step in range(1, 4):
            missed = {"kind": "client", "consecutive": step, "waited_ns": to_ns(every_s / 2)}
            client.say(HeartbeatMissed, every_s * step, **missed)

    return play


def welcomed(*, speaks_first: bool, minds: bool) -> Play:
    """A server with a welcome, and a client that waits for it at times."""

    def play(session: Session, dice: random.Random) -> None:
        client = session.client()
        for number in range(7):
            start_s, is_hasty = number * 100.0, number > 2
            client.open(start_s)
            if is_hasty and speaks_first:
                client.send(start_s + dice.uniform(0.001, 0.01))
            if is_hasty and minds:
                client.end(start_s + dice.uniform(0.02, 0.3))
                continue
            client.hear(start_s + dice.uniform(0.02, 0.1))
            client.send(start_s + dice.uniform(0.2, 1))
            client.end(start_s + dice.uniform(5, 60))

    return play


def unread(for_s: float) -> Play:
    """The server's bytes wait for the client."""

    def play(session: Session, dice: random.Random) -> None:
        client, at_s = session.client(), dice.uniform(2, 20)
        client.open(0)
        client.waits(at_s, 100_000 + dice.randint(0, 900_000))
        client.waits(at_s + for_s, 0)
        client.end(60)

    return play


def subscribing(*, again: bool, fed: bool = False) -> Play:
    """A client that asks first, and is fed; each time it comes back it asks again, or does not."""

    def play(session: Session, dice: random.Random) -> None:
        client, start_s = session.client(), 0.0
        for number in range(4):
            life_s, asks = dice.uniform(30, 90), again or not number
            client.open(start_s)
            if asks:
                client.send(start_s + dice.uniform(0.01, 0.5), b'{"op": "subscribe"}')
            if asks or fed:
                for second in range(2, int(life_s)):
                    client.hear(start_s + second, b'{"event": "price"}')
            client.end(start_s + life_s)
            start_s += life_s + dice.uniform(1, 5)

    return play


def beating(beat_s: float, limit_s: float) -> Play:
    """Work while the client beats, then silence until a timer of the server ends it."""

    def play(session: Session, dice: random.Random) -> None:
        client, start_s = session.client(), 0.0
        for number in range(5):
            client.open(start_s)
            for beat in range(1, 4 + number):
                client.ping(start_s + beat * beat_s)
                client.send(start_s + beat * beat_s + dice.uniform(0.05, 0.2), b"work")
                for second in range(1, int(beat_s), 4):
                    client.send(start_s + (beat - 1) * beat_s + second + dice.uniform(0, 0.9), b"work")
            ended_s = client.sent_s = client.heard_s = start_s + (3 + number) * beat_s + 0.3
            client.send(ended_s, b"work")
            client.hear(ended_s, b"done")
            client.end(ended_s + limit_s + dice.uniform(0, 0.05))
            start_s = ended_s + limit_s + dice.uniform(1, 5)

    return play


CASES: dict[Case, int] = {
    case("beats after Close", after_close(1.0), "sends_after_close"): 3,
    case("a message that crossed the Close", after_close(0.1)): 3,
    case("back at once", lives(lambda dice, _: dice.uniform(0.001, 0.005)), "hammers"): 3,
    case("back later each time", lives(lambda dice, number: 0.2 * 2**number * dice.uniform(0.8, 1.2))): 3,
    case("back after 1008", lives(lambda dice, _: dice.uniform(1, 3), 1008), "ignores_the_answer"): 3,
    case("back after 1012", lives(lambda dice, _: dice.uniform(1, 3), 1012)): 3,
    case("back before Retry-After", refused(10, 1), "ignores_the_answer"): 2,
    case("back after Retry-After", refused(10, 10.5)): 2,
    case("the old one forgotten", two_connections(uses_old=False), "never_closes_the_old"): 3,
    case("both used", two_connections(uses_old=True)): 3,
    case("two programs", two_connections(uses_old=False, pids=(1, 2))): 3,
    case("deaf to pings", pings(answers=False), "client_ignores_pings"): 3,
    case("answered once", pings(answers=True)): 3,
    case("speaks before the welcome", welcomed(speaks_first=True, minds=True), "sends_before_welcome"): 3,
    case("early, and answered", welcomed(speaks_first=True, minds=False)): 3,
    case("gone before anybody spoke", welcomed(speaks_first=False, minds=True)): 3,
    case("asks once", subscribing(again=False), "loses_the_subscription"): 3,
    case("asks again", subscribing(again=True)): 3,
    case("fed without asking again", subscribing(again=False, fed=True)): 3,
    case("beats too rarely", beating(30, 20), "pings_too_rarely"): 3,
    case("beats in time for a longer limit", beating(10, 40), "idle_timeout"): 3,
    case("does not read", unread(6.0), "client_does_not_read"): 3,
    case("reads a moment later", unread(0.8)): 3,
}
"""Case -> how many seeds."""

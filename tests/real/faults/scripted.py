"""Draws runs of one kind of server: which faults it can be asked for, with parameters of their own each time.

Limits are short, so that a round fits half an hour; everything else is as the programs of the field have it. Half of
the clients have every setting as it comes (early pings, growing pauses), the others ping and dial as quickly as drawn.
"""

from typing import Any, Final

from tests.real.case import Case, Step, Voice
from tests.real.faults.drawing import Dice, Draw, case_of, endpoint_of
from tests.real.software import Kind

_IDLE_WORDS: Final = ("idle", "Idle Timeout", "session timed out", "inactive", "no data received", "", "", "bye")
_AGE_WORDS: Final = ("max session duration reached", "token expired", "rotating", "", "", "", "bye")
_QUOTA_WORDS: Final = ("quota exceeded", "message limit reached", "", "", "done")
_LOGIN_WORDS: Final = ("authentication timeout", "no auth message", "", "", "login first")
_WORD: Final = "boom"
_SPEAKERS: Final[tuple[Voice, ...]] = ("chat", "chat", "regular")
_FIRST_WORD: Final = 0.4


def _code(kind: Kind, dice: Dice, words: tuple[str, ...]) -> dict[str, Any]:
    """How it ends: a code that the library lets through, often bare, with a reason now and then."""
    codes = [*kind.codes, *([1006] * 2 if kind.closes_bare else []), *([1005] if kind.sends_no_code else [])]
    code = dice.choice(codes or [1005])
    private = 4000 + dice.randrange(0, 999) if code == 4000 else code
    return {"code": private, "reason": dice.choice(words) if code not in (1005, 1006) else ""}


def _limit(dice: Dice, low_s: float, high_s: float) -> float:
    """Short most of the time, three times as long now and then."""
    return round(dice.uniform(low_s, high_s) * dice.choice((1, 1, 3)), 2)


def idle(kind: Kind, dice: Dice) -> Case:
    """The program counts the time since our last message; pings are not messages."""
    limit_s = _limit(dice, 1.2, 3.5)
    plan = {"idle_s": limit_s, **_code(kind, dice, _IDLE_WORDS)}
    return case_of("idle", kind, dice, limit_s, "spells", plan)


def library_idle(kind: Kind, dice: Dice) -> Case:
    """The library's own idle timeout, which any bytes reset."""
    limit_s = round(dice.uniform(1.5, 3.5), 2)
    return case_of(
        "idle", kind, dice, limit_s, "spells", {"max_idle_s": limit_s}, endpoint=endpoint_of(dice, pings=False)
    )


def silent_idle(kind: Kind, dice: Dice) -> Case:
    """Idle, with a client that says nothing, or only a first word: a lifetime limit looks the same."""
    limit_s = _limit(dice, 1.2, 3.5)
    plan = {"idle_s": limit_s, **_code(kind, dice, _IDLE_WORDS)}
    return case_of("idle_or_lifetime", kind, dice, limit_s, "silent", plan, endpoint=_quiet(dice))


def _quiet(dice: Dice) -> dict[str, Any]:
    endpoint = endpoint_of(dice, pings=dice.choice((False, None)))
    return endpoint | ({"preamble": ['{"type":"subscribe"}']} if dice.random() < _FIRST_WORD else {})


def lifetime(kind: Kind, dice: Dice) -> Case:
    """The program ends connections at an age, now and then with a jitter."""
    limit_s = _limit(dice, 1.5, 4.0)
    plan = {"age_s": limit_s, "jitter": dice.choice((0, 0, 0.1)), **_code(kind, dice, _AGE_WORDS)}
    return case_of("lifetime", kind, dice, limit_s, dice.choice(("chat", "spells", "regular")), plan,
                   endpoint=endpoint_of(dice, connections=dice.choice((1, 1, 2, 3))))  # fmt: skip


def quiet_lifetime(kind: Kind, dice: Dice) -> Case:
    """An age, with a client that says nothing, or only a first word: an idle limit looks the same."""
    limit_s = _limit(dice, 1.5, 4.0)
    plan = {"age_s": limit_s, **_code(kind, dice, _AGE_WORDS)}
    return case_of("lifetime_or_idle", kind, dice, limit_s, "silent", plan, endpoint=_quiet(dice))


def count(kind: Kind, dice: Dice) -> Case:
    """A quota of messages."""
    plan = {"count": dice.randrange(5, 16), **_code(kind, dice, _QUOTA_WORDS)}
    return case_of("count", kind, dice, 4.0, dice.choice(_SPEAKERS), plan)


def volume(kind: Kind, dice: Dice) -> Case:
    """A quota of bytes; sizes of messages differ."""
    plan = {"bytes": dice.randrange(600, 1500), **_code(kind, dice, _QUOTA_WORDS)}
    return case_of("bytes", kind, dice, 4.0, dice.choice(_SPEAKERS), plan)


def crash(kind: Kind, dice: Dice) -> Case:
    """One sort of message makes the handler raise; what the library makes of that is its own."""
    return case_of("crash", kind, dice, 4.0, "trigger", {"crash": _WORD})


def late_crash(kind: Kind, dice: Dice) -> Case:
    """The work that one sort of message started fails later."""
    plan = {"crash": _WORD, "crash_after_s": round(dice.uniform(0.4, 1.5), 2), **_code(kind, dice, ("", "internal"))}
    return case_of("late_crash", kind, dice, 4.0, "trigger", plan)


def login(kind: Kind, dice: Dice) -> Case:
    """The server waits for a first message."""
    limit_s = round(dice.uniform(1.2, 3.0), 2)
    plan = {"login_s": limit_s, **_code(kind, dice, _LOGIN_WORDS)}
    return case_of("login", kind, dice, limit_s, "silent", plan)


def sweep(kind: Kind, dice: Dice) -> Case:
    """A job of the server ends old connections every n seconds: lives of many lengths."""
    every_s = round(dice.uniform(2.5, 4.5), 2)
    plan = {"sweep_s": every_s, "sweep_age_s": 0.8, **_code(kind, dice, ("", "cleanup", "expired"))}
    return case_of("sweep", kind, dice, every_s, dice.choice(("chat", "spells", "regular")), plan, seconds=26.0,
                   endpoint=endpoint_of(dice, connections=dice.choice((1, 2))))  # fmt: skip


def idle_sweep(kind: Kind, dice: Dice) -> Case:
    """A job of the server looks every n seconds who was silent for too long."""
    every_s = round(dice.uniform(2.5, 4.5), 2)
    plan = {"sweep_s": every_s, "idle_s": round(every_s * dice.uniform(0.3, 0.9), 2), **_code(kind, dice, _IDLE_WORDS)}
    return case_of("idle_sweep", kind, dice, every_s, "spells", plan, seconds=40.0,
                   endpoint=endpoint_of(dice, connections=dice.choice((1, 2))))  # fmt: skip


def app_keepalive(kind: Kind, dice: Dice) -> Case:
    """The server's own JSON ping wants an answer that we do not know."""
    wait_s = round(dice.uniform(0.5, 1.3), 2)
    plan = {"app_ping_s": round(dice.uniform(1.2, 2.0), 2), "app_wait_s": wait_s, "app_ping": '{"type":"ping"}',
            "app_pong": '"pong"', "echo": False, **_code(kind, dice, ("ping timeout", "", "", "no pong"))}  # fmt: skip
    return case_of("app_keepalive", kind, dice, 3.5, dice.choice(("silent", "chat", "regular")), plan)


def deaf(kind: Kind, dice: Dice) -> Case:
    """A server that pings and forgot to note the pongs."""
    ping_s = round(dice.uniform(1.0, 1.8), 2)
    plan = {"ping_s": ping_s, "pong_s": round(2 * ping_s + 0.2, 2), "deaf": True}
    return case_of("deaf", kind, dice, 2 * ping_s, dice.choice(("chat", "silent")), plan)


def read_deadline(kind: Kind, dice: Dice) -> Case:
    """A deadline for each read, which pings do not touch."""
    limit_s = round(dice.uniform(1.5, 3.0), 2)
    return case_of("idle", kind, dice, limit_s, "spells", {"pong_s": limit_s})


def replaced(kind: Kind, dice: Dice) -> Case:
    """A newer connection ends the older one, and both dial again."""
    plan = {"replace": True, **_code(kind, dice, ("", "", "replaced", "logged in elsewhere"))}
    return case_of("replaced", kind, dice, 2.0, "silent", plan, seconds=16.0,
                   endpoint=endpoint_of(dice, connections=2))  # fmt: skip


def full(kind: Kind, dice: Dice) -> Case:
    """More connections than the server wants to have."""
    plan = {"full": dice.choice((1, 2)), **_code(kind, dice, ("", "too many connections", "limit"))}
    if plan["code"] == 1000 and dice.random() < 0.5:
        plan["code"] = 1013
    return case_of("full", kind, dice, 2.0, "chat", plan, seconds=14.0,
                   endpoint=endpoint_of(dice, connections=dice.choice((3, 4))))  # fmt: skip


def too_big(kind: Kind, dice: Dice) -> Case:
    """Messages grow until the library's limit ends it."""
    return case_of("too_big", kind, dice, 4.0, "growing", {"max_bytes": dice.choice((512, 1024, 1500))}, seconds=14.0)


def restart(kind: Kind, dice: Dice) -> Case:
    """The server goes and comes back, again and again."""
    every_s = round(dice.uniform(4.5, 6.5), 1)
    how = dice.choice(("kill", "term"))
    steps = tuple(
        Step(after_s=round(number * every_s + shift_s, 2), what=what)
        for number in range(1, 5)
        for what, shift_s in ((how, 0.0), ("start", 0.4))
    )
    return case_of("restart", kind, dice, every_s, dice.choice(("chat", "silent", "regular")), {},
                   seconds=4.9 * every_s, steps=steps,
                   endpoint=endpoint_of(dice, connections=dice.choice((1, 2, 4))))  # fmt: skip


def down(kind: Kind, dice: Dice) -> Case:
    """The server crashes and stays down."""
    steps = (Step(after_s=round(dice.uniform(2.0, 5.0), 2), what="kill"),)
    return case_of("down", kind, dice, 4.0, "chat", {}, seconds=12.0, steps=steps)


def rejected(kind: Kind, dice: Dice) -> Case:
    """The upgrade is answered with a status."""
    status = dice.choice((401, 403, 404, 429, 500, 503))
    plan = {"reject": status, "body": dice.choice(("", "nope", '{"error":"no"}'))}
    return case_of(f"status_{status}", kind, dice, 2.0, "silent", plan, seconds=8.0)


def healthy(kind: Kind, dice: Dice) -> Case:
    """Nothing is planted."""
    return case_of("healthy", kind, dice, 2.0, dice.choice(("chat", "spells", "silent", "regular")), {}, seconds=14.0,
                   endpoint=endpoint_of(dice, connections=dice.choice((1, 2))))  # fmt: skip


def pushes(kind: Kind, dice: Dice) -> Case:
    """The server has news now and then, for who listens: nothing is wrong."""
    plan = {"push_s": round(dice.uniform(0.3, 2.0), 2), "hello": dice.choice(("", '{"type":"welcome"}'))}
    return case_of("healthy", kind, dice, 2.0, "silent", plan, seconds=20.0, endpoint=_quiet(dice))


def server_ping(kind: Kind, dice: Dice) -> Case:
    """The library's keepalive, which we answer: nothing is wrong."""
    plan = {"ping_s": 1.0, "pong_s": 2.5 if kind.name != "lws" else 3.0}
    return case_of("healthy", kind, dice, 2.0, dice.choice(("chat", "silent")), plan, seconds=14.0)


def jobs(kind: Kind, dice: Dice) -> Case:
    """Jobs of any length, each of which ends with 1000 when it is done: nothing is wrong."""
    plan = {"job_s": [1.0, 6.0], "code": 1000, "reason": dice.choice(("", "done"))}
    return case_of("healthy", kind, dice, 2.0, dice.choice(("silent", "chat", "regular")), plan, seconds=40.0)


DRAWS: Final[dict[str, Draw]] = {
    "idle": idle, "silent_idle": silent_idle, "library_idle": library_idle, "lifetime": lifetime, "quiet_lifetime":
    quiet_lifetime, "count": count, "bytes": volume, "crash": crash, "late_crash": late_crash, "login": login,
    "sweep": sweep, "idle_sweep": idle_sweep, "pushes": pushes, "app_keepalive": app_keepalive, "deaf": deaf,
    "read_deadline": read_deadline, "replaced": replaced, "full": full, "too_big": too_big, "restart": restart,
    "down": down, "rejected": rejected, "healthy": healthy, "server_ping": server_ping, "jobs": jobs,
}  # fmt: skip
"""Fault -> how it is drawn."""

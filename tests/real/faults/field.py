"""Draws what the field reports beside timers and quotas.

A process that freezes or dies of a message, a server that answers no pings or breaks frames, limits on rates, tokens
that expire.
"""

from typing import Final

from tests.real.case import Case, Step, Voice
from tests.real.faults.drawing import Dice, Draw, case_of, endpoint_of
from tests.real.software import Kind

_WORD: Final = "boom"
_RATE_WORDS: Final = ("rate limit exceeded", "Too many messages", "message rate too high", "flooding", "slow down")
_EXPIRY: Final = ((4401, "jwt expired"), (3000, "token expired"), (1008, "Session expired, please log in again"),
                  (4001, "auth token expired"), (4003, "session ended"), (1000, "session expired"))  # fmt: skip
_FRAMES: Final = {"c1057465787461": "protocol_error", "830568656c6c6f": "protocol_error", "8102c328": "bad_utf8",
                  "818537fa213d7f9f4d5158": "protocol_error", "09026869": "protocol_error"}  # fmt: skip


def frozen(kind: Kind, dice: Dice) -> Case:
    """The process is stopped: its kernel goes on acknowledging."""
    endpoint = endpoint_of(dice, pings=True)
    seconds = 26.0 if "ping" in endpoint else 85.0
    steps = (Step(after_s=round(dice.uniform(4.0, 7.0), 2), what="freeze"),)
    return Case(fault="frozen", kind=kind, seconds=seconds, steps=steps, endpoint=endpoint,
                voice=dice.choice(("chat", "silent")))  # fmt: skip


def poison(kind: Kind, dice: Dice) -> Case:
    """One sort of message kills the whole process, which something starts again."""
    return case_of("crash", kind, dice, 4.0, "trigger", {"crash": _WORD, "fatal": True},
                   endpoint=endpoint_of(dice, connections=dice.choice((1, 1, 2))))  # fmt: skip


def memory(kind: Kind, dice: Dice) -> Case:
    """The process is killed whenever it has taken in so much, by whomever, and is started again."""
    plan = {"memory": dice.randrange(900, 2000)}
    return case_of("memory", kind, dice, 5.0, "chat", plan,
                   endpoint=endpoint_of(dice, connections=dice.choice((1, 3))))  # fmt: skip


def killed(kind: Kind, dice: Dice) -> Case:
    """It goes and comes back at no regular time."""
    at_s, steps = 0.0, []
    for _ in range(4):
        at_s += dice.uniform(3.0, 9.0)
        steps += [Step(after_s=round(at_s, 2), what=dice.choice(("kill", "term"))),
                  Step(after_s=round(at_s + dice.uniform(0.3, 1.2), 2), what="start")]  # fmt: skip
    voices: tuple[Voice, ...] = ("chat", "silent", "regular") if "count" in kind.can else ("silent",)
    return case_of("restart", kind, dice, 5.0, dice.choice(voices), {}, seconds=at_s + 5.0,
                   steps=tuple(steps), endpoint=endpoint_of(dice, connections=dice.choice((1, 2, 3))))  # fmt: skip


def mute(kind: Kind, dice: Dice) -> Case:
    """The server never answers a ping."""
    endpoint = endpoint_of(dice, pings=True)
    seconds = 26.0 if "ping" in endpoint else 85.0
    return case_of("mute", kind, dice, 4.0, dice.choice(("chat", "silent", "regular")), {"mute": True}, seconds=seconds,
                   endpoint=endpoint)  # fmt: skip


def garbled(kind: Kind, dice: Dice) -> Case:
    """To one sort of message it answers with a frame that no client may take."""
    frame = dice.choice(sorted(_FRAMES))
    fault = "garbled_text" if _FRAMES[frame] == "bad_utf8" else "garbled"
    return case_of(fault, kind, dice, 4.0, "trigger", {"garble": _WORD, "frame": frame})


def hung(kind: Kind, dice: Dice) -> Case:
    """TCP is accepted, and the upgrade never answered."""
    return case_of("hung", kind, dice, 4.0, "silent", {"hang": True}, seconds=20.0)


def rate(kind: Kind, dice: Dice) -> Case:
    """More messages within a second than it takes."""
    plan = {"rate": dice.choice((3, 4)), "code": _one_of(kind, dice, (1008, 1013, 4429, 4008)),
            "reason": dice.choice(_RATE_WORDS)}  # fmt: skip
    return case_of("rate", kind, dice, 4.0, "chat", plan)


def expiry(kind: Kind, dice: Dice) -> Case:
    """What it let in with expires."""
    limit_s = round(dice.uniform(2.0, 5.0), 2)
    code, reason = dice.choice([one for one in _EXPIRY if _may_send(kind, one[0])] or [(1000, "session expired")])
    plan = {"age_s": limit_s, "code": code, "reason": reason}
    return case_of("lifetime", kind, dice, limit_s, dice.choice(("chat", "spells", "regular")), plan,
                   endpoint=endpoint_of(dice, connections=dice.choice((1, 2))))  # fmt: skip


def shaky_idle(kind: Kind, dice: Dice) -> Case:
    """A limit on silence with a jitter, against herds."""
    limit_s = round(dice.uniform(1.5, 3.5), 2)
    plan = {"idle_s": limit_s, "jitter": dice.choice((0.05, 0.1)), "code": _one_of(kind, dice, (1000, 1001, 4000)),
            "reason": dice.choice(("", "idle"))}  # fmt: skip
    return case_of("idle", kind, dice, limit_s, "spells", plan)


def _may_send(kind: Kind, code: int) -> bool:
    return code in kind.codes or (code >= 4000 and 4000 in kind.codes) or (code == 3000 and 4000 in kind.codes)


def _one_of(kind: Kind, dice: Dice, codes: tuple[int, ...]) -> int:
    return dice.choice([code for code in codes if _may_send(kind, code)] or [1000])


DRAWS: Final[dict[str, Draw]] = {
    "frozen": frozen, "poison": poison, "memory": memory, "killed": killed, "mute": mute, "garbled": garbled,
    "hung": hung, "rate": rate, "expiry": expiry, "shaky_idle": shaky_idle,
}  # fmt: skip
"""Fault -> how it is drawn."""

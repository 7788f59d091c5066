"""The table: how the groups fared against the silent one -> what resets the timer."""

from collections.abc import Sequence
from typing import Literal

from wsmonitor.experiments.idle.lives import Group, IdleFacts, Life
from wsmonitor.experiments.idle.silence import Silence, is_range, may_have_made_room

Fate = Literal["lives", "dies", "unknown", "refused"]
ResetBy = Literal["any byte", "client bytes", "server bytes", "data", "nothing"]
SLACK = 0.05
AS_SILENT = 0.02
AS_SILENT_NS = 100_000_000
"""What ends at the age of the silent ones does so this closely, beyond what those differ by."""
PROTOCOL_ERROR = 1002


def fate(lives: Sequence[Life], silence: Silence, beat_ns: int) -> Fate:
    """How a group fared: dies as the silent connections do, or outlives them; unknown where they disagree."""
    fates = {_fate(life, silence, beat_ns) for life in lives}
    fates.discard("unknown")
    return fates.pop() if len(fates) == 1 else "unknown"


def _fate(life: Life, silence: Silence, beat_ns: int) -> Fate:
    latest_ns = lives_from_ns(silence, beat_ns)
    age_ns = life.age_ns - (life.spoke_ns or 0 if life.group == "F" else 0)
    if life.code == PROTOCOL_ERROR and life.group == "U":
        return "refused"
    if life.ending in ("reset", "forgotten"):
        return "dies"  # its last ping, sent just beyond the limit, was in vain
    if age_ns > latest_ns:
        return "lives"
    return "dies" if life.ending and _is_as_silent(age_ns, silence) else "unknown"


def _is_as_silent(age_ns: int, silence: Silence) -> bool:
    """Whether the silent ones ended at that age too: what ends at another one made room, or has a limit of its own."""
    slack_ns = silence.latest_ns - silence.low_ns + max(AS_SILENT_NS, round(AS_SILENT * silence.low_ns))
    return silence.low_ns - slack_ns <= age_ns <= silence.latest_ns + slack_ns


def lives_from_ns(silence: Silence, beat_ns: int) -> int:
    """At this age a connection has outlived the limit: a beat later than the silent ones, and 5 %.

    Of a limit that varies only a part was seen: as much again is added. How often a server looks is not known.
    """
    if silence.swept_ns:
        return 2 * silence.swept_ns
    varies_ns = silence.high_ns - silence.low_ns if is_range(silence) else 0
    return round(max(silence.high_ns * (1 + SLACK), silence.high_ns + 1.5 * beat_ns) + varies_ns)


def fates(facts: IdleFacts, silence: Silence) -> dict[Group, Fate]:
    """How the groups beside the silent one fared; unknown where the first may have made room for others."""
    groups: tuple[Group, ...] = ("U", "P", "D", "F")
    found = {group: fate(facts.of(group), silence, facts.beat_ns) for group in groups}
    if may_have_made_room(facts.first_turn):
        return found | {"U": "unknown", "P": "unknown"}
    return found


def messages_wanted(facts: IdleFacts, silence: Silence) -> tuple[Group, ...]:
    """The groups with messages that would tell more, where pings and pongs were in vain."""
    found = fates(facts, silence)
    if found["P"] != "dies" or found["U"] not in ("dies", "refused"):
        return ()
    if found["D"] == "unknown":
        return "D", "F"
    return ("F",) if found["D"] == "lives" and found["F"] == "unknown" else ()


def is_understood(facts: IdleFacts) -> bool:
    """Whether the server can make sense of our messages: the user gave one, or it answered."""
    return facts.has_message or any(life.is_understood for life in facts.of("D"))


def reset_by(found: dict[Group, Fate], *, server_spoke: bool) -> ResetBy | None:
    """What resets the timer, of what was sent; None where the table does not say.

    `server_spoke`: the server sent by itself meanwhile, so only the client was silent.
    """
    alive = {group: one == "lives" for group, one in found.items()}
    known = {group: one in ("lives", "dies") for group, one in found.items()}
    if not known["P"]:
        return None
    if alive["P"] and known["U"]:
        if not alive["U"]:
            return "server bytes"
        return "client bytes" if server_spoke else "any byte"
    if alive["P"] or alive["U"] or not known["D"]:
        return None
    return "data" if alive["D"] else "nothing"

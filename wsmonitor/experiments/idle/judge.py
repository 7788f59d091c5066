"""Lives -> the answer: the limit, what resets it, how sure that is, and what could not be seen."""

import time

from wsmonitor.experiments.confidence import LEAST, confidence
from wsmonitor.experiments.experiment import Circumstances, Judgement
from wsmonitor.experiments.idle.lives import GROUP_WORDS, Group, IdleFacts, Life
from wsmonitor.experiments.idle.resets import Fate, ResetBy, fates, is_understood, reset_by
from wsmonitor.experiments.idle.silence import Silence, is_range, read_silence
from wsmonitor.facts.answers import Number
from wsmonitor.tables.path_timeouts import known_timeouts
from wsmonitor.text.units import counted, duration

STALL_NS = 1_000_000_000
"""Standing still for so long spoils the times, or for a longer part of them than this."""
STALLED = 0.03
WIDE = 0.05
"""A bracket whose middle may be off by more is no answer."""
_NOTHING: dict[str, Number] = {"limit_s": None, "reset_by": None, "survived_s": None, "first_message_s": None}
_RESET_WORDS: dict[ResetBy, str] = {
    "any byte": "ends after {limit} without a byte; a ping is enough",
    "client bytes": "ends after {limit} without a byte from the client, whatever the server sends; a ping is enough",
    "server bytes": "ends after {limit} without a byte from the server; pings help, as they are answered",
    "data": "ends after {limit} without a message: pings do not count",
    "nothing": "ends at the age of {limit} whatever is sent",
}


def judge(facts: IdleFacts, around: Circumstances) -> Judgement:
    """The answer. `inconclusive` wherever the groups do not fit the table."""
    silence = read_silence(facts.lives)
    evidence = tuple(_rows(facts))
    if silence.swept_ns:
        evidence += (f"several end at one moment, aged up to {duration(silence.swept_ns)}: it looks from time to time",)
    if around.stalled_ns > max(STALL_NS, STALLED * silence.middle_ns):
        reason = f"this computer stood still for {duration(around.stalled_ns)} meanwhile; run it again"
        return _inconclusive(reason, evidence)
    if silence.kind == "forgotten" and not around.control_lived:
        return _inconclusive("a ping was not answered, but nothing else was answered afterwards either", evidence)
    match silence.kind:
        case "unknown":
            why = around.refusal or "no silent connection was watched to its end"
            return _inconclusive(why, evidence)
        case "common":
            at = ", ".join(map(_wall, facts.outages))
            return _inconclusive(f"everything ended together at {at or 'one moment'}: an outage or a deploy", evidence)
        case "mixed":
            return _inconclusive("silent connections ended in ways that fit no timer", evidence)
        case "none":
            return _no_limit(facts, silence, around, evidence)
    return _limit(facts, silence, around, evidence)


def _limit(facts: IdleFacts, silence: Silence, around: Circumstances, evidence: tuple[str, ...]) -> Judgement:
    found = fates(facts, silence)
    server_spoke = _server_spoke(facts.of("S"), silence)
    reset = reset_by(found, server_spoke=server_spoke)
    is_told = found["P"] != "unknown" and (reset != "nothing" or is_understood(facts))
    sure = confidence(silence.samples, agreeing=silence.agreeing, control_lived=is_told)
    value = _NOTHING | {"limit_s": _s(silence.middle_ns), "reset_by": reset}
    if reset == "data" and found["F"] == "lives":
        value["first_message_s"] = _s(silence.middle_ns)
    error = _NOTHING | {"limit_s": _s(silence.error_ns)}
    if silence.kind == "forgotten" and silence.error_ns > WIDE * silence.middle_ns:
        between = f"between {duration(silence.low_ns)} and {duration(silence.high_ns)} of silence"
        return _inconclusive(f"{between} something forgets the connection; --max tells more closely", evidence)
    if sure < LEAST:
        return _inconclusive("too few connections were seen to end", evidence)
    pings_help = None if found["P"] == "unknown" else found["P"] == "lives"
    return Judgement(
        verdict="finding",
        answer=_answer(facts, silence, reset, pings_help=pings_help, first_message=found["F"]),
        value=value,
        error=error,
        confidence=sure,
        evidence=evidence,
        not_told=tuple(_not_told(facts, silence, reset, server_spoke=server_spoke)),
        advice=_advice(silence, reset, around),
    )


def _answer(
    facts: IdleFacts, silence: Silence, reset: ResetBy | None, *, pings_help: bool | None, first_message: Fate
) -> str:
    limit = duration(silence.middle_ns)
    if is_range(silence):
        limit = f"{duration(silence.low_ns)} to {duration(silence.high_ns)}"
    if silence.kind == "forgotten":
        between = f"between {duration(silence.low_ns)} and {duration(silence.high_ns)}"
        said = f"{between} of silence something forgets the connection and tells nobody"
        return said if reset in (None, "any byte") else f"{said}; {_RESET_WORDS[reset].format(limit=limit)}"
    if reset == "data" and first_message == "lives":
        return f"ends after {limit} unless a message comes first: one is enough, pings do not count"
    if reset == "nothing" and not is_understood(facts):
        return f"ends at the age of {limit}: neither pings nor pongs nor a text of ours reset it"
    if reset is None:
        known = {None: "", True: ", with pings they live", False: ", and pings do not help"}[pings_help]
        return f"silent connections end after {limit}{known}; what resets the timer was not told"
    return _RESET_WORDS[reset].format(limit=limit)


def _no_limit(facts: IdleFacts, silence: Silence, around: Circumstances, evidence: tuple[str, ...]) -> Judgement:
    pings = [_period(life) for life in facts.of("S") if len(life.server_pings_ns) > 1]
    longest = duration(silence.low_ns)
    server_talks = any(life.server_frames for life in facts.of("S"))
    not_told = [f"what happens after more than {longest}"]
    answer = f"no idle limit up to {longest}"
    if pings:
        every = duration(sorted(pings)[len(pings) // 2])
        answer = f"protected by the server's own pings every {every}, up to {longest}"
        not_told = [f"what a silence longer than {every} would do: the server's pings must be answered"]
    elif server_talks:
        not_told.append("what happens without what the server sends by itself")
    return Judgement(
        verdict="as expected",
        answer=answer,
        value=_NOTHING | {"survived_s": None if server_talks else _s(silence.low_ns)},
        error=dict(_NOTHING),
        confidence=confidence(silence.samples),
        evidence=evidence,
        not_told=tuple(not_told),
        advice="" if pings else f"pings every {duration(min(silence.low_ns // 3, 25_000_000_000))} do no harm",
    )


def _inconclusive(reason: str, evidence: tuple[str, ...]) -> Judgement:
    return Judgement(
        verdict=f"inconclusive: {reason}",
        answer=f"no answer: {reason}",
        value=dict(_NOTHING),
        error=dict(_NOTHING),
        evidence=evidence,
    )


def _not_told(facts: IdleFacts, silence: Silence, reset: ResetBy | None, *, server_spoke: bool) -> list[str]:
    told = [] if reset == "nothing" else ["whether a longer timer waits behind this one"]
    if reset == "any byte" and not server_spoke:
        told.append("whether bytes of the server alone would do: it sent none by itself")
    if reset == "server bytes":
        told.append("whether a ping counts by itself, not by its answer: no ping went without one")
    if reset in (None, "nothing") and not is_understood(facts):
        told.append("whether messages reset it: give one with --message")
    if silence.samples == 1:
        told.append("how much it varies: one connection was seen to end")
    return told


def _advice(silence: Silence, reset: ResetBy | None, around: Circumstances) -> str:
    often = duration(_round_down(silence.low_ns * 0.45))
    kinds = frozenset({"silent_drop"}) if silence.kind == "forgotten" else frozenset({"idle", "idle_tx"})
    if reset == "nothing":
        kinds = frozenset({"lifetime"})
    rows = known_timeouts(silence.middle_ns / 1e9, kinds)  # type: ignore[arg-type]  # literals of that very type
    server = around.seen.server.split("/")[0].lower()
    knob = next((row.knob for row in rows if server and server in row.element.lower()), "")
    raised = f", or raise {knob}" if knob and not knob.startswith("none") else ""
    match reset:
        case "nothing":
            return f"reconnect by yourself before the age of {duration(silence.low_ns)}{raised}"
        case "data":
            return f"send a message at least every {often}: pings do not help{raised}"
        case _:
            return f"ping every {often}{raised}"


def _rows(facts: IdleFacts) -> list[str]:
    """One line a group: how many ended, when, how."""
    rows = []
    groups: tuple[Group, ...] = ("S", "U", "P", "D", "F")
    for group in groups:
        lives = facts.of(group)
        if not lives:
            continue
        ended = [life for life in lives if life.ending]
        kept = [life for life in lives if not life.ending]
        said = f"{GROUP_WORDS[group]}: {len(ended)} of {counted(len(lives), 'connection')} ended"
        if ended:
            said += f" at {_span([life.age_ns for life in ended])} ({ended[0].how})"
        if kept:
            said += f"; {len(kept)} alive at {_span([life.age_ns for life in kept])}"
        rows.append(said)
    for outage_ns in facts.outages:
        rows.append(f"at {_wall(outage_ns)} everything ended together: no timer; repeated")
    if facts.is_serial:
        rows.append("one connection at a time: the server does not keep several")
    return rows


def _wall(wall_ns: int) -> str:
    return time.strftime("%H:%M:%S", time.localtime(wall_ns / 1e9))


def _span(ages: list[int]) -> str:
    low, high = duration(min(ages)), duration(max(ages))
    return low if low == high else f"{low} to {high}"


def _server_spoke(lives: list[Life], silence: Silence) -> bool:
    """Whether the server sent by itself, several times, on silent connections that ended all the same."""
    ended = [life for life in lives if life.ending]
    return bool(ended) and all(
        life.server_frames >= 2 and life.ended_ns - life.last_server_frame_ns < silence.low_ns // 2 for life in ended
    )


def _period(life: Life) -> int:
    times = life.server_pings_ns
    return (times[-1] - times[0]) // (len(times) - 1)


def _round_down(value_ns: float) -> float:
    """At most two digits, never more than the value: 26.9 s is 26 s."""
    seconds = value_ns / 1e9
    unit = 5 if seconds >= 20 else 1 if seconds >= 2 else 0.1
    return seconds // unit * unit * 1e9


def _s(value_ns: int) -> float:
    return round(value_ns / 1e9, 3)

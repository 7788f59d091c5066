"""Early messages that were answered and those that were not -> from which delay on none is lost."""

import math
from collections import defaultdict
from collections.abc import Sequence

from wsmonitor.experiments.confidence import confidence, none_of
from wsmonitor.experiments.experiment import Circumstances, Judgement
from wsmonitor.experiments.first_send.facts import FirstSendFacts, Try
from wsmonitor.experiments.first_send.finer import CHANCE, Edge, by_chance, early_losses, last_lost
from wsmonitor.facts.answers import Number
from wsmonitor.text.units import counted, duration

STALL_NS = 2_500_000_000
"""Standing still for nearly as long as an answer is waited for."""


def judge(facts: FirstSendFacts, around: Circumstances) -> Judgement:
    """The sentence, with the rule of three where nothing was lost."""
    tries = facts.fair
    value: dict[str, Number] = {"lost_within_ms": None, "lost": None, "tries": len(tries) or None}
    error: dict[str, Number] = {"lost_within_ms": None, "lost": None, "tries": None}
    if facts.has_oracle is False:
        reason = "no answer tells that a message reached the handler: give --message and --expect"
        return Judgement(verdict=f"not tested: {reason}", answer=f"not tested: {reason}", value=value, error=error)
    if not tries or around.stalled_ns > STALL_NS:
        reason = "this computer stood still meanwhile; run it again" if tries else around.refusal or "ended before"
        return Judgement(verdict=f"inconclusive: {reason}", answer=reason, value=value, error=error)
    lost = [one for one in tries if one.answered_ns is None]
    value["lost"] = len(lost)
    evidence = (*_rows(tries), *_spoke_first(tries))
    not_told: tuple[str, ...] = ("whether another message, or another client, fares differently",)
    if not lost:
        return Judgement(
            verdict="as expected",
            answer=none_of(len(tries), "early messages was lost"),
            value=value,
            error=error,
            confidence=confidence(len(tries), control_lived=around.control_lived),
            evidence=evidence,
            not_told=not_told,
        )
    edge = last_lost(tries)
    if edge is None or by_chance(tries, edge) > CHANCE:
        latest = duration(max(one.actual_ns for one in lost))
        reason = f"{len(lost)} of {len(tries)} messages were lost, the latest {latest} after the opening"
        reason += ": not because they are early" if edge is None else ": too few to tell whether for being early"
        return Judgement(verdict=f"inconclusive: {reason}", answer=reason, value=value, error=error, evidence=evidence)
    strays = len(lost) - len(early_losses(tries))
    if strays:
        not_told = (*not_told, f"why {counted(strays, 'message')} sent later got lost as well")
    value["lost_within_ms"] = int((edge.lost_ms + edge.safe_ms) / 2)
    error["lost_within_ms"] = math.ceil((edge.safe_ms - edge.lost_ms) / 2)
    return Judgement(
        verdict="finding",
        answer=_lost_words(tries, lost, edge),
        value=value,
        error=error,
        confidence=confidence(len(lost), control_lived=around.control_lived),
        evidence=evidence,
        not_told=not_told,
        advice="wait for the server's first message before sending, or buffer what comes early in the handler",
    )


def _lost_words(tries: Sequence[Try], lost: Sequence[Try], edge: Edge) -> str:
    first_ms = min(one.delay_ms for one in tries)
    first = [one for one in tries if one.delay_ms == first_ms]
    lost_first = sum(one.answered_ns is None for one in first)
    later = [one for one in tries if one.actual_ns >= edge.safe_ms * 1e6]
    lost_later = sum(one.answered_ns is None for one in later)
    within_ms = round(edge.lost_ms)
    ways = sorted({one.how for one in lost if one.how})
    said = (
        f"messages sent within {within_ms} ms of the 101 are lost"
        if within_ms
        else "messages sent with the 101 are lost"
    )
    how = f", and the connection ends ({'; '.join(ways)})" if ways else ". The handler is attached late"
    many = f"{lost_first} of {len(first)} at {first_ms} ms, {lost_later} of {len(later)} from {edge.safe_ms:.0f} ms on"
    return f"{said}: {many}{how}"


def _rows(tries: Sequence[Try]) -> list[str]:
    by_delay: dict[int, list[Try]] = defaultdict(list)
    for one in tries:
        by_delay[one.delay_ms].append(one)
    rows = []
    for delay_ms, those in sorted(by_delay.items()):
        answers = sorted(one.answered_ns for one in those if one.answered_ns is not None)
        sent = sorted(one.actual_ns for one in those)[len(those) // 2]
        took = f", answered after {duration(answers[len(answers) // 2])}" if answers else ""
        lost = f"{len(those) - len(answers)} of {len(those)} lost"
        rows.append(f"{delay_ms} ms (in truth {duration(sent)}): {lost}{took}")
    return rows


def _spoke_first(tries: Sequence[Try]) -> list[str]:
    firsts = sorted(one.first_frame_ns for one in tries if one.first_frame_ns is not None)
    return [f"the server speaks first, {duration(firsts[len(firsts) // 2])} after the 101"] if firsts else []

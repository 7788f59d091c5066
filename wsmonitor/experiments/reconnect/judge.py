"""Pure: what one fault showed -> a row: its numbers, a verdict and the sentence that gives the reasons."""

from wsmonitor.experiments.reconnect.attempts import attempts
from wsmonitor.experiments.reconnect.browsers import delays_from_try
from wsmonitor.experiments.reconnect.plays import Play
from wsmonitor.experiments.reconnect.timeline import Timeline
from wsmonitor.experiments.reconnect.window import Manner, Measured, Window, measure
from wsmonitor.facts.answers import ReconnectRow, RowVerdict
from wsmonitor.text.units import counted

HAMMERS_PER_MINUTE = 30.0
"""In the later half of the time for which it was refused: who slows down has done so by then."""
MANY_TRIES = 5
FEW_TRIES = 3
LATE_S = 30.0
"""Who needs longer for the first try after a visible end is late; RFC 6455, 7.2.3 suggests up to 5 s."""
AT_ONCE_S = 0.1
NO_JITTER = 0.03
OVERLAP_S = 1.0
LEAST_RATE_S = 1.0
"""A rate from less time would be made up."""


def row_of(play: Play, timeline: Timeline, window: Window, manner: Manner) -> ReconnectRow:
    """The row of a fault that was played in `window`."""
    seen = measure(play, timeline, window, manner)
    bad, remarks = _complaints(play, seen, manner)
    verdict: RowVerdict = "bad" if bad else "finding" if remarks else "ok"
    if seen.is_unreachable:
        verdict, bad, remarks = "not tested", ["the server itself could not be reached"], []
    can_rate = play.refuses and seen.refused_for_s >= LEAST_RATE_S
    return ReconnectRow(
        fault=play.name,
        verdict=verdict,
        sentence="; ".join([*bad, *remarks]) or _praise(play, seen),
        noticed_s=_rounded(seen.noticed_s),
        first_try_s=None if play.is_unseen else _rounded(seen.first_try_s),
        tries_per_minute=_rounded(_rate(seen)) if can_rate else None,
        growth=_rounded(seen.spacing.growth) if play.refuses else None,
        jitter=_rounded(seen.spacing.jitter) if play.refuses else None,
        gave_up=seen.gave_up,
        back_s=_rounded(seen.back_s),
        subscribed=seen.subscribed,
        lost=seen.lost,
        again=seen.again,
        twice=seen.twice,
        overlap_s=_rounded(seen.overlap_s),
        attempts=attempts(timeline, window.began_ns, window.lifted_ns, window.until_ns),
    )


def not_tested(play: Play, reason: str) -> ReconnectRow:
    """The row of a fault that was not played to its end."""
    return ReconnectRow(fault=play.name, verdict="not tested", sentence=reason)


def _complaints(play: Play, seen: Measured, manner: Manner) -> tuple[list[str], list[str]]:
    bad: list[str] = []
    remarks: list[str] = []
    if play.is_bearable:
        if seen.has_left:
            where = bad if play.name == "latency" else remarks
            where.append("its own heartbeat ended a living connection")
        return bad, remarks
    _about_noticing(play, seen, bad)
    _about_tries(play, seen, manner, bad, remarks)
    _about_return(play, seen, bad, remarks)
    if seen.overlap_s is not None and seen.overlap_s > OVERLAP_S:
        bad.append(f"two connections at once for {seen.overlap_s:.1f} s")
    return bad, remarks


def _about_noticing(play: Play, seen: Measured, bad: list[str]) -> None:
    if play.is_dead and seen.noticed_s is None:
        void = f"; {counted(seen.lost, 'message')} went into the void" if seen.lost else ""
        bad.append(f"not noticed in {seen.refused_for_s:.0f} s{void}")
    elif seen.noticed_s is None and seen.is_open and not seen.has_left:
        bad.append("the connection was ended, and it goes on as if it were open")
    elif not play.is_dead and not play.lasts_s and seen.noticed_s is not None and seen.noticed_s > LATE_S:
        bad.append(f"no sign of noticing for {seen.noticed_s:.0f} s")


def _about_tries(play: Play, seen: Measured, manner: Manner, bad: list[str], remarks: list[str]) -> None:
    if play.name == "hang" and not seen.gave_up and seen.first_try_s is not None and seen.second_gap_s is None:
        bad.append(f"no connect timeout within {seen.refused_for_s:.0f} s")
    if play.asks_to_spread and seen.first_try_s is not None and seen.first_try_s < AT_ONCE_S:
        remarks.append(
            f"comes back after {1000 * seen.first_try_s:.0f} ms: with every other client, unless that is random"
        )
    if not play.refuses:
        return
    gaps, browser = seen.spacing, delays_from_try(manner.process)
    late_rate = 60 * seen.late_tries / max(LEAST_RATE_S, seen.refused_for_s / 2)
    if play.is_final and seen.tries > FEW_TRIES:
        bad.append(f"tried {seen.tries} times in {seen.refused_for_s:.0f} s although it was refused for good")
    elif play.is_final:
        return
    elif late_rate > HAMMERS_PER_MINUTE and seen.late_tries >= MANY_TRIES:
        bad.append(f"hammers: {counted(seen.tries, 'try', 'tries')} in {seen.refused_for_s:.0f} s")
    elif gaps.is_flat:
        bad.append(f"does not slow down: a try every {gaps.typical_s:.1f} s")
    if gaps.jitter is not None and gaps.jitter < NO_JITTER:
        remarks.append("no jitter: gaps follow a fixed rule, the same for every client")
    if play.retry_after_s and browser is None and (seen.second_gap_s or play.retry_after_s) < play.retry_after_s:
        remarks.append(f"ignores Retry-After: tried again after {seen.second_gap_s:.1f} s")
    if browser is not None:
        remarks.append("a browser delays by itself: what it may have added is not judged")


def _about_return(play: Play, seen: Measured, bad: list[str], remarks: list[str]) -> None:
    if play.is_final:
        return
    if seen.gave_up:
        where = remarks if play.name == "close_1000" else bad
        where.append("gave up: it is not back, and tries no more")
    elif not seen.is_open:
        bad.append("not back within the time it was watched, but still trying")
    if seen.subscribed == 0:
        bad.append("does not send its first messages again")
    elif seen.subscribed is not None and seen.subscribed > 1:
        bad.append(f"subscribes {seen.subscribed} times")
    if seen.twice:
        remarks.append(f"{counted(seen.twice, 'message')} that the server had came again")


def _praise(play: Play, seen: Measured) -> str:
    if play.is_bearable:
        return "stays"
    if play.is_final and not seen.is_open:
        return f"stops after {counted(seen.tries, 'try', 'tries')}"
    if seen.back_s is None:
        return "is back"
    since = "it was over" if play.lasts_s else "it happened"
    return f"back {seen.back_s:.1f} s after {since}"


def _rate(seen: Measured) -> float:
    """Tries in a minute, while they were refused."""
    return 60 * seen.tries / max(LEAST_RATE_S, seen.refused_for_s)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)

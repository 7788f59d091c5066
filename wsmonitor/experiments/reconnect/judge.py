"""Pure: what one fault showed -> a row: its numbers, a verdict and the sentence that gives the reasons."""

from collections.abc import Sequence

from msgspec import Struct, field

from wsmonitor.experiments.reconnect.browsers import delays_from_try
from wsmonitor.experiments.reconnect.plays import Play
from wsmonitor.experiments.reconnect.spacing import Spacing
from wsmonitor.experiments.reconnect.window import Manner, Measured
from wsmonitor.facts.answers import Attempts, ReconnectRow, RowVerdict
from wsmonitor.text.plain_text import visible
from wsmonitor.text.units import counted, duration, tenths, width

HAMMERS_PER_MINUTE = 45.0
"""In the later half of the time for which it was refused: who slows down, to a few seconds at most, has done so."""
FEW_TRIES = 3
LATE_S = 30.0
"""Who needs longer for the first try after a visible end is late; RFC 6455, 7.2.3 suggests up to 5 s."""
AT_ONCE_S = 0.1
OVERLAP_S = 1.0
LEAST_RATE_S = 1.0
"""A rate from less time would be made up."""
GROWS = 1.5
_NEARLY = 0.98
"""A timer may fire a little early."""


class _Said(Struct):
    """What speaks against a client, and what is worth knowing."""

    bad: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def row_of(
    play: Play, seen: Measured, manner: Manner, before: Sequence[ReconnectRow] = (), tried: Attempts | None = None
) -> ReconnectRow:
    """The row of a fault that showed `seen`, after those `before`."""
    honoured = _honoured(play, seen, manner)
    if seen.is_unreachable:
        return not_tested(play, "the server itself could not be reached")
    said = _judged(play, seen, manner, before, honoured=honoured)
    verdict: RowVerdict = "bad" if said.bad else "finding" if said.remarks else "ok"
    can_rate = play.refuses and seen.sees_tries and seen.refused_for_s >= LEAST_RATE_S
    spaced = seen.spacing if can_rate and not (play.retry_after_s and honoured) else Spacing()
    return ReconnectRow(
        fault=play.name,
        verdict=verdict,
        sentence="; ".join([*said.bad, *said.remarks]) or _praise(play, seen),
        noticed_s=_rounded(seen.noticed_s),
        first_try_s=_rounded(seen.first_try_s),
        tries_per_minute=_rounded(_rate(seen)) if can_rate else None,
        growth=_rounded(spaced.growth),
        jitter=_rounded(spaced.jitter),
        cap_s=_rounded(spaced.cap_s),
        honoured=honoured,
        gave_up=seen.gave_up,
        back_s=_rounded(seen.back_s),
        subscribed=seen.subscribed,
        lost=seen.lost,
        again=seen.again,
        twice=seen.twice,
        overlap_s=_rounded(seen.overlap_s),
        attempts=tried,
    )


def not_tested(play: Play, reason: str) -> ReconnectRow:
    """The row of a fault that was not played to its end."""
    return ReconnectRow(fault=play.name, verdict="not tested", sentence=reason)


def _honoured(play: Play, seen: Measured, manner: Manner) -> bool | None:
    """Whether the client did what the server asked for: few tries, or a pause; `None` where nothing was asked."""
    if play.is_final and seen.tries:
        return seen.tries <= FEW_TRIES
    if play.retry_after_s and delays_from_try(manner.process) is None and seen.after_answer_s is not None:
        return seen.after_answer_s >= _NEARLY * play.retry_after_s
    return None


def _judged(
    play: Play, seen: Measured, manner: Manner, before: Sequence[ReconnectRow], *, honoured: bool | None
) -> _Said:
    said = _Said()
    if not play.is_bearable:
        _about_noticing(play, seen, before, said)
        _about_asking(play, seen, said, honoured=honoured)
        if play.refuses and not play.is_final and seen.sees_tries and not (play.retry_after_s and honoured):
            _about_spacing(play, seen, before, said)
            if delays_from_try(manner.process) is not None:
                said.remarks.append("a browser delays by itself: what it may have added is not judged")
    elif seen.has_left and play.name == "latency":
        said.bad.append("its own heartbeat ended a living connection")
    if seen.has_left or not play.is_bearable:
        _about_return(play, seen, said)
    if seen.overlap_s is not None and seen.overlap_s > OVERLAP_S:
        said.bad.append(f"two connections at once for {tenths(seen.overlap_s * 1e9)}: the old one stays open")
    return said


def _about_noticing(play: Play, seen: Measured, before: Sequence[ReconnectRow], said: _Said) -> None:
    if play.is_dead and seen.noticed_s is None:
        void = f"; {counted(seen.lost, 'message')} went into the void" if seen.lost else ""
        said.bad.append(f"not noticed in {_whole(seen.refused_for_s)}{void}")
    elif seen.noticed_s is None and seen.is_open and not seen.has_left:
        said.bad.append("the connection was ended, and it goes on as if it were open")
    elif not (play.is_dead or play.lasts_s) and (seen.first_try_s or seen.noticed_s or 0) > LATE_S:
        notice = "notice, or to " if (seen.noticed_s or 0) > LATE_S else ""
        said.bad.append(f"took {_whole(seen.first_try_s or seen.noticed_s or 0)} to {notice}try again")
    if play.asks_to_spread and seen.first_try_s is not None and seen.first_try_s < AT_ONCE_S:
        others = [row.first_try_s for row in before if row.first_try_s is not None and row.tries_per_minute is None]
        if all(other < AT_ONCE_S for other in others):  # else a random delay happened to be short
            chance = "" if others else ", unless by chance"
            said.remarks.append(f"comes back after {duration(seen.first_try_s * 1e9)}: with every other client{chance}")


def _about_asking(play: Play, seen: Measured, said: _Said, *, honoured: bool | None) -> None:
    """What the server asked for, by its codes, by Retry-After, or by saying nothing for long."""
    if play.name == "hang" and seen.tries == 1 and seen.first_try_s is not None:
        hung_s = seen.refused_for_s - seen.first_try_s
        if hung_s > LATE_S:
            said.bad.append(f"no connect timeout within {_whole(hung_s)}")
    if play.is_final and honoured is False:
        said.bad.append(f"tried {seen.tries} times in {_whole(seen.refused_for_s)} although it was refused for good")
    elif honoured is False:
        said.remarks.append(f"ignores Retry-After: tried again after {tenths((seen.after_answer_s or 0) * 1e9)}")


def _about_spacing(play: Play, seen: Measured, before: Sequence[ReconnectRow], said: _Said) -> None:
    pace = _pace_words(seen)
    if pace and play.name.startswith("accept") and _grew(before):
        said.bad.append(f"its backoff begins anew with each opening: {pace}")
    elif pace:
        said.bad.append(pace)
    if seen.spacing.is_exact and seen.spacing.is_exact_at_cap and seen.spacing.cap_s is not None:
        said.remarks.append(f"no jitter once its delays reach {tenths(seen.spacing.cap_s * 1e9)}")
    elif seen.spacing.is_exact:
        said.remarks.append("no jitter: its delays follow a fixed rule")


def _pace_words(seen: Measured) -> str:
    """What is wrong with how often it tries; empty where nothing is."""
    gaps = seen.spacing
    every = ""
    if gaps.is_fixed:
        every = f"a fixed delay, a try every {tenths(gaps.typical_s * 1e9)}"
    elif gaps.is_flat:
        every = f"a try about every {tenths(gaps.typical_s * 1e9)}"
    late_rate = 60 * seen.late_tries / max(LEAST_RATE_S, seen.refused_for_s / 2)
    if late_rate > HAMMERS_PER_MINUTE and seen.late_tries > FEW_TRIES:
        many = f"hammers: {counted(seen.tries, 'try', 'tries')} in {_whole(seen.refused_for_s)}"
        return f"{many}, {every}" if every and gaps.typical_s >= AT_ONCE_S else many
    return f"does not slow down: {every}" if every else ""


def _grew(before: Sequence[ReconnectRow]) -> bool:
    """Whether its delays grew where it was not let in at all."""
    return any(row.growth is not None and row.growth > GROWS for row in before if row.fault in ("refuse", "http_503"))


def _about_return(play: Play, seen: Measured, said: _Said) -> None:
    if play.is_final:
        return
    where = said.remarks if play.name == "close_1000" else said.bad
    if seen.gave_up:
        after = f" after {counted(seen.all_tries, 'try', 'tries')}" if seen.sees_tries and seen.all_tries else ""
        where.append(f"gave up{after}: it is not back, and tries no more")
    elif not seen.is_open and seen.gave_up is None:
        said.remarks.append("not back within the time it was watched, but its next delay may be longer")
    elif not seen.is_open:
        said.bad.append("not back within the time it was watched, but still trying")
    if seen.missing:
        said.bad.append(_missing_words(seen))
    elif seen.subscribed is not None and seen.subscribed > 1:
        said.bad.append(f"subscribes {seen.subscribed} times")
    if seen.twice:
        said.remarks.append(f"{counted(seen.twice, 'message')} that the server had came again")


def _missing_words(seen: Measured) -> str:
    shown = ", ".join(visible(shape, 100) for shape in seen.missing[:3])
    more = f" and {len(seen.missing) - 3} more" if len(seen.missing) > 3 else ""
    return f"does not send again what it sent first: {shown}{more}"


def _praise(play: Play, seen: Measured) -> str:
    if play.is_bearable:
        return f"its heartbeat ends it after {_whole(seen.noticed_s)}" if seen.has_left and seen.noticed_s else "stays"
    if play.is_final and not seen.is_open:
        return f"stops after {counted(seen.tries, 'try', 'tries')}" if seen.tries else "does not try again"
    if seen.back_s is None:
        return "is back"
    back = f"back {tenths(seen.back_s * 1e9)}"
    if play.is_dead:
        return "notices it, and is back at once" if seen.back_s < LEAST_RATE_S else f"{back} later"
    since = "it was over" if play.lasts_s else "it happened"
    return f"{back} after {since}"


def _rate(seen: Measured) -> float:
    """Tries in a minute, while they were refused."""
    return 60 * seen.tries / max(LEAST_RATE_S, seen.refused_for_s)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def _whole(seconds: float) -> str:
    """`45 s`: how long was watched; its tenths are our own lateness."""
    return width(round(seconds))

"""Pure: what was measured around one fault: the timeline between its beginning and the end of its watching."""

from collections.abc import Sequence

from msgspec import Struct

from wsmonitor.experiments.reconnect.browsers import delays_from_try
from wsmonitor.experiments.reconnect.plays import Play
from wsmonitor.experiments.reconnect.shapes import missing, times_sent
from wsmonitor.experiments.reconnect.spacing import Spacing, gaps, spacing
from wsmonitor.experiments.reconnect.timeline import Connection, Sent, Timeline, Tries

SUBSCRIBE_NS = 1_000_000_000
"""What a client sends so soon after an opening is its subscription."""
_SUBSCRIBE_LATEST_NS = 2 * SUBSCRIBE_NS
"""Nobody is quicker after a fault than in the best of times."""
PATIENCE = 2.5
"""Whoever was silent for so many times its longest gap gave up."""
AT_HAND_NS = 10_000_000_000
"""A message is sent twice where the server had it so shortly before the fault."""


class Window(Struct, frozen=True):
    """When a fault began, when it was lifted (for what happens once: when it began), and until when was watched."""

    began_ns: int
    lifted_ns: int
    until_ns: int


class Manner(Struct, frozen=True):
    """What was learned of the client in its steady state: its first messages, and how many connections it has."""

    subscription: tuple[str, ...] = ()
    first: tuple[str, ...] = ()
    """All first messages, also those that it goes on to send: they come again on each connection."""
    connections: int = 1
    process: str = ""
    spacings: tuple[tuple[float, ...], ...] = ()
    """The gaps between its tries about the faults before."""


class Measured(Struct, frozen=True):
    """What one fault showed. Seconds are since it began, `back_s` since it was lifted."""

    noticed_s: float | None
    first_try_s: float | None
    sees_tries: bool
    """False where nobody could see whether it tried."""
    tries: int
    """While it lasted."""
    late_tries: int
    """Of these, those in the later half of that time."""
    all_tries: int
    refused_for_s: float
    spacing: Spacing
    after_answer_s: float | None
    """The shortest gap after a try that was refused."""
    gave_up: bool | None
    back_s: float | None
    subscribed: int | None
    missing: tuple[str, ...]
    lost: int | None
    again: int | None
    twice: int | None
    overlap_s: float | None
    has_left: bool
    is_open: bool
    is_unreachable: bool


def learned(timeline: Timeline, connections: Sequence[Connection]) -> Manner:
    """What a steady client shows; only first messages that it does not go on to send are a subscription."""
    first: list[str] = []
    later: set[str] = set()
    for one in connections:
        until_ns = one.opened_ns + SUBSCRIBE_NS
        first += [sent.shape for sent in one.sent if sent.at_ns <= until_ns]
        later |= {sent.shape for sent in one.sent if sent.at_ns > until_ns}
    subscription = tuple(shape for shape in first if shape not in later)
    return Manner(subscription=subscription, first=tuple(first), connections=len(connections), process=timeline.process)


def without_what_goes_on(subscription: Sequence[str], timeline: Timeline) -> tuple[str, ...]:
    """A first message that comes again later on the same connection was no subscription."""
    going_on: set[str] = set()
    for one in timeline.connections:
        until_ns = one.opened_ns + _SUBSCRIBE_LATEST_NS
        late = [sent.shape for sent in one.sent if sent.at_ns > until_ns]
        early = {sent.shape for sent in one.sent if sent.at_ns <= until_ns}
        going_on |= {shape for shape in late if shape in early or late.count(shape) > 1}
    return tuple(shape for shape in subscription if shape not in going_on)


def lacks(timeline: Timeline, since_ns: int, manner: Manner) -> tuple[str, ...]:
    """First messages that the client has not sent on what it opened since then."""
    opened = [one for one in timeline.connections if one.opened_ns >= since_ns]
    return missing(manner.subscription, [sent.shape for one in opened[-manner.connections :] for sent in one.sent])


def measure(play: Play, timeline: Timeline, window: Window, manner: Manner) -> Measured:
    """What the window shows of one fault."""
    began_ns, lifted_ns = window.began_ns, window.lifted_ns
    tries = [one for one in timeline.tries if began_ns < one.at_ns <= window.until_ns]
    opened = [one for one in timeline.connections if began_ns < one.opened_ns <= window.until_ns]
    since_ns = began_ns if play.is_bearable else lifted_ns  # who leaves what goes on is back before that is over
    back = next((one for one in opened if one.opened_ns >= since_ns), None)
    held = [one for one in timeline.connections if one.opened_ns <= began_ns]
    has_left = any(one.left_ns is not None and one.left_ns >= began_ns for one in held)
    sees_tries = not play.is_unseen or any(one.at_ns <= lifted_ns for one in tries)
    first_try_ns = tries[0].at_ns if tries and sees_tries else None
    noticed_ns = _noticed(play, timeline, window, first_try_ns)
    is_open = bool(timeline.open)
    lost, again, twice = _messages(play, held, opened, window, manner)
    spaced = _spacing(tries, window, back, manner) if sees_tries else Spacing()
    sent = [] if back is None else _first_sent(opened[-manner.connections :])
    return Measured(
        noticed_s=_seconds(began_ns, noticed_ns),
        first_try_s=_seconds(began_ns, first_try_ns),
        sees_tries=sees_tries,
        tries=sum(one.count for one in tries if one.at_ns <= lifted_ns),
        late_tries=sum(one.count for one in tries if (began_ns + lifted_ns) / 2 < one.at_ns <= lifted_ns),
        all_tries=sum(one.count for one in tries),
        refused_for_s=(lifted_ns - began_ns) / 1e9,
        spacing=spaced,
        after_answer_s=_after_answer_s(tries, window),
        gave_up=False if is_open else _gave_up(tries, window, max(spaced.gaps, default=0.0)),
        back_s=_seconds(since_ns, back.opened_ns if back is not None else None),
        subscribed=None if back is None else times_sent(manner.subscription, sent),
        missing=() if back is None else missing(manner.subscription, sent),
        lost=lost,
        again=again,
        twice=twice,
        overlap_s=_overlap_s(timeline, window) if manner.connections == 1 else None,
        has_left=has_left,
        is_open=is_open,
        is_unreachable=timeline.unreachable_ns is not None and timeline.unreachable_ns > lifted_ns and back is None,
    )


def _seconds(since_ns: int, at_ns: int | None) -> float | None:
    return None if at_ns is None else max(0, at_ns - since_ns) / 1e9


def _noticed(play: Play, timeline: Timeline, window: Window, first_try_ns: int | None) -> int | None:
    """The first sign of noticing; where bytes vanished, only one that came before we ended the connection."""
    until_ns = window.lifted_ns if play.is_dead else window.until_ns
    signs = [*timeline.signs, *([] if first_try_ns is None else [first_try_ns])]
    return min((at_ns for at_ns in signs if window.began_ns < at_ns <= until_ns), default=None)


def _spacing(tries: list[Tries], window: Window, back: Connection | None, manner: Manner) -> Spacing:
    """Of the tries up to the one that got through; what a browser delays by itself is left out."""
    end_ns = window.until_ns if back is None else back.opened_ns
    counted = [one for one in tries if one.at_ns <= end_ns]
    from_try = delays_from_try(manner.process)
    return spacing(counted if from_try is None else counted[: from_try - 1], window.began_ns, manner.spacings)


def _after_answer_s(tries: list[Tries], window: Window) -> float | None:
    answered = [one.at_ns for one in tries if one.at_ns <= window.lifted_ns]
    following = [one for one in tries if one.at_ns > answered[0]] if answered else []
    return min((gap for gap in gaps(following, answered[0])), default=None) if following else None


def _gave_up(tries: list[Tries], window: Window, longest_gap_s: float) -> bool | None:
    """Whether not one try came for long after the fault was lifted; `None` where its next delay may be that long."""
    middle_ns = (window.lifted_ns + window.until_ns) // 2
    if window.until_ns <= window.lifted_ns:
        return None
    last_ns = tries[-1].at_ns if tries else window.began_ns
    if last_ns > middle_ns:
        return False
    return True if (window.until_ns - last_ns) / 1e9 > PATIENCE * longest_gap_s else None


def _first_sent(opened: Sequence[Connection]) -> list[str]:
    """What came soon after the openings; later only what had not come by then: some are slow to subscribe."""
    early = [
        one for connection in opened for one in connection.sent if _age_ns(connection, one) <= _SUBSCRIBE_LATEST_NS
    ]
    known = {one.shape for one in early}
    late = [one.shape for connection in opened for one in connection.sent if one.shape not in known]
    return [*(one.shape for one in early), *dict.fromkeys(late)]


def _age_ns(connection: Connection, sent: Sent) -> int:
    return sent.at_ns - connection.opened_ns


def _messages(
    play: Play, held: list[Connection], opened: list[Connection], window: Window, manner: Manner
) -> tuple[int | None, int | None, int | None]:
    """Lost, sent again, and sent twice. Messages are known by their content; what repeats itself does not count."""
    before = [one for connection in held for one in connection.sent]
    contents = [one.content for one in before]
    known = {content for content in set(contents) if contents.count(content) == 1} if len(contents) < 500 else set()
    usual = {*manner.subscription, *manner.first}
    after = {one.content for connection in opened for one in connection.sent if one.shape not in usual}
    since_ns = window.began_ns - AT_HAND_NS
    twice = [
        one
        for one in before
        if since_ns <= one.at_ns <= window.began_ns and one.content in known and one.shape not in usual
    ]
    had_twice = sum(one.content in after for one in twice) if twice and opened else None
    if not play.is_dead:
        return None, None, had_twice
    void = [one for one in before if window.began_ns < one.at_ns <= window.lifted_ns]
    again = sum(one.content in after for one in void if one.content in known) if opened else None
    return len(void), again, had_twice


def _overlap_s(timeline: Timeline, window: Window) -> float:
    """For how long more than one connection was open, that the client had not ended."""
    steps: list[tuple[int, int]] = []
    for one in timeline.connections:
        start_ns = max(one.opened_ns, window.began_ns)
        end_ns = min(window.until_ns if one.ended_ns is None else one.ended_ns, window.until_ns)
        if end_ns > start_ns:
            steps += [(start_ns, 1), (end_ns, -1)]
    open_now, since_ns, total_ns = 0, 0, 0
    for at_ns, change in sorted(steps):
        if open_now > 1:
            total_ns += at_ns - since_ns
        open_now, since_ns = open_now + change, at_ns
    return total_ns / 1e9

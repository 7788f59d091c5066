"""One connection from its dial to its end: the phases of its opening, its last frames, and what ended it. Pure."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

from msgspec import Struct

from wsmonitor.analysis.log import LogView
from wsmonitor.analysis.snapshot import Closure, Ended, Snapshot
from wsmonitor.facts.events import (
    AnyEvent,
    Control,
    EndpointEvent,
    HeartbeatMissed,
    Message,
    PhaseDone,
    State,
    StateChanged,
)
from wsmonitor.text.plain_text import visible
from wsmonitor.text.redact import redact_text
from wsmonitor.text.units import duration, tenths
from wsmonitor.text.wording.closure_words import closure_words
from wsmonitor.text.wording.code_words import explain_verdict
from wsmonitor.text.wording.event_words import words
from wsmonitor.text.wording.layers import closure_layers
from wsmonitor.text.wording.opening_words import obstacle, opening_layers

FRAMES = 20
SILENCE_NS = 500_000_000
"""A pause between two frames that is as long as this is written between them."""
_TOLD_LATE_NS = 1_000_000_000
_STRETCH = 4096
_BAR = 24
_PHASES = {"dns": "DNS", "tcp": "TCP", "tls": "TLS", "http": "upgrade"}

_NOTABLE, _NOTABLE_NS = 0.05, 50_000_000
"""Two durations differ notably by more than this share of the longer one, and more than so much."""

Side = Literal["opened", "received", "sent", "silence", "missed", "end"]


class Step(Struct, frozen=True):
    """A phase of the opening; times in nanoseconds, `start_ns` since the dial."""

    name: str
    start_ns: int
    duration_ns: int


class Rung(Struct, frozen=True):
    """One line of the ladder: the opening, a frame, a silence, a heartbeat without an answer, the end."""

    at_ns: int
    side: Side
    text: str


class Fact(NamedTuple):
    """Something that two ends are compared by; `amount_ns` of a duration."""

    name: str
    text: str
    amount_ns: int | None = None


class ConnectionStory(Struct, frozen=True):
    """What is known of one ended connection, or of an opening that failed."""

    ended: Ended
    title: str
    steps: tuple[Step, ...]
    rungs: tuple[Rung, ...]
    facts: tuple[Fact, ...]
    explained: tuple[str, ...]
    """The end at each layer, and what the code means."""

    @property
    def lines(self) -> Iterator[str]:
        """All of it as text, to paste into an issue."""
        yield self.title
        yield ""
        yield from (f"{fact.name}: {fact.text}" for fact in self.facts)
        if self.steps:
            yield ""
            yield "Opening"
            yield from _waterfall(self.steps)
        if self.rungs:
            yield ""
            yield "Before the end (we on the left, the peer on the right)"
            yield from (_ladder_line(rung, self.ended.at_ns) for rung in self.rungs)
        yield ""
        yield from self.explained


def story_of(ended: Ended, snapshot: Snapshot) -> ConnectionStory:
    """What the logs of `snapshot` still have of it."""
    before = list(_backwards(snapshot.log, ended))
    steps, opened_ns = _opening(before, ended)
    if not isinstance(ended, Closure):
        who, by = obstacle(ended.event)
        error = visible(redact_text(ended.event.error), 300)
        return ConnectionStory(
            ended=ended,
            title=f"{visible(ended.endpoint, 60)}, failed opening {ended.number}: {who}, {by}",
            steps=steps,
            rungs=(),
            facts=(
                Fact("failed in", ended.event.phase),
                Fact("after", duration(ended.event.duration_ns), ended.event.duration_ns),
                Fact("error", error),
            ),
            explained=opening_layers(ended.event, own=snapshot.health.own).lines,
        )
    frames = _frames(snapshot.messages, ended)
    first = next((event for event in frames if isinstance(event, Message) and event.direction == "rx"), None)
    if first is not None and opened_ns is not None and steps and frames[0].at_ns - opened_ns < ended.verdict.life_ns:
        begun_ns = opened_ns - (steps[-1].start_ns + steps[-1].duration_ns)
        steps += (Step("first message", opened_ns - begun_ns, max(0, first.at_ns - opened_ns)),)
    codes = snapshot.codes_of(ended.endpoint)
    layers = closure_layers(
        ended.verdict, ended.circumstances, ended.at_ns, codes=codes, kernel=ended.kernel, own=snapshot.health.own
    )
    missed = [event for event in before if isinstance(event, HeartbeatMissed) and event.connection == ended.connection]
    return ConnectionStory(
        ended=ended,
        title=f"{visible(ended.endpoint, 60)} #{ended.number}: {closure_words(ended.verdict, codes)}",
        steps=steps,
        rungs=_rungs(frames, missed, opened_ns, Rung(ended.at_ns, "end", closure_words(ended.verdict, codes))),
        facts=_facts(ended, steps),
        explained=tuple(filter(None, (*layers.lines, explain_verdict(ended.verdict, codes)))),
    )


def differing(one: ConnectionStory, other: ConnectionStory) -> list[tuple[str, str, str, bool]]:
    """The facts of both, name by name, and whether they differ notably."""
    first, second = ({fact.name: fact for fact in story.facts} for story in (one, other))
    pairs = [(name, first.get(name), second.get(name)) for name in dict.fromkeys([*first, *second])]
    return [(name, a.text if a else "–", b.text if b else "–", _differ(a, b)) for name, a, b in pairs]


def only_in(one: ConnectionStory, other: ConnectionStory) -> frozenset[int]:
    """Which rungs of `one` are of a kind that `other` has none of: another opcode, a miss, another end."""
    known = {_kind(rung) for rung in other.rungs}
    return frozenset(number for number, rung in enumerate(one.rungs) if _kind(rung) not in known)


def compared_lines(one: ConnectionStory, other: ConnectionStory) -> Iterator[str]:
    """What differs between two, and then all of both."""
    yield "What differs (≠)"
    for name, a, b, differs in differing(one, other):
        yield f"{'≠' if differs else ' '} {name}: {a} | {b}"
    for story, another in ((one, other), (other, one)):
        for number in sorted(only_in(story, another)):
            yield f"≠ only in #{story.ended.number}: {story.rungs[number].text}"
    for story in (one, other):
        yield ""
        yield from story.lines


def _differ(one: Fact | None, other: Fact | None) -> bool:
    if one is None or other is None:
        return True
    if one.amount_ns is None or other.amount_ns is None:
        return one.text != other.text
    apart_ns = abs(one.amount_ns - other.amount_ns)
    return apart_ns > _NOTABLE_NS and apart_ns > _NOTABLE * max(one.amount_ns, other.amount_ns)


def _kind(rung: Rung) -> tuple[str, str]:
    """Silences are alike; an end is its words, a frame its opcode."""
    if rung.side == "silence":
        return rung.side, ""
    return rung.side, rung.text if rung.side == "end" else rung.text.partition(" ")[0]


def _facts(closure: Closure, steps: Sequence[Step]) -> tuple[Fact, ...]:
    verdict, around = closure.verdict, closure.circumstances
    facts = [
        Fact("lived", tenths(verdict.life_ns), verdict.life_ns),
        Fact("silent before, received", tenths(verdict.silence_rx_ns), verdict.silence_rx_ns),
        Fact("silent before, sent", tenths(verdict.silence_tx_ns), verdict.silence_tx_ns),
    ]
    if closure.messages is not None:
        facts.append(Fact("messages passed", f"{closure.messages:,}"))
    if steps:
        whole_ns = sum(step.duration_ns for step in steps if step.name in _PHASES.values())
        facts.append(Fact("opening", duration(whole_ns), whole_ns))
    if around is not None:
        facts.append(Fact("messages in doubt", f"{around.in_doubt:,}"))
        facts.append(Fact("messages not sent", f"{around.waiting:,}"))
        gone = f"{duration(around.tcp_end_ns)} later" if around.tcp_end_ns else "at once"
        facts.append(Fact("TCP gone", gone, around.tcp_end_ns))
        facts.append(Fact("our own lag, at most", duration(around.lag_ns), around.lag_ns))
    return tuple(facts)


def _backwards(log: LogView, ended: Ended) -> Iterator[AnyEvent]:
    """Events of its slot up to its end, newest first."""
    for stop in range(log.end, log.first, -_STRETCH):
        for _, events in reversed(list(log.stretches(max(log.first, stop - _STRETCH), stop))):
            for event in reversed(events):
                if isinstance(event, EndpointEvent) and _is_of(event, ended):
                    yield event


def _is_of(event: EndpointEvent, ended: Ended) -> bool:
    is_same = event.endpoint == ended.endpoint and event.slot == ended.slot
    return is_same and event.at_ns <= ended.at_ns + _TOLD_LATE_NS


def _opening(before: Sequence[AnyEvent], ended: Ended) -> tuple[tuple[Step, ...], int | None]:
    """The phases that led to it, in order, and when it opened."""
    opened_ns = None if isinstance(ended, Closure) else ended.at_ns
    phases: list[PhaseDone] = []
    for event in before:
        if opened_ns is None:
            if isinstance(event, StateChanged) and isinstance(ended, Closure) and _opens(event, ended):
                opened_ns = event.at_ns
        elif isinstance(event, PhaseDone) and event.at_ns <= opened_ns:
            phases.append(event)
        elif isinstance(event, StateChanged) and not event.old.is_opening and event.at_ns < ended.at_ns:
            break
    phases.reverse()
    if not phases:
        return (), opened_ns
    begun_ns = min(phase.at_ns - phase.duration_ns for phase in phases)
    steps = [
        Step(_PHASES.get(phase.phase, phase.phase), phase.at_ns - phase.duration_ns - begun_ns, phase.duration_ns)
        for phase in phases
    ]
    return tuple(steps), opened_ns


def _opens(event: StateChanged, closure: Closure) -> bool:
    return event.new is State.OPEN and not event.old.is_open and event.connection == closure.connection


def _frames(log: LogView, closure: Closure) -> list[Message | Control]:
    """Every frame of the connection that is still in the log, oldest first."""
    begun_ns = closure.at_ns - closure.verdict.life_ns - _TOLD_LATE_NS
    frames: list[Message | Control] = []
    for event in _backwards(log, closure):
        if event.at_ns < begun_ns:
            break
        if isinstance(event, Message | Control) and event.connection == closure.connection:
            frames.append(event)
    return sorted(frames, key=_at_ns)


def _rungs(
    frames: Sequence[Message | Control], missed: Sequence[HeartbeatMissed], opened_ns: int | None, end: Rung
) -> tuple[Rung, ...]:
    """The last frames and misses with the silences between them; the opening where nothing lies before them."""
    events: list[Message | Control | HeartbeatMissed] = sorted([*frames, *missed], key=_at_ns)
    rungs = [_rung(event) for event in events[-FRAMES:]]
    if opened_ns is not None and len(events) < FRAMES:
        rungs.insert(0, Rung(opened_ns, "opened", "open"))
    whole: list[Rung] = []
    for one, following in pairwise([*rungs, end]):
        whole.append(one)
        if following.at_ns - one.at_ns >= SILENCE_NS:
            whole.append(Rung(one.at_ns, "silence", f"{duration(following.at_ns - one.at_ns)} silence"))
    return (*whole, end)


def _rung(event: Message | Control | HeartbeatMissed) -> Rung:
    text = words(event)
    if isinstance(event, HeartbeatMissed):
        return Rung(event.at_ns, "missed", text)
    return Rung(event.at_ns, "received" if event.direction == "rx" else "sent", text.lstrip("↑↓ "))


def _at_ns(event: AnyEvent) -> int:
    return event.at_ns


def _waterfall(steps: Sequence[Step]) -> Iterator[str]:
    whole = max(1, *(step.start_ns + step.duration_ns for step in steps))
    for step in steps:
        start = min(_BAR - 1, step.start_ns * _BAR // whole)
        length = max(1, round(step.duration_ns * _BAR / whole))
        bar = f"{' ' * start}{'█' * min(length, _BAR - start)}"
        yield f"  {step.name:<14}{duration(step.duration_ns):>9}  {bar}"


def _ladder_line(rung: Rung, end_ns: int) -> str:
    match rung.side:
        case "opened":
            mark = " ○ "
        case "silence":
            return f"{'':>12}  ·  {rung.text}"
        case "sent":
            mark = "──▶"
        case "received":
            mark = "◀──"
        case "missed":
            mark = " ? "
        case "end":
            mark = " ✖ "
    return f"{_before(end_ns - rung.at_ns):>12} {mark} {rung.text}"


def _before(passed_ns: int) -> str:
    return "end" if passed_ns == 0 else f"{'−' if passed_ns > 0 else '+'}{duration(abs(passed_ns))}"

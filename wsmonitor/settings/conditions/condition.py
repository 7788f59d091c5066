"""What an alert waits for, as text: `drops>=3 in 5m`, `p99>200ms in 1m`, `down>30s`, `finding:idle_timeout sure>=80%`.

    condition = ( "drops" | "failures" ) more COUNT "in" TIME
              | [ kind ] ( "p50" | "p90" | "p99" | "max" | "loss" ) more VALUE "in" TIME
              | ( "down" | "degraded" ) more TIME
              | "finding" ":" ( ID | "any" ) [ "sure" more PERCENT ]
    kind      = "ws" | "app" | "client"             more = ">" | ">="

It is written in the grammar of filters; what each part counts says `docs/alerts.md`.
"""

from collections.abc import Sequence
from typing import Final, Literal, assert_never, cast

from msgspec import Struct

from wsmonitor.facts.errors import mistake_of
from wsmonitor.facts.events import HeartbeatKind
from wsmonitor.settings.checks import parse_duration, parse_percent
from wsmonitor.settings.conditions.grammar import AllOf, Compared, FilterError, Node, UnknownFieldError, Word, parse

EXAMPLES: Final = ("drops>=3 in 5m", "p99>200ms in 1m", "loss>5% in 2m", "down>30s", "finding:any sure>=80%")
ANY: Final = "any"
MOST_COUNTED: Final = 10_000
SHORTEST_S: Final = 1.0
LONGEST_S: Final = 86_400.0
_COUNTED: Final = ("drops", "failures")
_PERCENTILES: Final = {"p50": 50.0, "p90": 90.0, "p99": 99.0, "max": 100.0}
_LASTING: Final = ("down", "degraded")
_FIELDS: Final = (*_COUNTED, *_PERCENTILES, "loss", *_LASTING, "finding", "sure")
_KINDS: Final = ("ws", "app", "client")


class Count(Struct, frozen=True):
    """So many connections were lost (`drops`), or openings failed, within a time."""

    what: Literal["drops", "failures"]
    at_least: int
    within_ns: int


class Slow(Struct, frozen=True):
    """A percentile of the round trips within a time is above a limit; of each kind by itself where none is named."""

    percent: float
    above_ns: int
    within_ns: int
    kind: HeartbeatKind | None


class Lost(Struct, frozen=True):
    """The share of missed heartbeats within a time is above `share` (0 to 1), or `reached`."""

    share: float
    counts_when_reached: bool
    within_ns: int
    kind: HeartbeatKind | None


class Lasting(Struct, frozen=True):
    """A connection is not open, or open without answers, for longer than this."""

    state: Literal["down", "degraded"]
    longer_than_ns: int


class Found(Struct, frozen=True):
    """A finding stands that is at least so sure (0 to 1): `rule`, or `any` that is not just for information."""

    rule: str
    confidence: float


Condition = Count | Slow | Lost | Lasting | Found


def parse_condition(text: str) -> Condition:
    """The condition that `text` describes. Raises `FilterError` with what was expected."""
    try:
        node = parse(text, _FIELDS)
    except UnknownFieldError as error:
        raise FilterError(f"there is no {error.name}: {error.meant.replace('fields', 'words')}") from None
    if node is None:
        raise FilterError(f"expected a condition such as {EXAMPLES[0]}, found none")
    nodes: list[Node] = list(node.nodes) if isinstance(node, AllOf) else [node]
    kind = _kind(nodes)
    match nodes:
        case [Compared() as compared]:
            return _lasting_or_found(compared, None, kind)
        case [Compared(field="finding") as compared, Compared(field="sure") as sure]:
            return _lasting_or_found(compared, sure, kind)
        case [Compared() as compared, Word("in"), Word(time)]:
            return _within(compared, time, kind)
    raise FilterError(f"expected one condition such as {' or '.join(EXAMPLES[:2])}, found {text.strip()[:60]!r}")


def condition_mistake(text: str) -> str:
    """What is wrong with the text of a condition; empty if nothing is."""
    return mistake_of(parse_condition, text)


def own_time_ns(condition: Condition) -> int:
    """The time that a condition speaks of; 0 for a finding, which stands or does not."""
    match condition:
        case Count() | Slow() | Lost():
            return condition.within_ns
        case Lasting():
            return condition.longer_than_ns
        case Found():
            return 0
    assert_never(condition)


def _kind(nodes: list[Node]) -> HeartbeatKind | None:
    """The kind of heartbeat that stands in front, which is taken away."""
    match nodes:
        case [Word(word), *_] if word in _KINDS:
            del nodes[0]
            return cast("HeartbeatKind", word)
    return None


def _within(compared: Compared, time: str, kind: HeartbeatKind | None) -> Condition:
    name, within_ns = compared.field, _time(f"{compared.field} ... in", time)
    if name in _COUNTED:
        _no_kind(name, kind)
        reached = _reached(compared)
        try:
            least = int(compared.value) + (not reached)
        except ValueError:
            least = 0
        if not 1 <= least <= MOST_COUNTED or not compared.value.isascii():
            raise FilterError(f"after {name} expected a number up to {MOST_COUNTED:,}, found {compared.value[:40]!r}")
        return Count(cast("Literal['drops', 'failures']", name), least, within_ns)
    if name in _PERCENTILES:
        return Slow(_PERCENTILES[name], _round_trip(compared) - _reached(compared), within_ns, kind)
    if name == "loss":
        return Lost(_share(compared), _reached(compared), within_ns, kind)
    raise FilterError(f"{name} has no time behind an `in`; example: {_example(name)}")


def _lasting_or_found(compared: Compared, sure: Compared | None, kind: HeartbeatKind | None) -> Condition:
    name = compared.field
    _no_kind(name, kind)
    if name in _LASTING:
        _reached(compared)
        return Lasting(cast("Literal['down', 'degraded']", name), _time(name, compared.value))
    if name == "finding":
        if compared.operator not in (":", "==") or compared.is_expression:
            raise FilterError(f"after finding expected : and its name or any, found {compared.operator}")
        if sure is not None:
            _reached(sure)
        return Found(compared.value.lower(), 0.0 if sure is None else _share(sure))
    raise FilterError(f"expected the time that counts, `in` and a time; example: {_example(name)}")


def _no_kind(name: str, kind: HeartbeatKind | None) -> None:
    if kind is not None:
        raise FilterError(f"{kind} stands before p50, p90, p99, max and loss only, found it before {name}")


def _reached(compared: Compared) -> bool:
    """True for `>=`, false for `>`. Raises `FilterError` for anything else."""
    if compared.operator not in (">", ">=") or compared.is_expression:
        raise FilterError(f"after {compared.field} expected > or >=, found {compared.operator}")
    return compared.operator == ">="


def _time(before: str, text: str) -> int:
    try:
        seconds = parse_duration(text)
    except ValueError:
        seconds = 0.0
    if not SHORTEST_S <= seconds <= LONGEST_S:
        raise FilterError(f"after {before} expected a time from 1s to 24h such as 30s or 5m, found {text[:40]!r}")
    return round(seconds * 1e9)


def _round_trip(compared: Compared) -> int:
    try:
        return round(parse_duration(compared.value) * 1e9)
    except ValueError:
        found = repr(compared.value[:40])
        raise FilterError(f"after {compared.field} expected a duration such as 200ms, found {found}") from None


def _share(compared: Compared) -> float:
    try:
        return parse_percent(compared.value)
    except ValueError as error:
        raise FilterError(f"after {compared.field} {error}") from None


def _example(name: str) -> str:
    return next((one for one in EXAMPLES if one.startswith(name)), _of_its_kind(name, EXAMPLES))


def _of_its_kind(name: str, examples: Sequence[str]) -> str:
    """An example for what has none of its own."""
    if name in _PERCENTILES:
        return examples[1].replace("p99", name)
    return examples[0].replace("drops", name) if name in _COUNTED else examples[3].replace("down", name)

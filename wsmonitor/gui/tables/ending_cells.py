"""What the table says of a closure or a failed opening: its cells, its sentence, all that is known. Pure."""

import enum

from wsmonitor.analysis.snapshot import Closure, Ended, FailedOpening, Snapshot
from wsmonitor.facts.events import Circumstances
from wsmonitor.gui.look import words
from wsmonitor.gui.look.moments import Moments
from wsmonitor.text import units
from wsmonitor.text.plain_text import visible
from wsmonitor.text.redact import redact_text
from wsmonitor.text.wording.closure_words import how_with_code, own_part, reason_or_name, who_in_full
from wsmonitor.text.wording.code_words import explain_verdict
from wsmonitor.text.wording.layers import NOTABLE_LAG_NS, Layers, closure_layers
from wsmonitor.text.wording.opening_words import obstacle, opening_layers

TITLES = ("time", "#", "endpoint", "who", "how", "reason", "lived", "silent rx/tx", "closing", "left over", "cause")
"""`closing`: from the first Close to the answer, and to the end of TCP. `left over`: messages in doubt or waiting."""


class Column(enum.IntEnum):
    """The columns from left to right, as `TITLES` names them."""

    TIME = 0
    NUMBER = 1
    ENDPOINT = 2
    WHO = 3
    HOW = 4
    REASON = 5
    LIVED = 6
    SILENT = 7
    CLOSING = 8
    LEFT_OVER = 9
    FINDING = 10


def ending_cell(ended: Ended, column: Column, snapshot: Snapshot, moments: Moments, found: str = "") -> str:
    """The text of one cell, plain and on one line; `found` is the finding that explains the ending."""
    match column:
        case Column.TIME:
            return moments.clock(snapshot, ended.at_ns)
        case Column.NUMBER:
            return str(ended.number) if isinstance(ended, Closure) else f"✖{ended.number}"
        case Column.ENDPOINT:
            return visible(ended.endpoint, 60)
        case _ if isinstance(ended, Closure):
            return _closure_cell(ended, column, snapshot, found)
        case _:
            return _opening_cell(ended, column, found)


def is_failure(ended: Ended) -> bool:
    """True for what nobody asked for: a failed opening, a loss."""
    return isinstance(ended, FailedOpening) or ended.verdict.is_loss


def sentence(ended: Ended, snapshot: Snapshot) -> str:
    """One ending in words, for tooltips and screen readers."""
    if isinstance(ended, Closure):
        return words.closure_sentence(ended, snapshot.codes_of(ended.endpoint))
    event, (who, by) = ended.event, obstacle(ended.event)
    name = f"{visible(ended.endpoint, 60)}, failed opening {ended.number}"
    return f"{name}: {who}, {by}; {event.phase}: {visible(redact_text(event.error), 200)}"


def layers(ended: Ended, snapshot: Snapshot) -> Layers:
    """What is known at each layer."""
    own = snapshot.health.own
    if isinstance(ended, FailedOpening):
        return opening_layers(ended.event, own=own)
    codes = snapshot.codes_of(ended.endpoint)
    return closure_layers(ended.verdict, ended.circumstances, ended.at_ns, codes=codes, kernel=ended.kernel, own=own)


def details(ended: Ended, snapshot: Snapshot) -> str:
    """All that is known, for a tooltip: the sentence, the layers, what the codes mean."""
    parts = [sentence(ended, snapshot), "\n".join(layers(ended, snapshot).lines)]
    if isinstance(ended, Closure):
        parts.append(explain_verdict(ended.verdict, snapshot.codes_of(ended.endpoint)))
    return "\n\n".join(filter(None, parts))


def _closure_cell(closure: Closure, column: Column, snapshot: Snapshot, found: str) -> str:
    verdict, around = closure.verdict, closure.circumstances
    match column:
        case Column.WHO:
            return who_in_full(verdict)
        case Column.HOW:
            return how_with_code(verdict)
        case Column.REASON:
            return reason_or_name(verdict, snapshot.codes_of(closure.endpoint)) or units.NONE
        case Column.LIVED:
            return units.tenths(verdict.life_ns)
        case Column.SILENT:
            return f"{verdict.silence_rx_ns / 1e9:.1f} / {verdict.silence_tx_ns / 1e9:.1f}"
        case Column.CLOSING:
            return units.NONE if around is None else _closing(around)
        case Column.LEFT_OVER:
            return units.NONE if around is None else _left_over(around)
        case _:
            return "; ".join(filter(None, (found or own_part(verdict), _late(around))))


def _opening_cell(failed: FailedOpening, column: Column, found: str) -> str:
    who, by = obstacle(failed.event)
    match column:
        case Column.WHO:
            return who
        case Column.HOW:
            return by
        case Column.REASON:
            return visible(redact_text(failed.event.error), 160)
        case Column.LIVED:
            return "never open"
        case Column.FINDING:
            return found
        case _:
            return units.NONE


def _closing(around: Circumstances) -> str:
    """`0.2/41 ms`: until the answer and until the end of TCP; a dash where no answer came."""
    answer = units.milliseconds(around.answer_ns)
    end = units.milliseconds(around.tcp_end_ns)
    if around.first_close is None and around.tcp_end_ns == 0:
        return units.NONE
    return f"{answer}/{end}" if end.endswith(" s") else f"{answer}/{end} ms"


def _left_over(around: Circumstances) -> str:
    doubt = f"{units.short_count(around.in_doubt)} in doubt" if around.in_doubt else ""
    waiting = f"{units.short_count(around.waiting)} waiting" if around.waiting else ""
    return ", ".join(filter(None, (doubt, waiting))) or units.NONE


def _late(around: Circumstances | None) -> str:
    if around is None or around.lag_ns < NOTABLE_LAG_NS:
        return ""
    return f"our loop {units.round_trip(around.lag_ns)} late"

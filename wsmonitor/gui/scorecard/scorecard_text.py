"""What the scorecard says of an audit and of each fault. Pure."""

from collections.abc import Iterable, Sequence

from wsmonitor.analysis.experiments import ExperimentView
from wsmonitor.analysis.snapshot import Snapshot
from wsmonitor.experiments.reconnect.answer import NAME
from wsmonitor.experiments.reconnect.plays import PLAYS
from wsmonitor.exports.report.experiments import experiments
from wsmonitor.facts.answers import AuditStep, ReconnectRow, RowVerdict
from wsmonitor.facts.events import ExperimentResult
from wsmonitor.text import units
from wsmonitor.text.plain_text import visible

MARKS: dict[RowVerdict, str] = {"ok": "✓ ok", "finding": "! note", "bad": "✗ bad", "not tested": "– not tested"}
_ENDED = {"completed": "done", "aborted": "ended early", "interrupted": "stopped", "failed": "did not run"}
_TITLES = {play.name: play.title for play in PLAYS}
_STAGES = {
    "waiting": "waits for your client: point it at the tap",
    "steady": "watches your client before anything is done to it",
    "fault": "is on",
    "recovery": "is over: your client may recover",
    "done": "done",
}


def audits(snapshot: Snapshot, names: frozenset[str] | None) -> list[ExperimentView]:
    """The audits of clients of these taps, oldest first; `None` means of all."""
    return [one for one in snapshot.experiments if one.name == NAME and (names is None or one.endpoint in names)]


def fault_title(name: str) -> str:
    """`dead path` for `silence`; of another version its name."""
    return _TITLES.get(name, visible(name, 40).replace("_", " "))


def title(view: ExperimentView) -> str:
    """Whose client it is."""
    return f"Client of {visible(view.endpoint, 60)}"


def status(view: ExperimentView, now_ns: int) -> str:
    """What is done now and how long it may take, or how it ended and what came out."""
    if view.lost:
        return "lost: the measuring process ended"
    if view.answer is not None:
        return f"{_ENDED[view.answer.status]} after {_lasted(view)} · {counts(view.rows)}"
    if view.audit is None:
        return "begins"
    left = f" · at most {units.short_duration(max(0, view.audit.ends_by_ns - now_ns))} left"
    return f"{_doing(view, view.audit)}{left}"


def progress(view: ExperimentView) -> tuple[int, int]:
    """Faults that were judged, and all that are to be."""
    done = len(view.rows)
    return done, max(1, done + (view.audit.faults_left if view.audit is not None and view.answer is None else 0))


def first_messages(view: ExperimentView) -> str:
    """What is known of the client's subscription; empty before."""
    if view.audit is None or view.audit.subscription is None:
        return "" if view.answer is None else " ".join(visible(row, 400) for row in view.answer.evidence)
    said = ", ".join(visible(shape, 120) for shape in view.audit.subscription)
    return f"First messages, by which a subscription is known: {said or 'none that it does not go on to send'}"


def counts(rows: Sequence[ReconnectRow]) -> str:
    """`4 ok, 1 note, 1 bad`; no grade."""
    found = [(sum(row.verdict == verdict for row in rows), word) for verdict, word in MARKS.items()]
    return ", ".join(f"{count} {word.partition(' ')[2]}" for count, word in found if count) or "nothing was tested"


def numbers(row: ReconnectRow) -> str:
    """What was measured, as far as anything was: `noticed 0.01 s · first try 1.0 s · back 3.9 s · subscribed once`."""
    return " · ".join(_numbers(row))


def as_text(view: ExperimentView) -> str:
    """The scorecard as lines of text."""
    head = [f"{title(view)}: {status(view, view.started_ns)}", first_messages(view)]
    rows = [f"{MARKS[row.verdict]:<14}{fault_title(row.fault)}: {_told(row)}" for row in view.rows]
    return "\n".join([*filter(None, head), *rows])


def as_markdown(view: ExperimentView) -> str:
    """The scorecard to paste into an issue; empty while it goes on."""
    if view.answer is None or view.ended_ns is None:
        return ""
    return "\n".join(experiments([ExperimentResult(at_ns=view.ended_ns, endpoint=view.endpoint, answer=view.answer)]))


def _told(row: ReconnectRow) -> str:
    said = numbers(row)
    return visible(row.sentence, 500) + (f" ({said})" if said else "")


def _doing(view: ExperimentView, audit: AuditStep) -> str:
    done, whole = progress(view)
    if not audit.fault:
        between = "waits for your client to come back" if view.rows else _STAGES[audit.stage]
        return between if audit.stage == "waiting" else _STAGES[audit.stage]
    return f"fault {done + 1} of {whole}: {fault_title(audit.fault)} {_STAGES[audit.stage]}"


def _lasted(view: ExperimentView) -> str:
    return units.short_duration((view.ended_ns or view.started_ns) - view.started_ns)


def _numbers(row: ReconnectRow) -> Iterable[str]:
    if row.noticed_s is not None:
        yield f"noticed after {units.tenths(row.noticed_s * 1e9)}"
    if row.first_try_s is not None:
        yield f"first try {units.tenths(row.first_try_s * 1e9)}"
    if row.tries_per_minute is not None:
        yield f"{row.tries_per_minute:.0f} tries a minute"
    if row.growth is not None:
        yield f"gaps grow ×{row.growth:.1f}"
    if row.jitter is not None:
        yield f"jitter {units.percent(row.jitter)}"
    if row.back_s is not None:
        yield f"back {units.tenths(row.back_s * 1e9)}"
    if row.subscribed is not None:
        yield f"subscribed {'once' if row.subscribed == 1 else f'{row.subscribed} times'}"
    for count, word in ((row.lost, "lost"), (row.again, "sent again"), (row.twice, "sent twice")):
        if count:
            yield f"{units.counted(count, 'message')} {word}"
    if row.overlap_s:
        yield f"two connections for {units.tenths(row.overlap_s * 1e9)}"

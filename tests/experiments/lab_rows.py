"""What experiments must answer about the scenarios of the lab: the truth is in the scenario's parameters.

Each row is a scenario with its query, the experiment, what is asked for, and checks of the answer.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from wsmonitor.experiments.options import ExperimentOptions
from wsmonitor.facts.answers import ExperimentAnswer, verdict_word

ERROR = 0.05
ON_ITS_WAY_MS = 2


@dataclass(frozen=True)
class Row:
    """`problems` lists what is wrong with an answer."""

    scenario: str
    experiment: str
    problems: Callable[[ExperimentAnswer], list[str]]
    query: str = ""
    options: ExperimentOptions = field(default_factory=ExperimentOptions)
    is_slow: bool = False
    """Asked by `make experiments` only."""

    @property
    def name(self) -> str:
        """Unique."""
        asked = f"?{self.query}" if self.query else ""
        return f"{self.experiment} {self.scenario}{asked}"


def idle(limit_s: float | None, reset_by: str | None) -> Callable[[ExperimentAnswer], list[str]]:
    """The limit within 5 %, and what resets it."""

    def problems(answer: ExperimentAnswer) -> list[str]:
        found = answer.value["limit_s"]
        if limit_s is None or not isinstance(found, float):
            right = found is None and limit_s is None
        else:
            right = abs(found - limit_s) <= ERROR * limit_s
        wrong = [] if right else [f"limit {found}, not {limit_s}: {answer.verdict}"]
        return wrong + ([] if answer.value["reset_by"] == reset_by else [f"reset by {answer.value['reset_by']}"])

    return problems


def checks(**wanted: str) -> Callable[[ExperimentAnswer], list[str]]:
    """Verdicts of the checks named (`ping__echo_1` is `ping/echo-1`), and none other that violates or differs."""

    def problems(answer: ExperimentAnswer) -> list[str]:
        rows = {row.id: row for row in answer.checks}
        named = {name.replace("__", "/").replace("_", "-"): verdict for name, verdict in wanted.items()}
        wrong = [
            f"{name}: {rows[name].verdict}, {rows[name].actual}"
            for name, verdict in named.items()
            if verdict_word(rows[name].verdict) != verdict
        ]
        wrong += [
            f"{row.id}: {row.verdict}, {row.actual}"
            for row in answer.checks
            if row.id not in named and verdict_word(row.verdict) in ("violates", "differs", "inconclusive")
        ]
        return wrong + ([] if rows else [answer.verdict])

    return problems


def keepalive(interval_s: float | None, noticed_s: float | None) -> Callable[[ExperimentAnswer], list[str]]:
    """The server's pings, and when it gives up; within 5 %."""

    def problems(answer: ExperimentAnswer) -> list[str]:
        wrong = []
        for name, wanted in (("ping_interval_s", interval_s), ("noticed_after_s", noticed_s)):
            found = answer.value[name]
            if wanted is None or not isinstance(found, float):
                right = found is None and wanted is None
            else:
                right = abs(found - wanted) <= ERROR * wanted
            wrong += [] if right else [f"{name} {found}, not {wanted}"]
        return wrong

    return problems


def first_send(lost_within_ms: int | None) -> Callable[[ExperimentAnswer], list[str]]:
    """Up to which delay messages are lost, within the stated error, and that to 10 %.

    The lab counts from before it sends the 101: what we count from is later by the time that this is on its way.
    """

    def problems(answer: ExperimentAnswer) -> list[str]:
        found, error = answer.value["lost_within_ms"], answer.error["lost_within_ms"]
        if isinstance(found, int) and isinstance(error, int) and lost_within_ms is not None:
            right = found - error <= lost_within_ms <= found + error + ON_ITS_WAY_MS
            right = right and error <= 2 + lost_within_ms / 10
        else:
            right = found is lost_within_ms
        return [] if right else [f"lost within {found} +- {error}, not {lost_within_ms}: {answer.verdict}"]

    return problems


def limits(**wanted: int | None) -> Callable[[ExperimentAnswer], list[str]]:
    """The numbers named, exactly; the others are null."""

    def problems(answer: ExperimentAnswer) -> list[str]:
        return [
            f"{name} {found}, not {wanted.get(name)}"
            for name, found in answer.value.items()
            if found != wanted.get(name)
        ]

    return problems


BRIEF = ExperimentOptions(max_s=40)
SMALL = ExperimentOptions(max_s=180, max_bytes=1024 * 1024)
QUICK = ExperimentOptions(max_s=16, message="hello")
HOSTILE = ExperimentOptions(max_s=60, message="hello", hostile=True)
PATIENT = ExperimentOptions(max_s=150, message="hello")
WRONG_PONG = {
    **dict.fromkeys(("ping__echo_1", "ping__echo_125", "ping__echo_empty", "ping__echo_binary"), "violates"),
    "ping__burst": "violates",
}
NO_CLOSE_REPLY = {
    **dict.fromkeys(("close__answer_1000", "close__answer_4000", "close__answer_none"), "violates"),
    **dict.fromkeys(("close__answer_reason", "close__rst"), "violates"),
    "close__tcp": "inconclusive",
    "close__in_fragments": "differs",
}
MIB = 1024 * 1024
ROWS = (
    # the healthy reference: nothing is found that is not there
    Row("reference", "idle", idle(None, None), options=QUICK),
    Row("reference", "protocol", checks(frames__nonminimal="finding"), options=HOSTILE),
    Row("reference", "close", checks(), options=HOSTILE),
    Row("reference", "first-send", first_send(None), is_slow=True),
    Row("reference", "keepalive", keepalive(None, None), "heartbeat=1h", options=QUICK, is_slow=True),
    Row("reference", "limits", limits(frame_bytes=64 * MIB), options=SMALL, is_slow=True),
    # idle
    Row("idle_close", "idle", idle(5, "any byte"), "after=5s&silence=both", QUICK),
    Row("idle_close", "idle", idle(6, "any byte"), "after=6s&silence=rx&how=1001", QUICK),
    Row("idle_close", "idle", idle(5, "server bytes"), "after=5s&silence=tx&how=rst", QUICK),
    Row("data_deadline", "idle", idle(6, "data"), "after=6s", QUICK),
    Row("lifetime", "idle", idle(7, "nothing"), "after=7s", QUICK),
    Row("forgetful_path", "idle", idle(5, "any byte"), "after=5s", BRIEF, is_slow=True),
    Row("forgetful_path", "idle", idle(5, "any byte"), "after=5s&then=rst&room=r", BRIEF, is_slow=True),
    Row("replaced", "idle", idle(None, None), options=QUICK, is_slow=True),
    # keepalive
    Row("read_deadline", "keepalive", keepalive(2, 5), "ping=2s&deadline=5s", QUICK),
    Row("read_deadline", "keepalive", keepalive(3, 9), "ping=3s&deadline=9s", QUICK, is_slow=True),
    # first-send
    Row("late_handler", "first-send", first_send(35), "by=35ms", is_slow=True),
    Row("late_handler", "first-send", first_send(350), "by=350ms", is_slow=True),
    # protocol and close
    Row("wrong_pong", "protocol", checks(**WRONG_PONG), options=PATIENT, is_slow=True),
    Row("no_close_reply", "close", checks(**NO_CLOSE_REPLY), options=PATIENT, is_slow=True),
    Row("no_tcp_close", "close", checks(close__tcp="violates"), options=PATIENT, is_slow=True),
)  # fmt: skip

"""What experiments must answer about the scenarios of the lab: the truth is in the scenario's parameters.

Each row is a scenario with its query, the experiment, what is asked for, and checks of the answer.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from wsmonitor.experiments.options import ExperimentOptions
from wsmonitor.facts.answers import ExperimentAnswer, verdict_word

ERROR = 0.05


@dataclass(frozen=True)
class Row:
    """`problems` lists what is wrong with an answer."""

    scenario: str
    experiment: str
    problems: Callable[[ExperimentAnswer], list[str]]
    query: str = ""
    options: ExperimentOptions = field(default_factory=ExperimentOptions)

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
    """Up to which delay messages are lost."""

    def problems(answer: ExperimentAnswer) -> list[str]:
        found = answer.value["lost_within_ms"]
        return [] if found == lost_within_ms else [f"lost within {found}, not {lost_within_ms}: {answer.verdict}"]

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


QUICK = ExperimentOptions(max_s=20, message="hello")
HOSTILE = ExperimentOptions(max_s=60, message="hello", hostile=True)
PATIENT = ExperimentOptions(max_s=150, message="hello")
WRONG_PONG = {
    **dict.fromkeys(("ping__echo_1", "ping__echo_125", "ping__echo_empty", "ping__echo_binary"), "violates"),
    **dict.fromkeys(("ping__burst", "ping__in_fragments", "pong__unsolicited", "fragments__text"), "violates"),
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
    Row("reference", "first-send", first_send(None)),
    Row("reference", "keepalive", keepalive(None, None), "heartbeat=1h", options=QUICK),
    Row("reference", "limits", limits(frame_bytes=64 * MIB), options=ExperimentOptions(max_s=60, max_bytes=MIB)),
    # idle
    Row("idle_close", "idle", idle(5, "any byte"), "after=5s&silence=both", QUICK),
    Row("idle_close", "idle", idle(6, "any byte"), "after=6s&silence=rx&how=1001", QUICK),
    Row("idle_close", "idle", idle(5, "server bytes"), "after=5s&silence=tx&how=rst", QUICK),
    Row("data_deadline", "idle", idle(6, "data"), "after=6s", QUICK),
    Row("lifetime", "idle", idle(7, "nothing"), "after=7s", QUICK),
    Row("forgetful_path", "idle", idle(5, "any byte"), "after=5s", ExperimentOptions(max_s=40)),
    Row("forgetful_path", "idle", idle(5, "any byte"), "after=5s&then=rst&room=r", ExperimentOptions(max_s=40)),
    Row("replaced", "idle", idle(None, None), options=QUICK),
    # keepalive
    Row("read_deadline", "keepalive", keepalive(2, 5), "ping=2s&deadline=5s", QUICK),
    Row("read_deadline", "keepalive", keepalive(3, 9), "ping=3s&deadline=9s", QUICK),
    # first-send
    Row("late_handler", "first-send", first_send(20), "by=35ms"),
    Row("late_handler", "first-send", first_send(200), "by=350ms"),
    # protocol and close
    Row("wrong_pong", "protocol", checks(**WRONG_PONG), options=PATIENT),
    Row("no_close_reply", "close", checks(**NO_CLOSE_REPLY), options=PATIENT),
    Row("no_tcp_close", "close", checks(close__tcp="violates"), options=PATIENT),
)  # fmt: skip

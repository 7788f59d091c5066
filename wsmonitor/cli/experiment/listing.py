"""What there is to ask: the experiments, and the checks of one."""

from wsmonitor.experiments.reconnect.answer import NAME as RECONNECT
from wsmonitor.experiments.reconnect.answer import QUESTION as RECONNECT_QUESTION
from wsmonitor.experiments.reconnect.plays import PLAYS
from wsmonitor.experiments.registry import EXPERIMENTS

ALL = "all"


def experiments_listed() -> str:
    """One line for each experiment."""
    rows = [(one.name, one.question) for one in EXPERIMENTS]
    rows += [(ALL, "those that fit into --max, one after the other"), (RECONNECT, RECONNECT_QUESTION)]
    width = max(len(name) for name, _ in rows)
    return "".join(f"{name:<{width}}  {question}\n" for name, question in rows)


def checks_of(name: str) -> str:
    """One line for each check of an experiment, or of all, or each fault; what has none asks one question."""
    if name == RECONNECT:
        return "".join(f"{play.name}  {play.title}{' (quick)' if play.quick else ''}\n" for play in PLAYS)
    lines = []
    for one in EXPERIMENTS:
        if name in (one.name, ALL):
            checks = one.checks or ((one.name, one.question),)
            lines += [f"{check}  {requirement}\n" for check, requirement in checks]
    return "".join(lines)

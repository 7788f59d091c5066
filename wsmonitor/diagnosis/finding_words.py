"""Findings in one plain line each."""

from collections.abc import Iterator

from wsmonitor.diagnosis.findings import Considered, Finding, FindingChange, FindingStated, PastFinding
from wsmonitor.diagnosis.rules import RULES
from wsmonitor.text.units import duration, limit, percent

_TITLES = {rule.id: rule.title for rule in RULES}


def title_of(rule: str) -> str:
    """`lifetime limit`: what the cause that a rule finds is called, everywhere."""
    return _TITLES.get(rule, rule.replace("_", " "))


def cause(finding: Finding, *, digits: int = 3) -> str:
    """`idle timeout 60 s`: the cause in as few words as there are, its limit to so many digits."""
    name = title_of(finding.rule)
    return name if finding.limit_ns is None else f"{name} {limit(finding.limit_ns, digits)}"


def how_words(past: PastFinding) -> str:
    """`resolved`; `no longer fits` of a cause that was only learnt: nobody had claimed it."""
    return "no longer fits" if past.is_learnt else past.how


def past_words(past: PastFinding, now_ns: int) -> str:
    """`resolved: no such end since it pings every 6.5 s (for 7 min 02 s).`"""
    if past.how == "withdrawn" or (past.how == "earlier" and past.newest_ns is None):
        return f"{how_words(past)}: {past.reason}"
    since_ns = past.at_ns if past.newest_ns is None else past.newest_ns
    return f"{past.how}: {past.reason.removesuffix('.')} (for {duration(max(0, now_ns - since_ns))})."


def gone_words(past: PastFinding) -> str:
    """`no longer “lifetime limit 20 s”, because newer ends do not fit it`: said where nothing stands instead."""
    if past.how == "withdrawn":
        return f"no longer “{cause(past.finding)}”, because {past.reason.removesuffix('.')}"
    return f"“{cause(past.finding)}” {past.how}: {past.reason.removesuffix('.')}"


def change_words(change: FindingChange) -> str:
    """`finding idle_timeout (problem, 86%): Connections end after ...`, or that one was withdrawn."""
    if isinstance(change, FindingStated):
        finding = change.finding
        sure = f"{percent(finding.confidence.value)}{', measured' if finding.basis == 'measured' else ''}"
        return f"finding {finding.rule} ({finding.severity}, {sure}): {finding.sentence}"
    return f"finding {change.rule} {change.how}: {change.reason or 'it does not hold any more'}"


def considered_words(finding: Finding, *, ask: str = "wsmonitor experiment ") -> Iterator[str]:
    """A line for each cause that shows alike: `also considered: lifetime limit; not ruled out: ...`.

    `ask` stands before the experiment that tells: how the reader starts it.
    """
    return (f"also considered: {_considered(one, ask)}" for one in finding.also_considered)


def _considered(one: Considered, ask: str) -> str:
    title = title_of(one.rule)
    if one.ruled_out:
        return f"{title}; ruled out: {one.because}"
    told = f"; to tell: {ask}{one.experiment}" if one.experiment else ""
    return f"{title}; not ruled out: {one.because}{told}"

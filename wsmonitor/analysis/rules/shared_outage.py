"""Connections to one host end together: a deployment, a restart, an edge that goes away.

Connections that opened together reach any limit together, so equal lives or equal silences prove nothing.
"""

from math import exp, factorial

from wsmonitor.analysis.evidence import Evidence
from wsmonitor.analysis.findings import Confidence, EvidenceRow, support
from wsmonitor.analysis.host import HostClosure
from wsmonitor.analysis.rules.rows import closure_row
from wsmonitor.analysis.rules.rule import Judgement, Match, Rule
from wsmonitor.analysis.units import duration

TOGETHER_NS = 2_000_000_000
LEAST = 3
SHARE = 0.6
_NARROWEST_NS = 50_000_000
_CHANCE_LIMIT = 0.01
"""Over all closures that are remembered."""
_ALIKE = 0.05
_RECENT_NS = 600_000_000_000


def judge(evidence: Evidence) -> Judgement:
    if len({(one.endpoint, one.slot) for one in evidence.host.closures}) < LEAST:
        return None
    groups = [group for group in _groups(evidence) if _is_outage(evidence, group)]
    if not groups:
        return None
    keys = {(one.endpoint, one.slot, one.connection) for group in groups for one in group}
    name = evidence.config.name
    records = [record for record in evidence.unexplained if (name, record.slot, record.connection) in keys]
    if not records:
        return None
    newest = groups[-1]
    width_ns = newest[-1].at_ns - newest[0].at_ns
    share = min(1.0, len(newest) / max(1, newest[0].open_before))
    code = newest[0].verdict.received_code
    how = f"with Close {code}" if code is not None else "without a Close frame"
    text = f"{len(newest)} of {newest[0].open_before} connections to this host ended within {duration(width_ns)}, {how}"
    return Match(
        sentence=f"The host went away for everybody at once: {text}.",
        confidence=Confidence(support=support(len(newest)), exclusivity=share),
        evidence=(
            EvidenceRow(text=text, at_ns=newest[-1].at_ns, connection=newest[-1].connection, slot=newest[-1].slot),
            *(closure_row(record) for record in reversed(records[-5:])),
        ),
        fix="A deployment, restart or edge release most likely. Spread reconnects over 5 to 30 s, and drain before "
        "restarting.",
        explains=frozenset(record.serial for record in records),
    )


def _groups(evidence: Evidence) -> list[list[HostClosure]]:
    """Closures of one kind to this host within two seconds, of different slots, oldest group first."""
    groups: list[list[HostClosure]] = []
    for one in evidence.host.closures:
        if evidence.now_ns - one.at_ns > _RECENT_NS or one.verdict.received_code == 1000:
            continue
        group = next((known for known in reversed(groups) if _belongs(known, one)), None)
        if group is None:
            groups.append([one])
        else:
            group.append(one)
    return [group for group in groups if len(group) >= LEAST]


def _belongs(group: list[HostClosure], one: HostClosure) -> bool:
    is_new = all((other.endpoint, other.slot) != (one.endpoint, one.slot) for other in group)
    is_near = one.at_ns - group[0].at_ns <= TOGETHER_NS
    return is_new and is_near and _kind(group[0]) == _kind(one)


def _kind(one: HostClosure) -> str:
    return str(one.verdict.received_code or "none")


def _is_outage(evidence: Evidence, group: list[HostClosure]) -> bool:
    if len(group) < SHARE * group[0].open_before:
        return False
    if group[0].verdict.received_code != 1012 and (_alike(group, "life") or _alike(group, "silence")):
        return False
    if group[0].verdict.initiator == "local":
        return False
    width_ns = max(_NARROWEST_NS, group[-1].at_ns - group[0].at_ns)
    grouped = {id(one) for one in group}
    others = [one.at_ns for one in evidence.host.closures if id(one) not in grouped]
    span_ns = max([abs(at_ns - group[0].at_ns) for at_ns in others], default=0)
    expected = len(others) / max(span_ns, TOGETHER_NS) * width_ns
    return _at_least(len(group), expected) * len(evidence.host.closures) <= _CHANCE_LIMIT


def _alike(group: list[HostClosure], what: str) -> bool:
    """True if all lived, or were silent, for the same time of more than a second."""
    verdicts = [one.verdict for one in group]
    values = [one.life_ns if what == "life" else min(one.silence_rx_ns, one.silence_tx_ns) for one in verdicts]
    return min(values) > 1_000_000_000 and max(values) - min(values) <= _ALIKE * max(values)


def _at_least(number: int, expected: float) -> float:
    """Odds of so many independent closures where `expected` are usual (Poisson)."""
    return 1.0 - sum(exp(-expected) * expected**k / factorial(k) for k in range(number))


RULE = Rule(
    id="shared_outage",
    title="outage shared by many connections",
    severity="problem",
    judge=judge,
    source="diagnosis.md B 38",
)

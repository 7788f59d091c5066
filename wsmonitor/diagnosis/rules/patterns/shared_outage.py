"""Connections to one host end together: a deployment, a restart, an edge that goes away.

Connections that opened together reach any limit together, so equal lives or equal silences prove nothing.
"""

from collections.abc import Callable
from math import exp, factorial

from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.findings import Confidence, EvidenceRow, support
from wsmonitor.diagnosis.host_record import CROWD, Crowd, HostRecord
from wsmonitor.diagnosis.rules import needs
from wsmonitor.diagnosis.rules.rows import closure_row
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Match, Rule
from wsmonitor.facts.events import Verdict
from wsmonitor.text.units import duration

SHARE = 0.6
_NARROWEST_NS = 50_000_000
_CHANCE_LIMIT = 0.002
"""Over all closures that are remembered."""
_ALIKE = 0.05
_OUTLIVED = 1.2
_SHORTEST_LIMIT_NS = 1_000_000_000
_AGES, _SAME_AGE = 3, 0.02
_RECENT_NS = 600_000_000_000

_ALL_OF_HOST = (
    "A deployment, restart or edge release most likely. Spread reconnects over 5 to 30 s, and drain before restarting."
)
_ALL_OF_ONE = (
    "A restart, or one failure on the server that ends all its handlers: a loop over all clients that one of them "
    "breaks, a shared task or upstream that dies. Look at the server's log at that moment; let one client's failure "
    "touch no other. Spread reconnects over 5 to 30 s."
)


def judge(evidence: Evidence) -> Judgement:
    outages = _outages(evidence.host, evidence.now_ns)
    if not outages or _is_age_of_the_oldest(outages):
        return None
    keys = {(one.endpoint, one.slot, one.connection) for crowd in outages for one in crowd.closures}
    name = evidence.config.name
    records = [record for record in evidence.unexplained if (name, record.slot, record.connection) in keys]
    if not records:
        return None
    newest = outages[-1].closures
    count, of = len(newest), outages[-1].open_before
    whose = "of this endpoint" if outages[-1].is_of_one_endpoint else "to this host"
    code = newest[0].verdict.received_code
    how = f"with Close {code}" if code is not None else "without a Close frame"
    text = f"{count} of {of} connections {whose} ended within {duration(outages[-1].width_ns)}, {how}"
    return Match(
        sentence=f"The server went away for everybody at once: {text}.",
        confidence=Confidence(
            support=support(sum(len(one.closures) for one in outages)), exclusivity=min(1.0, count / max(1, of))
        ),
        evidence=(
            EvidenceRow(text=text, at_ns=newest[-1].at_ns, connection=newest[-1].connection, slot=newest[-1].slot),
            *(closure_row(record) for record in reversed(records[-5:])),
        ),
        fix=_ALL_OF_ONE if outages[-1].is_of_one_endpoint else _ALL_OF_HOST,
        explains=frozenset(record.serial for record in records),
    )


def _is_age_of_the_oldest(outages: list[Crowd]) -> bool:
    """True if each time the oldest connection was of one age: a limit that takes the others along."""
    oldest = [max(one.verdict.life_ns for one in crowd.closures) for crowd in outages]
    return len(oldest) >= _AGES and max(oldest) - min(oldest) <= _SAME_AGE * max(oldest)


def _outages(host: HostRecord, now_ns: int) -> list[Crowd]:
    """The crowds that chance does not explain, oldest first.

    One may be improbable enough by itself; of several, each may be less so, as long as so many of that sort
    are no accident among so many closures.
    """
    recent = [crowd for crowd in host.crowds if now_ns - crowd.closures[-1].at_ns <= _RECENT_NS]
    odds = sorted([_chance(host, crowd, now_ns) for crowd in recent if _may_be_outage(host, crowd)])
    limits = [
        chance
        for number, chance in enumerate(odds, start=1)
        if _at_least(number, chance * len(host.closures)) <= _CHANCE_LIMIT
    ]
    if not limits:
        return []
    return [crowd for crowd in recent if _may_be_outage(host, crowd) and _chance(host, crowd, now_ns) <= limits[-1]]


def _may_be_outage(host: HostRecord, crowd: Crowd) -> bool:
    first = crowd.closures[0]
    if crowd.kind == 1000 or first.verdict.initiator == "local" or len(crowd.closures) < SHARE * crowd.open_before:
        return False
    return crowd.kind == 1012 or not (_is_limit(host, crowd, _life_ns) or _is_limit(host, crowd, _silence_ns))


def _chance(host: HostRecord, crowd: Crowd, now_ns: int) -> float:
    """How often as many endings would follow the first so soon if each connection ended by itself.

    Their rate is that of all closures of the endpoint or host, these included, for each second that a connection
    was open: short lives make crowds likely, and so does every closure that came alone.
    """
    rate = host.closures_per_ns(now_ns, crowd.closures[0].endpoint if crowd.is_of_one_endpoint else None)
    others = crowd.open_before - 1
    return _at_least(len(crowd.closures) - 1, others * rate * max(_NARROWEST_NS, crowd.width_ns))


def _is_limit(host: HostRecord, crowd: Crowd, value_ns: Callable[[Verdict], int]) -> bool:
    """True if all lived, or were silent, for the same time of more than a second, and nobody for longer."""
    values = [value_ns(one.verdict) for one in crowd.closures]
    longest_ns = max(value_ns(one.verdict) for one in host.closures)
    return (
        min(values) > _SHORTEST_LIMIT_NS
        and max(values) - min(values) <= _ALIKE * max(values)
        and longest_ns <= _OUTLIVED * max(values)
    )


def _life_ns(verdict: Verdict) -> int:
    return verdict.life_ns


def _silence_ns(verdict: Verdict) -> int:
    return min(verdict.silence_rx_ns, verdict.silence_tx_ns)


def _at_least(number: int, expected: float) -> float:
    """Odds of so many independent endings where `expected` are usual (Poisson)."""
    return 1.0 - sum(exp(-expected) * expected**k / factorial(k) for k in range(number))


RULE = Rule(
    id="shared_outage",
    title="outage shared by many connections",
    judge=judge,
    needs=needs.ends,
    source="IANA 1012 Service Restart; Cloudflare ends WebSockets when its edge restarts",
    reads="closures of all connections to the host",
    samples=CROWD,
    look_alikes=(
        LookAlike("lifetime_limit", "the ages differ"),
        LookAlike("idle_timeout", "the silences differ"),
        LookAlike("server_restarts", "it happened once"),
    ),
)

"""How findings read in the window and on the clipboard. Pure; peers' text is made visible by the rules already."""

from collections.abc import Iterable, Iterator, Sequence

from wsmonitor.analysis.headline import Headline
from wsmonitor.analysis.snapshot import Closure, EndpointView, Snapshot
from wsmonitor.diagnosis.finding_words import cause, considered_words, title_of
from wsmonitor.diagnosis.findings import Diagnosed, EvidenceRow, Finding, Place
from wsmonitor.diagnosis.rules import RULES
from wsmonitor.diagnosis.rules.rule import Rule
from wsmonitor.exports.report.markdown_text import plain
from wsmonitor.gui.look.moments import Moments
from wsmonitor.tables.known_codes import CloseCodes
from wsmonitor.text import units
from wsmonitor.text.redact import redact_url
from wsmonitor.text.wording.closure_words import closure_words

_RULES = {rule.id: rule for rule in RULES}


def rule_of(finding: Finding) -> Rule | None:
    """The registered rule that made it."""
    return _RULES.get(finding.rule)


def whole_title(finding: Finding) -> str:
    """`idle timeout 60 s, or lifetime limit`: the cause with the first other one that is not ruled out."""
    rival = next((one for one in finding.also_considered if not one.ruled_out), None)
    return cause(finding) if rival is None else f"{cause(finding)}, or {title_of(rival.rule)}"


def make_up(finding: Finding) -> str:
    """What the confidence is made of."""
    confidence = finding.confidence
    if finding.basis == "measured":
        return f"Confidence {units.percent(confidence.value)} is that of the experiment that measured it"
    return (
        f"Confidence {units.percent(confidence.value)} is made of\n"
        f"support {confidence.support:.2f}: how many samples agree\n"
        f"× spread {confidence.spread:.2f}: how closely they agree\n"
        f"× exclusivity {confidence.exclusivity:.2f}: how much it explains, and how little else would"
    )


def row_text(row: EvidenceRow, snapshot: Snapshot, moments: Moments) -> str:
    """`04:18:05  #3: peer or proxy: FIN after 60 s`."""
    number = f"  #{row.connection}" if row.connection else ""
    return f"{moments.clock(snapshot, row.at_ns, digits=0)}{number}  {row.text}"


def said_text(finding: Finding, said: Diagnosed, snapshot: Snapshot) -> str:
    """`peer: Close 1011 out of memory, each time`: who ended what it explains, and how, where that is all one."""
    places = {place for place, rule in said.explained.items() if rule == finding.rule}
    mine = [one for one in snapshot.closures if one.endpoint == finding.endpoint and (one.slot, one.at_ns) in places]
    codes = snapshot.codes_of(finding.endpoint)
    ways = {closure_words(one.verdict, codes) for one in mine}
    if len(ways) != 1:
        return ""
    return f"{ways.pop()}{', each time' if len(mine) > 1 else ''}"


def life_text(finding: Finding, said: Diagnosed, snapshot: Snapshot, moments: Moments) -> str:
    """`since 14:31:02 · confirmed 14:32:40 · explains 12 ends`."""
    places = [place for place, rule in said.explained.items() if rule == finding.rule]
    ends = [at_ns for _, at_ns in places]
    newest_ns = max([*ends, *(row.at_ns for row in finding.evidence)], default=finding.since_ns)
    parts = [f"since {moments.clock(snapshot, finding.since_ns, digits=0)}"]
    if newest_ns > finding.since_ns:
        parts.append(f"confirmed {moments.clock(snapshot, newest_ns, digits=0)}")
    if ends:
        parts.append(f"explains {_what_explained(finding, places, snapshot)}")
    return " · ".join(parts)


def _what_explained(finding: Finding, places: Sequence[Place], snapshot: Snapshot) -> str:
    """`12 ends`, `3 failed openings`, or both."""
    rule = rule_of(finding)
    if rule is not None and rule.openings is not None and rule.endings is None:
        failed = len(places)  # older ones than the snapshot has, too
    else:
        openings = {(one.slot, one.at_ns) for one in snapshot.failures if one.endpoint == finding.endpoint}
        failed = sum(place in openings for place in places)
    counts = ((len(places) - failed, "end"), (failed, "failed opening"))
    return " and ".join(units.counted(number, what) for number, what in counts if number)


def newest_loss(closures: Iterable[Closure], codes: CloseCodes) -> str:
    """`Lost last: peer: Close 1011 out of memory, after 75.4 s`; empty where nothing was lost."""
    lost = [one for one in closures if one.verdict.is_loss]
    if not lost:
        return ""
    verdict = lost[-1].verdict
    return f"Lost last: {closure_words(verdict, codes)}, after {units.tenths(verdict.life_ns)}"


def nothing_found(views: Sequence[EndpointView], closures: Iterable[Closure]) -> str:
    """What is said of an endpoint (all its slots, all its closures) without findings."""
    connections = max((view.connection for view in views), default=0)
    failures = sum(view.failures for view in views)
    failed = units.counted(failures, "failed opening")
    if not connections:
        return f"It never opened: {failed}, no pattern found yet." if failures else "Nothing to judge yet: not opened."
    counts = [units.counted(connections, "connection"), units.counted(sum(view.closures for view in views), "closure")]
    if failures:
        counts.append(failed)
    if failures or any(closure.verdict.is_loss for closure in closures):
        return f"No pattern found yet: {', '.join(counts)}."
    return f"No findings: {', '.join(counts)}, nothing suspicious."


def markdown(finding: Finding, view: EndpointView, snapshot: Snapshot, moments: Moments) -> str:
    """A report of one finding, to paste into an issue."""
    return "\n".join(_lines(finding, view, snapshot, moments)) + "\n"


def verdict_markdown(said: Headline, view: EndpointView, snapshot: Snapshot, moments: Moments) -> str:
    """The verdict in one line, and the report of the finding that it rests on, where one stands."""
    line = f"**{plain(view.name)}**: {plain(said.text)}\n"
    if said.finding is None or said.finding.pending is not None:
        return f"{line}\n{plain(redact_url(view.url))}; {_seen(view)}\n"
    return f"{line}\n{markdown(said.finding, view, snapshot, moments)}"


def _lines(finding: Finding, view: EndpointView, snapshot: Snapshot, moments: Moments) -> Iterator[str]:
    yield f"### {plain(finding.sentence)}"
    yield ""
    yield f"- endpoint: {plain(view.name)}, {plain(redact_url(view.url))}"
    yield f"- {finding.severity}, rule `{finding.rule}`, confidence {units.percent(finding.confidence.value)}"
    if how := said_text(finding, view.said, snapshot):
        yield f"- {plain(how)}"
    yield f"- since {moments.clock(snapshot, finding.since_ns, digits=0)}; {_seen(view)}"
    yield ""
    yield "Evidence:"
    yield ""
    yield from (f"- {plain(row_text(row, snapshot, moments))}" for row in finding.evidence)
    yield from (f"- against it: {plain(row_text(row, snapshot, moments))}" for row in finding.counter_evidence)
    if not finding.counter_evidence:
        yield "- against it: nothing"
    yield from (f"- {plain(line)}" for line in considered_words(finding))
    yield ""
    yield f"**Try:** {plain(finding.fix)}"


def _seen(view: EndpointView) -> str:
    ping = f"p99 {units.round_trip(view.p99_ns)}, loss {units.percent(view.loss)}"
    return f"{units.counted(view.connection, 'connection')}, {units.counted(view.closures, 'closure')}, ping {ping}"

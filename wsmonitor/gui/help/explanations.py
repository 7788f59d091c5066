"""What states, verdicts and findings mean, for somebody who sees them for the first time. Pure."""

from typing import NamedTuple

from wsmonitor.analysis.snapshot import Closure, Ended, EndpointView, Snapshot
from wsmonitor.diagnosis.finding_words import cause
from wsmonitor.diagnosis.findings import Finding
from wsmonitor.facts.events import State
from wsmonitor.gui.findings.finding_text import make_up, rule_of
from wsmonitor.gui.look import words
from wsmonitor.gui.tables.ending_cells import layers, sentence
from wsmonitor.text import units
from wsmonitor.text.plain_text import visible
from wsmonitor.text.wording.code_words import explain_verdict


class Explanation(NamedTuple):
    """A heading and some lines."""

    heading: str
    text: str


STATES: dict[State, str] = {
    State.IDLE: "Nothing was dialled yet. Connect starts it.",
    State.RESOLVING: "The host's name is being looked up (DNS).",
    State.CONNECTING: "TCP is being opened: we said SYN and wait for the answer.",
    State.SECURING: "TCP is open, TLS is being negotiated.",
    State.UPGRADING: "The HTTP upgrade request was sent; the server has not answered it yet.",
    State.OPEN: "Messages flow both ways, and heartbeats are answered.",
    State.DEGRADED: "Open, but heartbeats were not answered in time. One more bad stretch and we give up.",
    State.CLOSING: "A Close frame went one way; the other side's Close, or the end of TCP, is awaited.",
    State.BACKOFF: "Down. The next dial comes after a random delay that grows with every failure.",
    State.HOLD: "You asked to hold off: no dial until the time is over.",
    State.SUSPENDED: "The circuit breaker is open: too many dials failed or ended at once. One try every 15 s. Connect "
    "dials now.",
    State.OFFLINE: "This machine has no route to the server. Dialling goes on as soon as there is one.",
    State.FAILED: "Dialling again would not help: the server refused, or something must be changed first. It is looked "
    "at again every few minutes.",
    State.STOPPED: "You stopped it: closed with 1000, and it stays closed until you connect.",
}
_WHO = {
    "peer": "The other side ended it. Without a Close frame a proxy on the way looks just like it.",
    "local": "We ended it: a button, our heartbeat, or our policy.",
    "os": "This machine's kernel gave up on the connection.",
    "unknown": "Nobody can tell: nothing was seen of the end.",
}
_SEVERITIES = {
    "problem": "Problem: connections are lost, or do not come about.",
    "warning": "Warning: it works, but not as well as it should, or it may break.",
    "info": "Info: good to know; nothing has to be done.",
}


def explain_state(view: EndpointView, now_ns: int) -> Explanation:
    """The state of an endpoint, and what its line says."""
    cause = f"\nWhy: {visible(view.cause, 300)}" if view.cause else ""
    return Explanation(
        f"{words.state_label(view.state)}: {words.state_line(view, now_ns)}", f"{STATES[view.state]}{cause}"
    )


def explain_ending(ended: Ended, snapshot: Snapshot) -> Explanation:
    """The verdict on a closure or a failed opening, at each layer."""
    seen = "\n\n".join(layers(ended, snapshot).lines)
    if not isinstance(ended, Closure):
        return Explanation(sentence(ended, snapshot), seen)
    verdict = ended.verdict
    forced = "\nIt was forced from here, so it counts for no finding." if verdict.forced else ""
    silence = (
        f"Silent before the end: {units.tenths(verdict.silence_rx_ns)} from the server, "
        f"{units.tenths(verdict.silence_tx_ns)} from here. Equal silences again and again point at an idle timeout; "
        "equal lives at a limit of age."
    )
    codes = explain_verdict(verdict, snapshot.codes_of(ended.endpoint))
    text = f"{_WHO[verdict.initiator]}{forced}\n\n{seen}\n\n{codes}\n\n{silence}"
    return Explanation(sentence(ended, snapshot), text)


def explain_finding(finding: Finding) -> Explanation:
    """What a rule says, how sure it is and what that stands on."""
    rule = rule_of(finding)
    source = f"\n\nWhere the rule comes from: {rule.source}" if rule is not None else ""
    return Explanation(
        f"{cause(finding).capitalize()} ({finding.rule})",
        f"{finding.sentence}\n\n{_SEVERITIES[finding.severity]}\n\n{make_up(finding)}\n\nTry: {finding.fix}{source}",
    )

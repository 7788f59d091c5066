"""The keepalive experiment as an entry of the registry."""

from wsmonitor.experiments.bench import Seen
from wsmonitor.experiments.experiment import Experiment
from wsmonitor.experiments.keepalive.facts import KeepaliveFacts
from wsmonitor.experiments.keepalive.judge import judge
from wsmonitor.experiments.keepalive.run import AFTER_SILENCE_S, SILENCES_S, run
from wsmonitor.experiments.options import ExperimentOptions
from wsmonitor.facts.answers import Bound

BESIDE = 7
DEFAULTS = {"websockets": "20 s and 20 s (its documentation)", "uvicorn": "20 s and 20 s (its documentation)"}


def bound(options: ExperimentOptions, is_private: bool) -> Bound:
    """A connection for each stimulus and each silence, and the control connection."""
    connections = BESIDE + len(SILENCES_S) + 1
    return Bound(
        time_s=options.max_s + 2 * AFTER_SILENCE_S,
        openings=2 * connections + BESIDE,
        connections=connections,
        sent_bytes=connections * 1000 + round(options.max_s * 20),
    )


def predict(seen: Seen, options: ExperimentOptions) -> str:
    """The default of the server that names itself."""
    for name, default in DEFAULTS.items():
        if name in seen.server.lower():
            return f"pings and gives up after {default}: Server: {seen.server}"
    return "nothing is prescribed, and nothing known of this server"


EXPERIMENT = Experiment(
    name="keepalive",
    question="does the server notice a dead client: when, by what, and with which code?",
    bound=bound,
    predict=predict,
    facts=KeepaliveFacts,
    run=run,
    judge=judge,
    least_s=30.0,
    checks=(
        ("keepalive/listen", "does the server ping?"),
        ("keepalive/mute", "what if its pings are not answered?"),
        ("keepalive/wrong", "do pongs with another payload count? (RFC 6455, 5.5.3)"),
        ("keepalive/unsolicited", "do unsolicited pongs count? (RFC 6455, 5.5.3)"),
        ("keepalive/silent-path", "after which silence of the whole path is the connection forgotten?"),
        ("keepalive/stopped-reading", "what if the client stops reading?"),
        ("keepalive/half-close", "what comes after the client's FIN?"),
        ("keepalive/close-tcp", "does the server close TCP after Close? (RFC 6455, 5.5.1)"),
    ),
)

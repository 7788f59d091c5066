"""The limits experiment as an entry of the registry."""

from wsmonitor.experiments.bench import Seen
from wsmonitor.experiments.experiment import Experiment
from wsmonitor.experiments.limits.facts import LimitFacts
from wsmonitor.experiments.limits.judge import judge
from wsmonitor.experiments.limits.run import run
from wsmonitor.experiments.options import ExperimentOptions
from wsmonitor.experiments.politeness import MOST_CONNECTIONS
from wsmonitor.facts.answers import Bound

OPENINGS = 240
PASSES = 17
LONGEST_S = 180.0


def bound(options: ExperimentOptions, is_private: bool) -> Bound:
    """The searches, 32 connections held, 90 openings at four paces; the largest message some times."""
    return Bound(
        time_s=min(options.max_s, LONGEST_S),
        openings=OPENINGS,
        connections=MOST_CONNECTIONS,
        sent_bytes=PASSES * options.max_bytes,
    )


def predict(seen: Seen, options: ExperimentOptions) -> str:
    """What is usual."""
    return "frames and messages limited to some MiB (64 KiB, 1 MiB and 16 MiB are common), connections not"


EXPERIMENT = Experiment(
    name="limits",
    question="how large may frames, messages and headers be, how many connections, how many openings a second?",
    bound=bound,
    predict=predict,
    facts=LimitFacts,
    run=run,
    judge=judge,
    least_s=40.0,
    holds_control=False,
    leaves_unfinished=True,
    checks=(
        ("limits/frame", "the largest frame, by its announcement (RFC 6455, 10.4)"),
        ("limits/message", "the largest message, in fragments that never end (RFC 6455, 10.4)"),
        ("limits/headers", "the largest header of the request (431 or 400)"),
        ("limits/connections", f"connections at once, up to {MOST_CONNECTIONS}"),
        ("limits/rate", "openings at 1, 2, 5 and, in private networks, 10 a second, for 5 s each"),
    ),
)

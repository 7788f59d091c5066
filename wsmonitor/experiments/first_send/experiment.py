"""The first-send experiment as an entry of the registry."""

from wsmonitor.experiments.bench import Seen
from wsmonitor.experiments.experiment import Experiment
from wsmonitor.experiments.first_send.facts import FirstSendFacts
from wsmonitor.experiments.first_send.judge import judge
from wsmonitor.experiments.first_send.run import DELAYS_MS, MOST_FINER, TRIES, run
from wsmonitor.experiments.options import ExperimentOptions
from wsmonitor.experiments.politeness import MOST_CONNECTIONS, OPENINGS_PER_S
from wsmonitor.facts.answers import Bound

BESIDE = 5
ENDING_S = 24.0


def bound(options: ExperimentOptions, is_private: bool) -> Bound:
    """Ten tries for each delay, fewer where there is less time for them."""
    in_time = max(1, int((options.max_s - ENDING_S) * OPENINGS_PER_S / len(DELAYS_MS)))
    openings = min(TRIES, in_time) * len(DELAYS_MS) + BESIDE + MOST_FINER
    return Bound(
        time_s=min(options.max_s, openings / OPENINGS_PER_S + ENDING_S),
        openings=openings,
        connections=MOST_CONNECTIONS,
        sent_bytes=openings * (600 + len(options.message)),
    )


def predict(seen: Seen, options: ExperimentOptions) -> str:
    """What should be."""
    return "no message is lost: what comes with the opening is for the handler"


EXPERIMENT = Experiment(
    name="first-send",
    question="is a message lost that is sent right after the opening?",
    bound=bound,
    predict=predict,
    facts=FirstSendFacts,
    run=run,
    judge=judge,
    least_s=15.0,
)

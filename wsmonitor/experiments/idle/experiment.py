"""The idle experiment as an entry of the registry."""

from wsmonitor.experiments.bench import Seen
from wsmonitor.experiments.experiment import Experiment
from wsmonitor.experiments.idle.judge import judge
from wsmonitor.experiments.idle.lives import IdleFacts
from wsmonitor.experiments.idle.run import BESIDE, PRIVATE, PUBLIC, REPEATS, run
from wsmonitor.experiments.options import ExperimentOptions
from wsmonitor.facts.answers import Bound
from wsmonitor.tables.path_timeouts import PATH_TIMEOUTS
from wsmonitor.text.units import duration

ENDING_S = 10.0
BYTES_A_BEAT = 32


def bound(options: ExperimentOptions, is_private: bool) -> Bound:
    """The ladder and its refinements; a beat at most once a second on each connection."""
    rungs, parts = PRIVATE if is_private else PUBLIC
    connections = rungs + len(BESIDE) + 1
    beats = len(BESIDE) * options.max_s * (BYTES_A_BEAT + len(options.message))
    openings = connections * (1 + REPEATS) + 4 * parts + 4
    return Bound(
        time_s=options.max_s + ENDING_S,
        openings=openings,
        connections=connections,
        sent_bytes=round(beats) + openings * 2000,
    )


def predict(seen: Seen, options: ExperimentOptions) -> str:
    """The timer of the server that names itself, where the table knows it."""
    name = seen.server.split("/")[0].strip().lower()
    for row in PATH_TIMEOUTS:
        if name and name in row.element.lower() and row.kind != "lifetime":
            return f"{duration(row.seconds * 1e9)}: Server: {seen.server} ({row.source})"
    return f"no limit up to {duration(options.max_s * 1e9)}: nothing is known of this server"


EXPERIMENT = Experiment(
    name="idle",
    question="after how much silence does something end this connection, and what counts as a sign of life?",
    bound=bound,
    predict=predict,
    facts=IdleFacts,
    run=run,
    judge=judge,
    least_s=30.0,
    holds_control=False,
)

"""What an open connection has, and what its end says of it."""

import errno

from wsmonitor.engine.clocks.lag import LagMeter
from wsmonitor.engine.heartbeats.pulse import Pulse
from wsmonitor.engine.wire.watched_connection import WatchedConnection
from wsmonitor.engine.wire.writer import Writer
from wsmonitor.facts.events import Circumstances, EndedBy, Verdict
from wsmonitor.facts.verdict import Ending, EndingFact


class OpenConnection:
    """From its opening to its end."""

    __slots__ = ("ending", "pulse", "unsent_bytes", "watched", "writer")

    def __init__(self, watched: WatchedConnection, ending: Ending, pulse: Pulse, writer: Writer) -> None:
        self.watched = watched
        self.ending = ending
        self.pulse = pulse
        self.writer = writer
        self.unsent_bytes: int | None = None

    def note(self, fact: EndingFact, at_ns: int, *, by: EndedBy | None = None) -> None:
        """`fact` was true; what waits in our write buffer counts as of the first one."""
        if not self.ending.has_begun:
            self.unsent_bytes = self.watched.unsent_bytes
        self.ending.note(fact, at_ns, by=by)

    def judged(self, error: Exception | None, at_ns: int, lag: LagMeter) -> tuple[Verdict, Circumstances]:
        """Who ended it and how, and what was measured around that; `error` is what the transport said."""
        if error is not None:
            self.ending.note(_fact_of(error), at_ns)  # the write buffer is gone: what it held is not known
        verdict = self.ending.verdict(at_ns)
        in_doubt, waiting = self.writer.left(clean=is_proven(verdict))
        circumstances = self.ending.circumstances(
            at_ns,
            unsent_bytes=self.unsent_bytes,
            in_doubt=in_doubt,
            waiting=waiting,
            lag_ns=lag.worst_since(self.ending.lag_since_ns(), at_ns),
        )
        return verdict, circumstances


def is_proven(verdict: Verdict) -> bool:
    """Whether the peer read all that was written: it answered our Close."""
    return verdict.clean and verdict.initiator == "local"


def _fact_of(error: Exception) -> EndingFact:
    """What the transport's own error says, where nothing was known before it."""
    if isinstance(error, ConnectionResetError | BrokenPipeError | ConnectionAbortedError):
        return EndingFact.PEER_RST
    if isinstance(error, OSError) and error.errno in (errno.ETIMEDOUT, errno.EHOSTUNREACH, errno.ENETUNREACH):
        return EndingFact.KERNEL_GAVE_UP
    return EndingFact.LOST

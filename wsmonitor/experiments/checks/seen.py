"""What a check saw of one connection: the answer to its request, the reaction to its frames, and how it ended."""

from dataclasses import dataclass
from typing import Literal

from wsmonitor.experiments.bench import Bench
from wsmonitor.experiments.line import frames
from wsmonitor.experiments.line.frames import Frame
from wsmonitor.experiments.line.line import End, Line
from wsmonitor.experiments.line.upgrade import Request, Response

Reply = Literal["pong", "ended", "nothing", "unknown"]
"""`unknown`: it goes on, as far as one can see of a server that answers no pings at all."""
SLOW_S = 3.0
"""What neither answers nor ends at once gets so long to do it."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One connection. `reply` is what came to a ping with a unique payload, sent after everything else."""

    request: Request
    response: Response | None = None
    frames: tuple[Frame, ...] = ()
    reply: Reply = "nothing"
    end: End | None = None
    end_after_ns: int | None = None
    """From our last write to the first fact of an end."""
    fin_after_ns: int | None = None
    """From the server's Close, or else from our last write, to its FIN."""
    was_reset: bool = False
    """The kernel was told by RST, at any time."""
    opening_error: str = ""

    @property
    def is_open(self) -> bool:
        """Whether the upgrade was accepted."""
        return self.response is not None and self.response.status == 101

    @property
    def pongs(self) -> tuple[bytes, ...]:
        """The payloads of the pongs, in order."""
        return tuple(frame.payload for frame in self.frames if frame.opcode == frames.PONG)

    @property
    def messages(self) -> int:
        """Data frames that came."""
        return sum(frame.opcode in (frames.TEXT, frames.BINARY) for frame in self.frames)

    @property
    def closing(self) -> str:
        """How the connection ended, in words; empty where it did not."""
        return str(self.end) if self.end is not None else ""

    @property
    def refusal(self) -> str:
        """What came instead of an upgrade."""
        if self.response is not None:
            return f"HTTP {self.response.status} {self.response.reason}".rstrip()
        return self.opening_error or (str(self.end) if self.end else "no answer")


def seen_of(line: Line, request: Request, reply: Reply = "nothing") -> Seen:
    """What the line has seen by now."""
    asked_ns = line.end.at_ns if line.end is not None and line.end.how == "close" else line.last_tx_ns
    return Seen(
        request=request,
        response=line.response,
        frames=tuple(line.frames),
        reply=reply,
        end=line.end,
        end_after_ns=None if line.end is None else line.end.at_ns - line.last_tx_ns,
        fin_after_ns=None if line.fin_ns is None else line.fin_ns - asked_ns,
        was_reset=isinstance(line.error, ConnectionError),
    )


async def upgrade_seen(bench: Bench, request: Request) -> Seen:
    """What comes to this upgrade request; the connection is closed at once.

    Where it is refused a good request follows: if that is refused as well, both are made again, more slowly.
    """
    while True:
        line = await bench.attempt(request)
        seen = seen_of(line, request)
        if seen.is_open:
            await line.close(bench.patience_s)
            return seen
        line.drop()
        refusals = len(bench.politeness.refusals)
        good = await bench.open()
        await good.close(bench.patience_s)
        if len(bench.politeness.refusals) == refusals:
            return seen


async def reaction_seen(
    bench: Bench, *portions: bytes, answers_close: bool = True, may_fail_late: bool = False, end_wait_s: float = 0.0
) -> Seen:
    """What comes to these bytes on a fresh connection, and to a ping after them; then how it ends.

    `may_fail_late`: a connection that answered is watched on, as its handler may find the fault after that. What
    goes on gets `end_wait_s` more to end.
    """
    request = bench.request()
    line = await bench.open(request=request)
    line.answers_close = answers_close
    for portion in portions:
        line.write(portion)
    reply = await oracle_reply(bench, line)
    if reply == "pong" and may_fail_late:
        await line.until(lambda: not line.is_up, bench.patience_s)
    await line.ended(end_wait_s)
    if not line.is_up:
        await line.until(lambda: line.fin_ns is not None or line.lost_ns is not None, bench.patience_s)
    seen = seen_of(line, request, reply)
    await line.close(bench.patience_s)
    return seen


async def oracle_reply(bench: Bench, line: Line) -> Reply:
    """Ping with a unique payload: answered, ended instead, or nothing for as long as a slow server may take.

    A server whose pongs are wrong is alive if it sends one.
    """
    before = line.pong_count
    payload = line.ping()

    def is_answered() -> bool:
        wrongly = bench.seen.pongs == "wrong" and line.pong_count > before
        return wrongly or line.pong_at(payload) is not None

    await line.until(lambda: not line.is_up or is_answered(), bench.patience_s + SLOW_S)
    if is_answered():
        return "pong"
    if not line.is_up:
        return "ended"
    return "unknown" if bench.seen.pongs == "none" else "nothing"

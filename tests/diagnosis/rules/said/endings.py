"""Endings that say why."""

from typing import Any

from tests.corpus.history import History


def ended_with(code: int, reason: str = "", **config: Any) -> History:
    """A connection that the peer closes after half a minute."""
    history = History("code", **config)
    history.line.open()
    history.line.send(history.line.opened_s + 1, answer=b"ok")
    history.line.close_code(history.line.opened_s + 30, code, reason)
    return history


def given_up(history: History, *, unacked: int, retransmits: int = 0, kernel: bool = True) -> None:
    """Pings stay unanswered until our heartbeat gives up; the kernel is asked each second."""
    line = history.line
    line.open()
    line.pings(line.opened_s + 59, 20)
    for number in range(3):
        line.lost_ping(line.opened_s + 60 + 20 * number, consecutive=number + 1)
    if kernel:
        line.kernel_until(line.opened_s + 1, line.opened_s + 60)
        line.kernel_until(line.opened_s + 61, line.opened_s + 110, unacked=unacked, retransmits=retransmits)
    line.give_up(line.opened_s + 110)

"""What `GET /ws/stats` says."""

import enum
from collections import Counter
from typing import Any

from wsmonitor.lab.wire.wire import PeerFinError, PeerGoneError, PeerResetError


class Ending(enum.StrEnum):
    """Why a client left; all but `FAILED` are ordinary."""

    CLOSED = "closed"
    FIN = "fin"
    RESET = "reset"
    STALE = "stale"
    PROTOCOL_VIOLATION = "protocol_violation"
    NOT_READY = "not_ready"
    SERVER_STOP = "server_stop"
    FAILED = "failed"


def ending_of(error: PeerGoneError) -> Ending:
    """Classifies by exception type; the texts of errors differ between systems."""
    match error:
        case PeerFinError():
            return Ending.FIN
        case PeerResetError():
            return Ending.RESET
        case _:
            return Ending.CLOSED


class Stats:
    """Counts over all clients since the lab began."""

    def __init__(self) -> None:
        self.active = 0
        self.total = 0
        self.heartbeat_failures = 0
        self.disconnects: Counter[Ending] = Counter()

    def as_json(self) -> dict[str, Any]:
        """Plain data; `disconnects` has every reason, those that never occurred with 0."""
        return {
            "active": self.active,
            "total": self.total,
            "disconnects": {ending.value: self.disconnects[ending] for ending in Ending},
            "stale": self.disconnects[Ending.STALE],
            "heartbeat_failures": self.heartbeat_failures,
        }

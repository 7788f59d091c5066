"""What a strange server does, as parameters: the truth that experiments have to find."""

from dataclasses import dataclass
from typing import Literal

Resets = Literal["any", "client", "server", "data", "nothing"]
Ends = Literal["close", "fin", "rst", "silent"]
Refuses = Literal["429", "503", "403", "turn away", "drop", "hang", "replace"]


@dataclass(frozen=True, kw_only=True)
class Habits:
    """All defaults together are a healthy echo server."""

    # when it ends a connection
    idle_s: float | None = None
    resets: Resets = "any"
    ends: Ends = "close"
    end_code: int = 1001
    jitter: float = 0.0
    """Each limit is up to this share longer or shorter."""
    # what it sends
    echoes: bool = True
    broadcasts: bool = False
    pushes_s: float | None = None
    greets: bool = False
    latency_s: float = 0.0
    # heartbeats
    pings_s: float | None = None
    pong_wait_s: float | None = None
    """So long after an unanswered ping it ends the connection."""
    keepalive_ends: Ends = "close"
    keepalive_code: int = 1011
    any_pong_counts: bool = True
    pings_all_at_once: bool = False
    """As the example of `ws`: a timer for all; who did not answer by the next ping is cut off."""
    # openings
    late_s: float = 0.0
    """Messages that come sooner after the 101 are lost."""
    late_closes: bool = False
    room: int | None = None
    rate: int | None = None
    """Openings in any second."""
    refuses: Refuses = "429"
    refusing_code: int = 1013
    origins: Literal["any", "own", "prefix", "pages"] = "any"
    """`prefix`: whatever begins like its own; `pages`: its own, and none without."""
    versions: bool = True
    """Looks at the version, and says the one that it knows."""
    keys: bool = True
    lax: frozenset[str] = frozenset()
    """Requests that it takes all the same: upgrade, connection, post, http10."""
    invents: Literal["", "subprotocol", "extension", "accept"] = ""
    # sizes
    frame_bytes: int | None = None
    message_bytes: int | None = None
    size_ends: Literal["1009", "1008", "drop"] = "1009"
    # frames
    accepts: frozenset[str] = frozenset()
    """Malformed frames that it lets pass: unmasked, rsv, opcode, long ping, orphan, interleaved, utf8."""
    fails_with: int = 1002
    pongs: Literal["same", "wrong", "none"] = "same"
    hates_pongs: bool = False
    masks: bool = False
    # Close
    close_echo: Literal["same", "1000", "empty", "none"] = "same"
    close_after_s: float = 0.0
    """Between the Close that comes and the one that it sends."""
    fin_after_s: float | None = 0.0
    """None: it never closes TCP."""
    accepts_codes: frozenset[int] = frozenset()

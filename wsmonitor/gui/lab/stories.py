"""The five failure stories of the lab: what each is, what will be seen, how its times are scaled. No Qt."""

from msgspec import Struct


class Story(Struct, frozen=True):
    """Two endpoints in the resource `file`: the failing server first, then the fixed one, with the same client.

    `hint` fits in a menu; `look` tells a newcomer where to look; `fixed` says the same of the other server.
    """

    number: int
    title: str
    hint: str
    look: str
    fixed: str
    scaled: str

    @property
    def file(self) -> str:
        """The workspace with its two endpoints."""
        return f"stories/story{self.number}.toml"

    @property
    def heading(self) -> str:
        """`Story 4: 1006 after one minute`."""
        return f"Story {self.number}: {self.title}"


STORIES = (
    Story(
        1,
        "heartbeat on a closing socket",
        "the server goes away, heartbeats stop without an error, sentences wait in the buffer",
        "Again and again the server goes away without a Close frame, and answers 503 for a while. Heartbeats stop "
        "without an error, Buffered messages climbs, and falls to zero after the reconnect.",
        "The same client on a server that stays: one band of green, and nothing waits in the buffer.",
        "Times are scaled down: a beat every 1 s instead of 5 s; up for 5 s, down for 3 s.",
    ),
    Story(
        2,
        "a server that sends to clients that are gone",
        "one client is cut off, the heartbeat to all fails on it, and everybody is dropped",
        "Every few seconds one of five clients is cut off (RST). The server's heartbeat to all fails on it, and the "
        "others get Close 1011 in the same moment: look at All endpoints.",
        "Five connections to a server that keeps count of who is there: none drops. Force a Disconnect, and only that "
        "one goes.",
        "Times are scaled down: cut off at an age of 3 to 9 s; the servers beat every 0.5 and 1 s instead of 30 s.",
    ),
    Story(
        3,
        "double send after close",
        "Close 1011 after 3 s, and the error path then sends and closes a second time",
        "Every 3 s the server closes with 1011 “keepalive ping timeout”; then its error path sends once more and "
        "closes again. Under Messages both Close frames are seen; the first one counts.",
        "The same client on a server that closes once, and only when it has to: nothing drops.",
        "Times are scaled down: the timeout comes after 3 s instead of 40 s.",
    ),
    Story(
        4,
        "1006 after one minute",
        "everything works, and every connection ends after the same time with FIN",
        "It opens, it is confirmed, it works, and it ends with FIN, without a Close frame, after the same time. Every "
        "time: only pongs to the server's own pings would reset its deadline, and they do not reach it.",
        "The same client on a server that takes any byte as a sign of life: it stays open.",
        "Times are scaled by ten: deadline 6 s instead of 60 s, pings every 3 s, JSON pings every 2.5 s.",
    ),
    Story(
        5,
        "accept, send, gone",
        "accepted and gone within a millisecond, until the circuit breaker slows the dialling",
        "Every connection is accepted and gone within a millisecond, before any message. After five such lives the "
        "circuit breaker takes over: one try every 15 s (state P, suspended; Connect dials at once).",
        "The same client on a server that sends its welcome when it is ready, with up to three tries: it stays open.",
        "Nothing is scaled.",
    ),
)

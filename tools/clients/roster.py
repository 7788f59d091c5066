"""The clients: how each is started, and what its source says that it does about a fault."""

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from wsmonitor.facts.answers import ReconnectRow

HERE = Path(__file__).parent
BUILD = HERE.parents[1] / "build" / "clients"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
NODE = shutil.which("node") if (BUILD / "node_modules").is_dir() else None


@dataclass(frozen=True)
class Known:
    """What is known of a client about one fault, and whether a row says so."""

    words: str
    holds: Callable[[ReconnectRow], bool]


@dataclass(frozen=True)
class Client:
    """`command` gets the URL as its last word; `server` is who it talks to; `source` where its manners are written."""

    name: str
    command: tuple[str, ...]
    package: str
    source: str
    server: str = "echo"
    missing: str = ""
    known: dict[str, Known] = field(default_factory=dict)


def says(words: str) -> Callable[[ReconnectRow], bool]:
    """Its sentence has these words."""
    return lambda row: words in row.sentence


def fine(row: ReconnectRow) -> bool:
    """Nothing speaks against it."""
    return row.verdict == "ok"


def grows(row: ReconnectRow) -> bool:
    """Its delays grow, where they were seen; and it is back."""
    return (row.growth is None or row.growth > 1.2) and row.back_s is not None  # by more than chance


def rarely(row: ReconnectRow) -> bool:
    """It tries less than seven times a minute."""
    return row.tries_per_minute is not None and row.tries_per_minute < 7  # as it says


HAMMERS = Known("no delay", lambda row: "hammers" in row.sentence or row.tries_per_minute is None)
NO_HEARTBEAT = Known("no heartbeat of its own", says("not noticed in 90 s"))
EVERY_CODE = Known("comes again whatever the code", says("although it was refused for good"))
NO_RETRY_AFTER = Known("knows no Retry-After", says("ignores Retry-After"))
BACK = Known("comes back", fine)

_NODE = () if NODE is None else (NODE, str(HERE / "node_client.js"))
_NO_NODE = "" if NODE is not None else "no Node, or no npm packages in build/clients"
_PYTHON = (sys.executable, str(HERE / "python_client.py"))

CLIENTS = (
    Client(
        "websockets, its own `async for`",
        (*_PYTHON, "own"),
        "websockets",
        "asyncio/client.py: `__aiter__`, `process_exception`; client.py: `backoff`",
        known={
            "reset": BACK,
            "silence": Known("pings every 20 s, gives up 20 s later", lambda row: 15 < (row.noticed_s or 0) < 60),
            "refuse": Known("at first up to 5 s, then 3.1 s and 1.6 times more each", grows),
            "http_503": NO_RETRY_AFTER,
            "accept_close_1011": Known("no delay after an opening that succeeded", says("hammers")),
            "refused_4401": EVERY_CODE,
        },
    ),
    Client(
        "websockets, a loop without delay",
        (*_PYTHON, "plain"),
        "websockets",
        "tools/clients/python_client.py",
        known={
            "reset": BACK,
            "silence": NO_HEARTBEAT,
            "refuse": HAMMERS,
            "http_503": HAMMERS,
            "accept_close_1011": HAMMERS,
            "refused_4401": EVERY_CODE,
        },
    ),
    Client(
        "reconnecting-websocket on Node's ws",
        (*_NODE, "reconnecting"),
        "reconnecting-websocket",
        "`DEFAULT`, `_getNextDelay`, `_acceptOpen`",
        missing=_NO_NODE,
        known={
            "reset": BACK,
            "silence": NO_HEARTBEAT,
            "refuse": Known(
                "1 to 5 s, 1.3 times more each up to 10 s, without chance",
                lambda row: row.jitter is not None and row.jitter < 0.1,
            ),
            "http_503": NO_RETRY_AFTER,
            "accept_close_1011": Known("an opening counts after 5 s only", grows),
            "refused_4401": Known("comes again whatever the code, more and more rarely", grows),
        },
    ),
    Client(
        "graphql-ws",
        (*_NODE, "graphql"),
        "graphql-ws",
        "client.js: `errorOrClosed`, `shouldRetry = isLikeCloseEvent`",
        server="graphql",
        missing=_NO_NODE,
        known={
            "reset": BACK,
            "silence": NO_HEARTBEAT,
            "refuse": Known("an error event, which Node's ws makes of a refusal, ends it", says("gave up")),
        },
    ),
    Client(
        "Socket.IO's client",
        (*_NODE, "socketio"),
        "socket.io-client",
        "manager.js: `reconnectionDelay`, `timeout`; contrib/backo2.js; engine.io: `pingTimeout`",
        server="socketio",
        missing=_NO_NODE,
        known={
            "reset": BACK,
            "silence": Known(
                "the server pings every 25 s; 20 s later it gives up", lambda row: 15 < (row.noticed_s or 0) < 60
            ),
            "refuse": Known("1 s, doubled, give or take a half, up to 5 s", grows),
            "http_503": NO_RETRY_AFTER,
            "accept_close_1011": Known("waits 20 s for Socket.IO's answer, whatever ended", rarely),
            "refused_4401": Known("the same", rarely),
        },
    ),
    Client(
        "a page in headless Chromium",
        () if CHROMIUM is None else (CHROMIUM,),
        "chromium",
        "tools/clients/page.html",
        missing="" if CHROMIUM is not None else "no Chromium",
        known={
            "reset": BACK,
            "silence": NO_HEARTBEAT,
            "refuse": Known("1 s, to which the browser may add", says("a browser delays by itself")),
            "refused_4401": EVERY_CODE,
        },
    ),
    Client(
        "wsmonitor's own engine",
        (sys.executable, "-P", "-m", "wsmonitor", "watch", "-o", "json"),
        "wsmonitor",
        "engine/redialling/",
        known=dict.fromkeys(
            ("reset", "silence", "refuse", "http_503", "accept_close_1011", "refused_4401"),
            Known("no red row", lambda row: row.verdict != "bad"),
        ),
    ),
)

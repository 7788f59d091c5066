"""What is known of the servers beforehand: their documentation, or what we set."""

from dataclasses import dataclass, field

from tools.servers.running import HAPROXY_S, NGINX_S
from wsmonitor.facts.answers import ExperimentAnswer, Number

MIB = 1024 * 1024
SLACK = 0.05
"""Numbers may be off by their own error, and in any case by 5 %."""


@dataclass(frozen=True)
class Known:
    """Values that must be found, and where they are from."""

    words: str
    values: dict[str, Number] = field(default_factory=dict)


_PINGS_20 = "pings every 20 s, gives up 20 s later with 1011"
KNOWN: dict[tuple[str, str], Known] = {
    ("websockets", "idle"): Known("its own pings every 20 s protect it", {"limit_s": None}),
    ("websockets", "keepalive"): Known(
        f"{_PINGS_20} (documentation of websockets, keepalive)",
        {"ping_interval_s": 20, "noticed_after_s": 40, "code": 1011},
    ),
    ("websockets", "limits"): Known("max_size 1 MiB", {"frame_bytes": MIB, "message_bytes": MIB}),
    ("websockets", "first-send"): Known("messages wait for the handler", {"lost": 0}),
    ("uvicorn", "idle"): Known("its own pings every 20 s protect it", {"limit_s": None}),
    ("uvicorn", "keepalive"): Known(
        f"{_PINGS_20} (documentation of uvicorn, --ws-ping-interval)",
        {"ping_interval_s": 20, "noticed_after_s": 40, "code": 1011},
    ),
    ("uvicorn", "limits"): Known("--ws-max-size 16 MiB", {"frame_bytes": 16 * MIB, "message_bytes": 16 * MIB}),
    ("uvicorn", "first-send"): Known("messages wait for the handler", {"lost": 0}),
    ("aiohttp", "idle"): Known("no limit", {"limit_s": None}),
    ("aiohttp", "keepalive"): Known("heartbeat off by default", {"ping_interval_s": None, "noticed_after_s": None}),
    ("aiohttp", "first-send"): Known("messages wait for the handler", {"lost": 0}),
    ("ws (Node.js)", "idle"): Known("no limit", {"limit_s": None}),
    ("ws (Node.js)", "keepalive"): Known("no pings by itself", {"ping_interval_s": None, "noticed_after_s": None}),
    ("ws (Node.js)", "limits"): Known("maxPayload 100 MiB", {"frame_bytes": 100 * MIB, "message_bytes": None}),
    ("ws (Node.js)", "first-send"): Known("the handler is attached in the same turn", {"lost": 0}),
    ("nginx", "idle"): Known(
        f"proxy_read_timeout {NGINX_S} s (set by us)", {"limit_s": NGINX_S, "reset_by": "any byte"}
    ),
    ("HAProxy", "idle"): Known(
        f"timeout tunnel {HAPROXY_S} s (set by us)", {"limit_s": HAPROXY_S, "reset_by": "any byte"}
    ),
}


def problems(server: str, answer: ExperimentAnswer) -> list[str]:
    """What is known and was not found."""
    known = KNOWN.get((server, answer.name))
    wrong = []
    for name, wanted in (known.values if known else {}).items():
        found, error = answer.value.get(name), answer.error.get(name)
        if not _is_right(wanted, found, error):
            wrong.append(f"{answer.name}: {name} is {wanted}, found {found}")
    return wrong


def _is_right(wanted: Number, found: Number, error: Number) -> bool:
    if not isinstance(wanted, int | float) or not isinstance(found, int | float):
        return wanted == found
    own = error if isinstance(error, int | float) else 0
    return abs(found - wanted) <= max(own, SLACK * wanted if isinstance(wanted, float) or wanted < MIB else 0)

"""Application heartbeats of common protocols: data, each row with its source. Imports nothing of ours."""

from typing import NamedTuple


class HeartbeatPreset(NamedTuple):
    """What is sent and what answers it; `match` and `correlate` are in the words of the workspace file."""

    request: str
    match: tuple[dict[str, object], ...]
    correlate: dict[str, str] | None
    reply: str
    direction: str
    source: str


PRESETS: dict[str, HeartbeatPreset] = {
    "json": HeartbeatPreset(
        '{"type":"ping","id":"${seq}"}',
        ({"path": "$.type", "op": "eq", "value": "pong"},),
        {"path": "$.id", "equals": "${seq}"},
        '{"type":"pong"}',
        "client",
        "common practice",
    ),
    "graphql-ws": HeartbeatPreset(
        '{"type":"ping"}',
        ({"path": "$.type", "op": "eq", "value": "pong"},),
        None,
        '{"type":"pong"}',
        "client",
        "graphql-ws PROTOCOL.md, Ping and Pong",
    ),
    "phoenix": HeartbeatPreset(
        '{"topic":"phoenix","event":"heartbeat","payload":{},"ref":"${seq}"}',
        (
            {"path": "$.topic", "op": "eq", "value": "phoenix"},
            {"path": "$.event", "op": "eq", "value": "phx_reply"},
        ),
        {"path": "$.ref", "equals": "${seq}"},
        "",
        "client",
        "phoenix.js socket.js sendHeartbeat",
    ),
    "socket.io": HeartbeatPreset(
        "",
        ({"op": "text_eq", "value": "2"},),
        None,
        "3",
        "server",
        "engine.io protocol v4: the server sends 2, the client answers 3",
    ),
    "text": HeartbeatPreset(
        "ping",
        ({"op": "text_eq", "value": "pong"},),
        None,
        "pong",
        "client",
        "OKX and others: the texts ping and pong",
    ),
    "hyperliquid": HeartbeatPreset(
        '{"method":"ping"}',
        ({"path": "$.channel", "op": "eq", "value": "pong"},),
        None,
        "",
        "client",
        "Hyperliquid API, websocket timeouts and heartbeats",
    ),
}
"""Name -> preset."""

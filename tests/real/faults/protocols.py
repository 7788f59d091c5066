"""Draws runs of servers with a protocol of their own on top: what they wait for, ask for and end is theirs."""

from typing import Final

from tests.real.case import Case
from tests.real.faults.drawing import Dice, Draw, case_of, endpoint_of
from tests.real.software import Kind


def engine_io(kind: Kind, dice: Dice) -> Case:
    """Engine.IO wants `3` for its `2`."""
    plan = {"ping_s": round(dice.uniform(1.0, 2.0), 2), "pong_s": round(dice.uniform(0.6, 1.4), 2)}
    return case_of("app_keepalive", kind, dice, 3.5, "silent", plan)


def nes_keepalive(kind: Kind, dice: Dice) -> Case:
    """nes ends who does not say hello, or does not answer its ping."""
    plan = {"ping_s": round(dice.uniform(1.6, 2.4), 2), "pong_s": round(dice.uniform(0.5, 1.2), 2)}
    return case_of("nes_keepalive", kind, dice, 3.5, "silent", plan)


def healthy_engine_io(kind: Kind, dice: Dice) -> Case:
    """Engine.IO with its answers."""
    beats = {"preset": "socket.io", "direction": "server", "match": [{"op": "text_eq", "value": "2"}], "reply": "3",
             "request": ""}  # fmt: skip
    return case_of("healthy", kind, dice, 2.0, "silent", {"ping_s": 1.2, "pong_s": 1.0}, seconds=14.0,
                   endpoint=endpoint_of(dice, app_heartbeat=beats))  # fmt: skip


def graphql_login(kind: Kind, dice: Dice) -> Case:
    """graphql-ws waits for `connection_init`."""
    return case_of("login", kind, dice, 2.0, "silent", {"login_s": round(dice.uniform(1.2, 3.0), 2)},
                   endpoint=endpoint_of(dice, subprotocols=["graphql-transport-ws"]))  # fmt: skip


def graphql_refused(kind: Kind, dice: Dice) -> Case:
    """graphql-ws refuses who logs in with the wrong thing."""
    return case_of("refused_login", kind, dice, 2.0, "silent", {"refuse": True}, seconds=12.0,
                   endpoint=endpoint_of(dice, subprotocols=["graphql-transport-ws"],
                                      preamble=['{"type":"connection_init"}']))  # fmt: skip


def socket_io_login(kind: Kind, dice: Dice) -> Case:
    """Socket.IO lets go who joins no namespace."""
    return case_of("login", kind, dice, 2.0, "silent", {"login_s": round(dice.uniform(1.2, 3.0), 2)})


_CONNECT: Final = "\x10\x0c\x00\x04MQTT\x04\x02\x00%c\x00\x00"
"""An MQTT 3.1.1 CONNECT without a client's name; what goes in is its keepalive in seconds."""


def mqtt_login(kind: Kind, dice: Dice) -> Case:
    """An MQTT broker lets go who sends no CONNECT."""
    return case_of("login", kind, dice, 2.0, "silent", {"login_s": round(dice.uniform(1.2, 3.0), 2)},
                   endpoint=endpoint_of(dice, subprotocols=["mqtt"]))  # fmt: skip


def mqtt_keepalive(kind: Kind, dice: Dice) -> Case:
    """An MQTT broker ends who is silent for one and a half of the keepalive that it promised."""
    seconds = dice.choice((1, 2))
    endpoint = endpoint_of(dice, subprotocols=["mqtt"], preamble=[_CONNECT % seconds])
    return case_of("idle_or_lifetime", kind, dice, 1.5 * seconds, "silent", {}, endpoint=endpoint)


def mqtt_healthy(kind: Kind, dice: Dice) -> Case:
    """A keepalive of 0 is none."""
    endpoint = endpoint_of(dice, subprotocols=["mqtt"], preamble=[_CONNECT % 0])
    return case_of("healthy", kind, dice, 2.0, "silent", {}, endpoint=endpoint)


def socketcluster_login(kind: Kind, dice: Dice) -> Case:
    """SocketCluster wants a handshake message."""
    return case_of("login", kind, dice, 2.0, "silent", {"login_s": round(dice.uniform(1.2, 3.0), 2)})


def socketcluster_keepalive(kind: Kind, dice: Dice) -> Case:
    """SocketCluster asks with an empty message and wants one back."""
    plan = {"ping_s": round(dice.uniform(0.6, 1.2), 2), "pong_s": round(dice.uniform(1.6, 2.8), 2)}
    hello = '{"event":"#handshake","data":{"authToken":null},"cid":1}'
    return case_of("app_keepalive", kind, dice, 3.5, "silent", plan, endpoint=endpoint_of(dice, preamble=[hello]))


DRAWS: Final[dict[str, Draw]] = {
    "engine_io": engine_io, "nes_keepalive": nes_keepalive, "healthy_engine_io": healthy_engine_io, "graphql_login":
    graphql_login, "graphql_refused": graphql_refused, "socket_io_login": socket_io_login, "mqtt_login": mqtt_login,
    "mqtt_keepalive": mqtt_keepalive, "mqtt_healthy": mqtt_healthy, "socketcluster_login": socketcluster_login,
    "socketcluster_keepalive": socketcluster_keepalive,
}  # fmt: skip
"""Fault -> how it is drawn."""

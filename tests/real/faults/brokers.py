"""Draws runs of brokers and frameworks with a protocol of their own: what each asks for and ends is its own."""

from typing import Any, Final

from tests.real.case import Case
from tests.real.faults.drawing import Dice, Draw, case_of, endpoint_of
from tests.real.software import Kind

_NATS: Final = 'CONNECT {"verbose":false,"pedantic":false,"name":"desk"}\r\n'
_NATS_BEATS: Final[dict[str, Any]] = {"direction": "server", "match": [{"op": "text_eq", "value": "PING\r\n"}],
                                      "reply": "PONG\r\n", "request": ""}  # fmt: skip


def nats_keepalive(kind: Kind, dice: Dice) -> Case:
    """nats-server says PING and wants PONG."""
    plan = {"ping_s": dice.choice((1, 2)), "ping_max": dice.choice((1, 2))}
    return case_of("app_keepalive", kind, dice, 2.0 * plan["ping_s"] * (1 + plan["ping_max"]), "silent", plan,
                   endpoint=endpoint_of(dice, preamble=[_NATS]))  # fmt: skip


def nats_login(kind: Kind, dice: Dice) -> Case:
    """It wants CONNECT within a time, where authorisation is asked for."""
    plan = {"token": "s3cr3t", "login_s": dice.choice((1, 2, 3))}
    return case_of("login", kind, dice, float(plan["login_s"]), "silent", plan)


def nats_refused(kind: Kind, dice: Dice) -> Case:
    """CONNECT without the token."""
    return case_of("refused_login", kind, dice, 2.0, "silent", {"token": "s3cr3t"}, seconds=14.0,
                   endpoint=endpoint_of(dice, preamble=[_NATS]))  # fmt: skip


def nats_too_big(kind: Kind, dice: Dice) -> Case:
    """A message beyond `max_payload`."""
    size = dice.randrange(700, 1500)
    endpoint = endpoint_of(dice, preamble=[_NATS])
    endpoint["traffic"] = {"messages": ["PUB desk 5\r\nsmall\r\n", "PUB desk 5\r\nother\r\n",
                                        f"PUB desk {size}\r\n{'x' * size}\r\n"], "every_s": 0.8}  # fmt: skip
    return case_of("too_big", kind, dice, 3.0, "silent", {"max_bytes": 512}, seconds=30.0, endpoint=endpoint)


def nats_full(kind: Kind, dice: Dice) -> Case:
    """One more than `max_connections`."""
    return case_of("full", kind, dice, 2.0, "silent", {"full": dice.choice((1, 2))}, seconds=14.0,
                   endpoint=endpoint_of(dice, connections=dice.choice((3, 4)), preamble=[_NATS]))  # fmt: skip


def nats_word(kind: Kind, dice: Dice) -> Case:
    """Something that its protocol does not know, now and then."""
    endpoint = endpoint_of(dice, preamble=[_NATS])
    endpoint["traffic"] = {"messages": ["PUB desk 5\r\nsmall\r\n", "PUB desk 5\r\nother\r\n", "HELO desk\r\n"],
                           "every_s": round(dice.uniform(0.5, 1.0), 2)}  # fmt: skip
    return case_of("crash", kind, dice, 3.0, "silent", {}, seconds=30.0, endpoint=endpoint)


def nats_healthy(kind: Kind, dice: Dice) -> Case:
    """Its PINGs are answered."""
    endpoint = endpoint_of(dice, preamble=[_NATS], app_heartbeat=_NATS_BEATS)
    return case_of("healthy", kind, dice, 2.0, "silent", {"ping_s": 1, "ping_max": 2}, seconds=16.0, endpoint=endpoint)


def trpc_keepalive(kind: Kind, dice: Dice) -> Case:
    """tRPC says PING and wants PONG."""
    plan = {"ping_s": round(dice.uniform(1.0, 2.0), 2), "pong_s": round(dice.uniform(0.5, 1.5), 2)}
    return case_of("app_keepalive", kind, dice, 3.5, "silent", plan)


def trpc_healthy(kind: Kind, dice: Dice) -> Case:
    """Its PINGs are answered."""
    beats = _NATS_BEATS | {"match": [{"op": "text_eq", "value": "PING"}], "reply": "PONG"}
    return case_of("healthy", kind, dice, 2.0, "silent", {"ping_s": 1.2, "pong_s": 1.0}, seconds=16.0,
                   endpoint=endpoint_of(dice, app_heartbeat=beats))  # fmt: skip


def peer_heartbeat(kind: Kind, dice: Dice) -> Case:
    """PeerJS drops who sends no HEARTBEAT."""
    limit_s = round(dice.uniform(1.5, 4.0), 2)
    return case_of("idle_or_lifetime", kind, dice, limit_s, "silent", {"idle_s": limit_s})


def peer_healthy(kind: Kind, dice: Dice) -> Case:
    """A client that sends HEARTBEAT."""
    endpoint = endpoint_of(dice)
    endpoint["traffic"] = {"messages": ['{"type":"HEARTBEAT"}'], "every_s": 1.0}
    return case_of("healthy", kind, dice, 2.0, "silent", {"idle_s": 4.0}, seconds=16.0, endpoint=endpoint)


def hocuspocus_ping(kind: Kind, dice: Dice) -> Case:
    """Hocuspocus asks by pings of the protocol, which we answer: nothing is wrong."""
    return case_of("healthy", kind, dice, 2.0, "silent", {"ping_s": 1.5}, seconds=16.0)


def hocuspocus_word(kind: Kind, dice: Dice) -> Case:
    """It takes what is no document of its own for somebody without a right."""
    return case_of("word_unauthorized", kind, dice, 3.0, "chat", {}, seconds=30.0)


_OPEN: Final = '<open xmlns="urn:ietf:params:xml:ns:xmpp-framing" to="localhost" version="1.0"/>'


def xmpp_idle(kind: Kind, dice: Dice) -> Case:
    """ejabberd ends who says nothing for `websocket_timeout`."""
    limit_s = float(dice.choice((2, 3, 4)))
    endpoint = endpoint_of(dice, pings=dice.choice((False, None)), preamble=[_OPEN], subprotocols=["xmpp"])
    return case_of("idle_or_lifetime", kind, dice, limit_s, "silent", {"idle_s": limit_s}, endpoint=endpoint)


def xmpp_word(kind: Kind, dice: Dice) -> Case:
    """No XML, now and then."""
    endpoint = endpoint_of(dice, subprotocols=["xmpp"])
    endpoint["traffic"] = {"messages": [_OPEN, '{"type":"presence"}'], "every_s": round(dice.uniform(0.8, 1.5), 2)}
    return case_of("crash", kind, dice, 3.0, "silent", {}, seconds=35.0, endpoint=endpoint)


def xmpp_healthy(kind: Kind, dice: Dice) -> Case:
    """Its pings of the protocol are answered."""
    endpoint = endpoint_of(dice, preamble=[_OPEN], subprotocols=["xmpp"])
    return case_of("healthy", kind, dice, 2.0, "silent", {"ping_s": 2}, seconds=18.0, endpoint=endpoint)


_HELLO: Final = '{"id":1,"params":{"token":"none"}}'


def centrifuge_login(kind: Kind, dice: Dice) -> Case:
    """Centrifuge lets go who sends no connect command."""
    return case_of("login", kind, dice, 2.0, "silent", {"login_s": round(dice.uniform(1.2, 3.0), 2)})


def centrifuge_refused(kind: Kind, dice: Dice) -> Case:
    """A token that it does not take."""
    return case_of("refused_login", kind, dice, 2.0, "silent", {"token": "s3cr3t"}, seconds=14.0,
                   endpoint=endpoint_of(dice, preamble=[_HELLO]))  # fmt: skip


def centrifuge_expired(kind: Kind, dice: Dice) -> Case:
    """A token that expires, by the full second."""
    limit_s = float(dice.choice((3, 4, 6)))
    return case_of("lifetime", kind, dice, limit_s, "silent", {"age_s": limit_s},
                   endpoint=endpoint_of(dice, preamble=[_HELLO]))  # fmt: skip


def centrifuge_full(kind: Kind, dice: Dice) -> Case:
    """One more than a user may have."""
    return case_of("full", kind, dice, 2.0, "silent", {"full": dice.choice((1, 2))}, seconds=14.0,
                   endpoint=endpoint_of(dice, connections=dice.choice((3, 4)), preamble=[_HELLO]))  # fmt: skip


def centrifuge_word(kind: Kind, dice: Dice) -> Case:
    """Something that is no command, now and then."""
    endpoint = endpoint_of(dice)
    endpoint["traffic"] = {"messages": [_HELLO, '{"type":"say"}'], "every_s": round(dice.uniform(0.8, 1.5), 2)}
    return case_of("crash", kind, dice, 3.0, "silent", {}, seconds=35.0, endpoint=endpoint)


def centrifuge_healthy(kind: Kind, dice: Dice) -> Case:
    """Connected, with its pings of the protocol."""
    return case_of("healthy", kind, dice, 2.0, "silent", {"ping_s": 1.5}, seconds=18.0,
                   endpoint=endpoint_of(dice, preamble=[_HELLO], connections=dice.choice((1, 2))))  # fmt: skip


DRAWS: Final[dict[str, Draw]] = {
    "nats_keepalive": nats_keepalive, "nats_login": nats_login, "nats_refused": nats_refused,
    "nats_too_big": nats_too_big, "nats_full": nats_full, "nats_word": nats_word, "nats_healthy": nats_healthy,
    "trpc_keepalive": trpc_keepalive, "trpc_healthy": trpc_healthy, "peer_heartbeat": peer_heartbeat,
    "peer_healthy": peer_healthy, "hocuspocus_ping": hocuspocus_ping, "hocuspocus_word": hocuspocus_word,
    "xmpp_idle": xmpp_idle, "xmpp_word": xmpp_word, "xmpp_healthy": xmpp_healthy, "centrifuge_login": centrifuge_login,
    "centrifuge_refused": centrifuge_refused, "centrifuge_expired": centrifuge_expired, "centrifuge_full":
    centrifuge_full, "centrifuge_word": centrifuge_word, "centrifuge_healthy": centrifuge_healthy,
}  # fmt: skip
"""Fault -> how it is drawn."""

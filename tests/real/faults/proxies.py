"""Draws runs with a proxy in front of a server: its timeouts, its limits, its reloads, what it takes from a request."""

import random
from typing import Final

from tests.real.case import Case, Step
from tests.real.faults.drawing import endpoint_of
from tests.real.proxies import FORWARD, TLS
from tests.real.software import Kind

_TIMED: Final = frozenset({"nginx", "haproxy", "apache", "lighttpd", "varnish", "socat", "stunnel", "tinyproxy",
                              "h2o", "nghttpx", "privoxy", "trafficserver", "redir"})  # fmt: skip
_STRIPS: Final = ("nginx", "haproxy", "lighttpd", "caddy", "varnish", "apache", "h2o")
_COARSE: Final = frozenset(
    {"nginx", "apache", "lighttpd", "stunnel", "tinyproxy", "nghttpx", "privoxy", "trafficserver", "redir"}
)
"""They take whole seconds."""


def cases_of(proxy: str, kinds: list[Kind], dice: random.Random) -> list[Case]:
    """The runs of one proxy, each before a kind of server of its own."""

    def case(fault: str, seconds: float, **more: object) -> Case:
        facts: dict[str, object] = {"endpoint": endpoint_of(dice), "voice": "chat"} | more
        return Case(fault=fault, kind=dice.choice(kinds), seconds=seconds, proxy=proxy, **facts)  # type: ignore[arg-type]

    cases = [case("healthy", 12.0, voice=dice.choice(("chat", "silent")))]
    if proxy in _TIMED:
        drawn_s = dice.uniform(1.5, 3.5)
        limit_s = float(round(drawn_s) if proxy in _COARSE else round(drawn_s, 1))
        cases.append(
            case("idle", 5.5 * (limit_s + 1.5), voice="spells", limit_s=limit_s, setting={"timeout_s": limit_s},
                 endpoint=endpoint_of(dice, pings=False))
        )  # fmt: skip
    if proxy in _STRIPS:
        cases.append(case("stripped", 9.0, setting={"strip": True}))
    if proxy == "nginx":
        cases += [
            case("stripped", 9.0, setting={"strip": "old"}),
            case("full", 14.0, setting={"limit": dice.choice((1, 2))}, endpoint=endpoint_of(dice, connections=3)),
            case("restart", 26.0, limit_s=5.0, steps=tuple(Step(after_s=5.0 * n, what="reload") for n in range(1, 5)),
                 endpoint=endpoint_of(dice, connections=dice.choice((1, 3)))),
        ]  # fmt: skip
    if proxy == "haproxy":
        cases.append(case("full", 14.0, setting={"limit": 1}, endpoint=endpoint_of(dice, connections=3)))
    if proxy in TLS:
        cases += [case("plain_to_tls", 8.0), case("bad_certificate", 8.0)]
    if proxy in FORWARD:
        cases += [case("proxy_denies", 8.0, setting={"deny": True}),
                  case("proxy_cannot_reach", 8.0, steps=(Step(after_s=-1.0, what="kill"),))]  # fmt: skip
    else:
        cases += [case("upstream_down", 12.0, steps=(Step(after_s=-1.0, what="kill"),)),
                  case("upstream_dies", 14.0, steps=(Step(after_s=dice.uniform(2.0, 4.0), what="kill"),))]  # fmt: skip
    return cases

"""Pure: who may use the tap. A loopback listener is not private: any page in a browser can reach it.

A page of another site names itself in Origin, and one that rebinds its name to 127.0.0.1 in Host. Both are
looked at before anything is dialled.
"""

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from wsmonitor.facts.tap_events import RefusalReason
from wsmonitor.tap.request.request_head import RequestHead, answer

CAPITAL_LIMIT = 200
"""So many characters of what was refused are repeated."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is not passed on: the event's word, what was found, and the answer to send."""

    reason: RefusalReason
    value: str
    answer: bytes


@dataclass(frozen=True, slots=True)
class Guard:
    """Who is let in beside loopback. `is_anywhere`: the listener is not on loopback, so literals may be any."""

    hosts: frozenset[str] = frozenset()
    origins: frozenset[str] = frozenset()
    is_anywhere: bool = False

    def refusal(self, head: RequestHead) -> Refusal | None:
        """Why `head` may not pass, or `None`."""
        hosts = head.values("host")
        if len(hosts) != 1:
            return Refusal("host", ", ".join(hosts)[:CAPITAL_LIMIT], answer(400, "Bad Request", "One Host, please.\n"))
        if not self._is_own_host(hosts[0]):
            host = hosts[0][:CAPITAL_LIMIT]
            text = f"This tap does not answer to the host {host!r}.\nIf it should: --allow-host {_name(host)}\n"
            return Refusal("host", host, answer(421, "Misdirected Request", text))
        for origin in head.values("origin"):
            if not self._is_own_origin(origin, hosts[0]):
                shown = origin[:CAPITAL_LIMIT]
                text = f"This tap does not serve pages of {shown!r}.\nIf it should: --allow-origin {shown}\n"
                return Refusal("origin", shown, answer(403, "Forbidden", text))
        return None

    def _is_own_host(self, host: str) -> bool:
        name = _name(host)
        return self._is_own_name(name) or name in self.hosts or host.lower() in self.hosts

    def _is_own_name(self, name: str) -> bool:
        if name == "localhost":
            return True
        try:
            address = ipaddress.ip_address(name)
        except ValueError:
            return False
        return address.is_loopback or self.is_anywhere

    def _is_own_origin(self, origin: str, host: str) -> bool:
        if origin.lower() in self.origins:
            return True
        scheme, mark, authority = origin.partition("://")
        if not mark or scheme.lower() not in ("http", "https"):
            return False
        return authority.lower() == host.lower() or self._is_loopback(_name(authority))

    def _is_loopback(self, name: str) -> bool:
        if name == "localhost":
            return True
        try:
            return ipaddress.ip_address(name).is_loopback
        except ValueError:
            return False


def _name(authority: str) -> str:
    """`Host:port` without the port, in small letters; empty where it is none."""
    try:
        parts = urlsplit(f"//{authority}")
        _ = parts.port  # raises for what is no port
        is_plain = not (parts.username or parts.password or parts.path or parts.query or parts.fragment)
        return (parts.hostname or "") if is_plain else ""
    except ValueError:
        return ""

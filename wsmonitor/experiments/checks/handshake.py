"""The opening handshake: RFC 6455, section 4, and what extensions and subprotocols may be agreed on."""

from collections.abc import Callable
from dataclasses import replace

from wsmonitor.experiments.bench import Bench
from wsmonitor.experiments.checks.check import RFC6455, RFC7692, Check, Said, must_refuse
from wsmonitor.experiments.checks.seen import Seen, upgrade_seen
from wsmonitor.experiments.line.upgrade import Request, accept_of

KEY, VERSION = "Sec-WebSocket-Key", "Sec-WebSocket-Version"
EXTENSIONS, PROTOCOL = "Sec-WebSocket-Extensions", "Sec-WebSocket-Protocol"
UNKNOWN = "wsmonitor-unknown"
Change = Callable[[Request], Request]


def _check(
    name: str, change: Change, judge: Callable[[Seen], Said], *, section: str, expected: str, hostile: bool = False
) -> Check:
    async def look(bench: Bench) -> Seen:
        return await upgrade_seen(bench, change(bench.request()))

    return Check(id=f"handshake/{name}", section=section, expected=expected, look=look, judge=judge, hostile=hostile)


def _with(name: str, *values: str) -> Change:
    return lambda request: request.with_header(name, *values)


def _opens(seen: Seen) -> Said:
    if not seen.is_open:
        return Said("violates", seen.refusal)
    return Said("as expected", "HTTP 101")


def _accept(seen: Seen) -> Said:
    if seen.response is None or not seen.is_open:
        return Said("inconclusive: not upgraded", seen.refusal)
    values = seen.response.values("Sec-WebSocket-Accept")
    wanted = accept_of(seen.request.header(KEY) or "")
    if values == (wanted,):
        return Said("as expected", "the accept value of the key")
    found = "no Sec-WebSocket-Accept" if not values else "another value" if len(values) == 1 else "several values"
    return Said("violates", found)


def _headers(seen: Seen) -> Said:
    if seen.response is None or not seen.is_open:
        return Said("inconclusive: not upgraded", seen.refusal)
    upgrade = [value.lower() for value in seen.response.values("Upgrade")]
    tokens = [token.strip().lower() for value in seen.response.values("Connection") for token in value.split(",")]
    if upgrade != ["websocket"]:
        return Said("violates", "no Upgrade: websocket")
    if "upgrade" not in tokens:
        return Said("violates", "no Connection: Upgrade")
    return Said("as expected", "Upgrade and Connection")


def _version(seen: Seen) -> Said:
    if seen.is_open:
        return Said("violates", "accepted: HTTP 101")
    if seen.response is None:
        return Said("differs", f"{seen.refusal}: no HTTP answer")
    offered = ", ".join(seen.response.values(VERSION))
    if "13" not in [part.strip() for part in offered.split(",")]:
        return Said("differs", f"{seen.refusal} without {VERSION}: 13")
    return Said("as expected", f"{seen.refusal} with {VERSION}: {offered}")


def _twice(seen: Seen) -> Said:
    return Said("differs", "accepted: HTTP 101") if seen.is_open else Said("as expected", seen.refusal)


def _subprotocol(*offered: str) -> Callable[[Seen], Said]:
    def judge(seen: Seen) -> Said:
        if seen.response is None or not seen.is_open:
            return Said("finding", f"refused: {seen.refusal}")
        chosen = seen.response.values(PROTOCOL)
        if not chosen:
            return Said("as expected", "none chosen")
        if len(chosen) == 1 and chosen[0] in offered:
            return Said("as expected", f"chose the {offered.index(chosen[0]) + 1}. of {len(offered)} offered")
        return Said("violates", "several chosen" if len(chosen) > 1 else "chose one that was not offered")

    return judge


def _extensions(*, deflate: bool = False, client_bits: bool = False) -> Callable[[Seen], Said]:
    def judge(seen: Seen) -> Said:
        if seen.response is None or not seen.is_open:
            return Said("differs", f"refused: {seen.refusal}")
        chosen = [one.strip() for value in seen.response.values(EXTENSIONS) for one in value.split(",") if one.strip()]
        if not chosen:
            return Said("as expected", "none accepted")
        mistake = _extension_mistake(chosen, deflate=deflate, client_bits=client_bits)
        return Said("violates", mistake) if mistake else Said("as expected", f"accepted {chosen[0][:100]}")

    return judge


def _extension_mistake(chosen: list[str], *, deflate: bool, client_bits: bool) -> str:
    """What is wrong with the accepted extensions (RFC 7692, 7.1); empty for nothing."""
    if len(chosen) > 1:
        return f"accepted {len(chosen)} extensions where one was offered"
    name, *parameters = (part.strip() for part in chosen[0].split(";"))
    if not deflate or name != "permessage-deflate":
        return f"accepted {name[:100]}, which was not offered"
    pairs = [(key.strip(), value.strip().strip('"')) for key, _, value in (one.partition("=") for one in parameters)]
    keys = [key for key, _ in pairs]
    if len(set(keys)) < len(keys):
        return "a parameter twice"
    for key, value in pairs:
        if key in ("server_no_context_takeover", "client_no_context_takeover"):
            if value:
                return f"{key} with a value"
        elif key in ("server_max_window_bits", "client_max_window_bits"):
            if key.startswith("client") and not client_bits:
                return "client_max_window_bits, which was not offered"
            if not (value.isascii() and value.isdigit() and 8 <= int(value) <= 15):
                return f"{key}={value[:20]}, not 8 to 15"
        else:
            return f"the unknown parameter {key[:100]}"
    return ""


_MUST_400 = "an HTTP error such as 400, no upgrade"
HANDSHAKE_CHECKS = (
    _check("upgrade", _with(EXTENSIONS), _opens, section=f"{RFC6455}, 4.2.2", expected="HTTP 101"),
    _check("accept", _with(EXTENSIONS), _accept, section=f"{RFC6455}, 4.2.2",
           expected="Sec-WebSocket-Accept made of the key"),
    _check("headers", _with(EXTENSIONS), _headers, section=f"{RFC6455}, 4.2.2",
           expected="Upgrade: websocket and Connection: Upgrade"),
    *(_check(f"version-{value}", _with(VERSION, value), _version, section=f"{RFC6455}, 4.4",
             expected=f"an HTTP error such as 426 with {VERSION}: 13") for value in ("8", "99")),
    _check("version-none", _with(VERSION), must_refuse, section=f"{RFC6455}, 4.2.1", expected=_MUST_400),
    _check("key-none", _with(KEY), must_refuse, section=f"{RFC6455}, 4.2.1", expected=_MUST_400),
    _check("key-short", _with(KEY, "c2hvcnQ="), must_refuse, section=f"{RFC6455}, 4.2.1", expected=_MUST_400),
    _check("key-twice", lambda request: request.with_header(KEY, request.header(KEY) or "", request.header(KEY) or ""),
           _twice, section=f"{RFC6455}, 11.3.1", expected="a key that comes once; the usual answer is 400"),
    _check("upgrade-other", _with("Upgrade", "h2c"), must_refuse, section=f"{RFC6455}, 4.2.1", expected="no HTTP 101"),
    _check("connection-none", _with("Connection"), must_refuse, section=f"{RFC6455}, 4.2.1", expected="no HTTP 101"),
    _check("post", lambda request: replace(request, method="POST").with_header("Content-Length", "0"), must_refuse,
           section=f"{RFC6455}, 4.2.1", expected="no HTTP 101: the method must be GET"),
    _check("http-1.0", lambda request: replace(request, version="HTTP/1.0"), must_refuse,
           section=f"{RFC6455}, 4.2.1", expected="no HTTP 101: HTTP/1.1 or higher"),
    _check("subprotocol-none", _with(PROTOCOL), _subprotocol(), section=f"{RFC6455}, 4.2.2",
           expected="none, as none was offered"),
    _check("subprotocol-unknown", _with(PROTOCOL, UNKNOWN), _subprotocol(UNKNOWN), section=f"{RFC6455}, 4.2.2",
           expected="the one offered, or none"),
    _check("subprotocol-two", _with(PROTOCOL, f"{UNKNOWN}, {UNKNOWN}-2"), _subprotocol(UNKNOWN, f"{UNKNOWN}-2"),
           section=f"{RFC6455}, 4.2.2", expected="one of the two offered, or none"),
    _check("extensions-none", _with(EXTENSIONS), _extensions(), section=f"{RFC6455}, 9.1",
           expected="none, as none was offered"),
    _check("extensions-unknown", _with(EXTENSIONS, UNKNOWN), _extensions(), section=f"{RFC6455}, 9.1",
           expected="none: the one offered exists nowhere"),
    _check("extensions-deflate", _with(EXTENSIONS, "permessage-deflate"), _extensions(deflate=True),
           section=f"{RFC7692}, 7.1", expected="permessage-deflate with what was offered, or none"),
    _check("extensions-bits-8", _with(EXTENSIONS, "permessage-deflate; client_max_window_bits=8"),
           _extensions(deflate=True, client_bits=True), section=f"{RFC7692}, 7.1.2.2",
           expected="permessage-deflate with windows of 8 to 15 bits, or none"),
)  # fmt: skip
"""In the order in which they are run."""

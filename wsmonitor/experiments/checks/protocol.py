"""What RFC 6455 asks of the opening, of frames and of pings, over HTTP/1.1 and HTTP/2, as one experiment."""

import asyncio
import ssl

from wsmonitor.experiments.bench import Bench
from wsmonitor.experiments.checks.check import Check, Said
from wsmonitor.experiments.checks.framing import FRAMING_CHECKS
from wsmonitor.experiments.checks.handshake import HANDSHAKE_CHECKS
from wsmonitor.experiments.checks.run import check_experiment
from wsmonitor.experiments.checks.seen import Seen

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes((0, 0, 0, 4, 0, 0, 0, 0, 0))
"""The client's preface and an empty SETTINGS frame (RFC 9113, 3.4)."""
SETTINGS, ACK = 4, 1
ENABLE_CONNECT_PROTOCOL = 8
_HEAD = 9


async def _look(bench: Bench) -> Seen:
    """What the server offers, told as `opening_error` to the judge."""
    request = bench.request()
    line = await bench.open(request=request)
    name, secured = line.transport.get_extra_info("peername"), line.transport.get_extra_info("ssl_object")
    await line.close(bench.patience_s)
    if not isinstance(secured, ssl.SSLObject) or not name:
        return Seen(request=request, opening_error="no TLS")
    try:
        async with asyncio.timeout(bench.way.timeout_s):
            said = await _offered(name[0], name[1], secured.server_hostname or "")
    except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
        said = f"failed: {error or type(error).__name__}"
    return Seen(request=request, response=line.response, opening_error=said)


async def _offered(host: str, port: int, server_name: str) -> str:
    """`no h2`, `h2` or `h2 with connect`. Nothing secret is sent, so no certificate is looked at."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(["h2", "http/1.1"])
    reader, writer = await asyncio.open_connection(host, port, ssl=context, server_hostname=server_name or None)
    try:
        secured = writer.get_extra_info("ssl_object")
        if secured.selected_alpn_protocol() != "h2":
            return "no h2"
        writer.write(PREFACE)
        while True:
            head = await reader.readexactly(_HEAD)
            payload = await reader.readexactly(min(int.from_bytes(head[:3], "big"), 16384))
            if head[3] == SETTINGS and not head[4] & ACK:
                return "h2 with connect" if enables_connect(payload) else "h2"
    finally:
        writer.transport.abort()


def enables_connect(settings: bytes) -> bool:
    """Whether a SETTINGS payload enables the extended CONNECT (RFC 8441, 3)."""
    pairs = [settings[at : at + 6] for at in range(0, len(settings) - 5, 6)]
    return any(pair[:2] == ENABLE_CONNECT_PROTOCOL.to_bytes(2, "big") and pair[2:] == b"\0\0\0\1" for pair in pairs)


def _said(seen: Seen) -> Said:
    match seen.opening_error:
        case "no TLS":
            return Said("not tested: without TLS there is no ALPN", "")
        case "no h2":
            return Said("finding", "no HTTP/2: browsers use HTTP/1.1 here")
        case "h2":
            return Said("finding", "HTTP/2 without extended CONNECT: browsers use HTTP/1.1 for WebSockets here")
        case "h2 with connect":
            return Said("finding", "browsers will use HTTP/2 here")
        case problem:
            return Said(f"inconclusive: {problem}", "")


HTTP2_CHECKS = (
    Check(id="handshake/h2", section="RFC 8441, 3", expected="whatever the server offers", look=_look, judge=_said),
)


EXPERIMENT = check_experiment(
    "protocol",
    "does it keep RFC 6455 in the opening, in frames and in pings?",
    (*HANDSHAKE_CHECKS, *HTTP2_CHECKS, *FRAMING_CHECKS),
)

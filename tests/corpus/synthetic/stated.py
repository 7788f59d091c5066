"""What the peer states outright, in codes, reasons, statuses and errors; and texts that only sound like it."""

from typing import Any

from tests.corpus.history import History
from tests.corpus.labelled import Case, Labelled, labelled
from wsmonitor.facts.events import Phase
from wsmonitor.settings.endpoint_settings import to_ns


def code(code_: int, reason: str, *expected: str, profile: str = "", times: int = 2, life_s: float = 40.0) -> Case:
    """The peer closes with this code and reason, at random ages."""

    def make(seed: str) -> Labelled:
        line = History(seed, profile=profile).line
        for _ in range(times):
            line.open()
            end_s = line.opened_s + line.dice.uniform(0.6, 1.4) * life_s
            line.send(line.opened_s + 0.3, b'{"type":"subscribe"}', answer=b"ok")
            line.pings(end_s, 20)
            line.close_code(end_s, code_, reason)
        return labelled(line.history, f"code {code_} {reason} {profile}", *expected, healthy=not expected)

    return make


def violation(sent_code: int, reason: str, expected: str) -> Case:
    """We refuse what the peer sent."""

    def make(seed: str) -> Labelled:
        line = History(seed).line
        for _ in range(line.dice.randint(1, 3)):
            line.open()
            line.close(
                line.opened_s + line.dice.uniform(1, 60), mechanism="protocol_error", sent_code=sent_code,
                sent_reason=reason,
            )  # fmt: skip
        return labelled(line.history, f"we refuse with {sent_code}", expected)

    return make


def failing(phase: Phase, error: str, expected: str, *, times: int = 3, ever_open: bool = False, **more: Any) -> Case:
    """Every opening fails the same way."""

    def make(seed: str) -> Labelled:
        line = History(seed, url="wss://desk.test/ws" if phase == "tls" else "ws://desk.test:8000/ws").line
        if ever_open:
            line.open()
            line.pings(line.opened_s + 100, 20)
            line.close_code(line.opened_s + 100, 1001, "")
        for _ in range(times):
            line.fail(phase, error, **more)
        return labelled(line.history, f"{phase} {error[:30]}", *[expected] if expected else [])

    return make


def failing_once_then_well(phase: Phase, error: str, **more: Any) -> Case:
    """One failure, and then all is well for long."""

    def make(seed: str) -> Labelled:
        line = History(seed).line
        line.fail(phase, error, **more)
        line.open()
        line.pings(line.opened_s + 600, 20)
        line.stay()
        return labelled(line.history, f"once {phase} {error[:30]}, then well", end_s=line.now_s)

    return make


def flaky_upstream(seed: str) -> Labelled:
    """503 with Retry-After now and then between good connections."""
    line = History(seed).line
    for _ in range(4):
        for _ in range(2):
            line.fail("http", "HTTP 503 Service Unavailable", status=503, retry_after_ns=to_ns(5))
        line.open()
        line.close_code(line.opened_s + line.dice.uniform(20, 90), 1012, "service restart")
    return labelled(line.history, "503 between restarts", "server_restarts", allowed=("retry_rate",))


def two_503(seed: str) -> Labelled:
    """Two are no statistics."""
    line = History(seed).line
    for _ in range(2):
        line.fail("http", "HTTP 503 Service Unavailable", status=503)
    return labelled(line.history, "two 503")


def retry_rate(seed: str) -> Labelled:
    """A fifth of the openings fails, each in another way."""
    line = History(seed).line
    for number in range(30):
        if number % 5 == 2:
            line.fail("tcp", "no route: No route to host")
        line.open()
        end_s = line.opened_s + line.dice.uniform(20, 300)
        line.pings(end_s, 20)
        line.close_code(end_s, 1001, "")
    return labelled(line.history, "a sixth fails", "retry_rate")


def rare_failures(seed: str) -> Labelled:
    """One opening in thirty fails."""
    line = History(seed).line
    for number in range(60):
        if number in (11, 41):
            line.fail("tcp", "no route: No route to host")
        line.open()
        end_s = line.opened_s + line.dice.uniform(20, 300)
        line.close_code(end_s, 1000, "")
    return labelled(line.history, "one in thirty fails", healthy=True)


def replaced(seed: str) -> Labelled:
    """Two slots chase each other away."""
    history = History(seed, connections=2)
    first, second = history.line, history.slot(1)
    first.open(0.0)
    for number in range(6):
        new, old = (second, first) if number % 2 == 0 else (first, second)
        new.open(first.now_s + second.now_s + 1)
        old.close_code(new.opened_s + 0.03, 1008, "replaced by a newer connection")
    return labelled(history, "replaced by our own second connection", "duplicate_client")


def own_dead_resolver(seed: str) -> Labelled:
    """No network at all: lookups fail, and that says nothing about the name."""
    line = History(seed).line
    line.open()
    line.pings(line.opened_s + 90, 20)
    line.network(line.opened_s + 100, new="")
    line.lost_ping(line.opened_s + 100)
    line.lost_ping(line.opened_s + 120, consecutive=2)
    line.give_up(line.opened_s + 131)
    for _ in range(3):
        line.fail("dns", "lookup failed: Temporary failure in name resolution")
    line.network(line.now_s + 1, old="")
    line.open()
    line.pings(line.opened_s + 100, 20)
    line.stay()
    return labelled(line.history, "no network", "network_changed", healthy=True, end_s=line.now_s)


def ipv6(attempts: str, *expected: str) -> Case:
    """What happy eyeballs tried, each time."""

    def make(seed: str) -> Labelled:
        line = History(seed).line
        for _ in range(4):
            line.open(attempts=attempts)
            end_s = line.opened_s + line.dice.uniform(10, 60)
            line.close_code(end_s, 1000, "")
        return labelled(line.history, f"attempts {attempts[:40]}", *expected, healthy=not expected)

    return make


_GOOD = "203.0.113.7:443 ok after 12.0 ms"
_HTML = "<html><body>It works!</body></html>"

CODES = (
    code(1008, "token expired", "policy_refusal"),
    code(1008, "", "policy_refusal", times=1),
    code(4401, "Unauthorized", "policy_refusal"),
    code(4403, "", "policy_refusal"),
    code(3000, "", "policy_refusal"),
    code(4004, "", "policy_refusal", profile="discord"),
    code(4123, "invalid auth token", "policy_refusal"),
    code(1008, "rate limit exceeded", "rate_limited"),
    code(1013, "too many connections", "rate_limited"),
    code(1013, "try again later", "rate_limited"),
    code(4429, "", "rate_limited"),
    code(4008, "", "rate_limited", profile="discord"),
    code(1008, "replaced by new connection", "duplicate_client"),
    code(4000, "another session was opened", "duplicate_client"),
    code(4409, "", "duplicate_client"),
    code(1009, "message too big", "message_too_big"),
    code(1002, "invalid frame", "protocol_error"),
    code(1007, "invalid utf-8", "bad_utf8"),
    code(1011, "keepalive ping timeout", "peer_keepalive_timeout"),
    code(1011, "keepalive ping timeout; no close frame received", "peer_keepalive_timeout", times=1),
    code(4000, "heartbeat timeout", "peer_keepalive_timeout"),
    # near misses
    code(1000, ""),
    code(1000, "done"),
    code(1001, "going away", times=10),
    code(1001, "server is shutting down to accelerate the rollout", times=3),
    code(1012, "service restart"),
    code(1011, "internal error"),
    code(1011, "moderate failure of the aggregate store"),
    code(4000, ""),
    code(4004, "bad response"),
    code(1005, ""),
    code(4100, "generated report is complete"),
    code(4101, "game over", times=3),
)

OPENINGS = (
    failing("tcp", "connection refused: nothing listens on that port", "refused"),
    failing("tcp", "connection refused: nothing listens on that port", "refused", times=1),
    failing("tcp", "connection refused: nothing listens on that port", "refused", ever_open=True),
    failing("tcp", "timed out: no answer within 5 s", "connect_timeout", after_s=5),
    failing("tcp", "Connection timed out", "connect_timeout", after_s=4),
    failing("http", "timed out: no answer within 5 s", "connect_timeout", after_s=5),
    failing("tls", "timed out: no answer within 5 s", "tls_mismatch", after_s=5),
    failing("tls", "TLS failed: the peer does not speak TLS on this port (is it ws:// rather than wss://?)",
            "tls_mismatch"),
    failing("http", "HTTP 400 Bad Request", "tls_mismatch", status=400,
            detail={"server": "nginx", "body": "<html>The plain HTTP request was sent to HTTPS port</html>"}),
    failing("tls", "certificate not accepted: certificate has expired", "certificate", fatal=True, times=1),
    failing("tls", "certificate not accepted: self-signed certificate", "certificate", fatal=True, times=1),
    failing("tls", "certificate not accepted: Hostname mismatch, certificate is not valid for 'a.test'.",
            "certificate", fatal=True, times=1),
    failing("http", "the server wants a client certificate", "certificate", fatal=True, times=1),
    failing("dns", "lookup failed: Name or service not known", "dns_failing"),
    failing("dns", "lookup failed: Temporary failure in name resolution", "dns_failing", ever_open=True),
    failing("dns", "the host name cannot be looked up: label too long", "dns_failing", fatal=True, times=1),
    failing("http", "HTTP 401 Unauthorized", "handshake_refused", status=401, times=1),
    failing("http", "HTTP 403 Forbidden", "handshake_refused", status=403, times=1),
    failing("http", "HTTP 404 Not Found", "handshake_refused", status=404, times=1),
    failing("http", "HTTP 500 Internal Server Error", "handshake_refused", status=500),
    failing("http", "HTTP 400 Bad Request", "handshake_refused", status=400, times=2,
            detail={"body": '{"error":"room is missing"}'}),
    failing("http", "the peer or a proxy in front of it reset the connection before answering (RST)",
            "handshake_refused"),
    failing("http", "the answer breaks the handshake: invalid Sec-WebSocket-Accept header: AAA=", "handshake_refused",
            fatal=True, times=1),
    failing("http", "HTTP 426 Upgrade Required", "upgrade_stripped", status=426, times=1),
    failing("http", "HTTP 200 OK", "upgrade_stripped", status=200, detail={"body": _HTML}, times=1),
    failing("http", "HTTP 400 Bad Request", "upgrade_stripped", status=400, times=1,
            detail={"body": "Can \"Upgrade\" only to \"WebSocket\"."}),
    failing("http", "the answer does not upgrade to WebSocket: missing Upgrade header", "upgrade_stripped", times=1),
    failing("http", "HTTP 429 Too Many Requests", "rate_limited", status=429, times=1, retry_after_ns=to_ns(7)),
    failing("http", "HTTP 403 Forbidden", "rate_limited", status=403, detail={"body": "rate limit exceeded"}, times=1),
    failing("http", "HTTP 502 Bad Gateway", "upstream_down", status=502),
    failing("http", "HTTP 504 Gateway Timeout", "upstream_down", status=504, times=5),
    # near misses
    failing("tcp", "no route: Network is unreachable", "no_route", times=4),
    failing("http", "HTTP 503 Service Unavailable", "", status=503, times=2),
    failing("dns", "lookup failed: Temporary failure in name resolution", "", ever_open=True, times=1),
    failing_once_then_well("tcp", "connection refused: nothing listens on that port"),
    failing_once_then_well("dns", "lookup failed: Temporary failure in name resolution"),
    failing_once_then_well("http", "HTTP 503 Service Unavailable", status=503),
    failing_once_then_well("tcp", "timed out: no answer within 5 s"),
    failing_once_then_well("http", "HTTP 500 Internal Server Error", status=500),
    failing_once_then_well("http", "the peer or a proxy in front of it ended the connection before answering (FIN)"),
    failing_once_then_well("http", "HTTP 429 Too Many Requests", status=429),
)  # fmt: skip

CASES: dict[Case, int] = {
    **dict.fromkeys(CODES, 2),
    **dict.fromkeys(OPENINGS, 2),
    violation(1002, "incorrect masking", "protocol_error"): 2,
    violation(1002, "invalid close code 1006", "protocol_error"): 2,
    violation(1007, "invalid start byte at position 3", "bad_utf8"): 2,
    violation(1009, "over size limit (70000000 > 67108864 bytes)", "message_too_big"): 2,
    flaky_upstream: 3,
    two_503: 3,
    retry_rate: 3,
    rare_failures: 4,
    replaced: 3,
    own_dead_resolver: 3,
    ipv6(f"[2001:db8::7]:443 not finished; {_GOOD}", "broken_ipv6"): 2,
    ipv6(f"[2001:db8::7]:443 Network is unreachable after 0.1 ms; {_GOOD}", "broken_ipv6"): 2,
    ipv6(f"[2001:db8::7]:443 Connection refused after 9.0 ms; {_GOOD}"): 2,
    ipv6("[::1]:8000 Connection refused after 0.1 ms; 127.0.0.1:8000 ok after 0.1 ms"): 2,
    ipv6("203.0.113.7:443 ok after 260.0 ms; [2001:db8::7]:443 not finished"): 2,
    ipv6("[2001:db8::7]:443 ok after 10.0 ms"): 2,
}
"""Case -> how many seeds."""

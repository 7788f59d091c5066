"""Endpoints and every default, in one documented place.

Settings are float seconds (`_s`) and bytes (`_bytes`); the engine turns them into nanoseconds once.
The structs hold what the workspace file can say (`settings/workspace` reads and writes it) and travel to
the probe as they are. `${NAME}` in the settings that `filled.py` names is replaced from the environment
when the endpoint connects.
"""

from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from msgspec import Struct, field

if TYPE_CHECKING:
    from wsmonitor.tables.known_codes import CloseCodes

NS = 1_000_000_000


def to_ns(seconds: float) -> int:
    """Seconds as integer nanoseconds."""
    return round(seconds * NS)


class ConnectConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The opening: lookup, TCP, TLS and upgrade together."""

    timeout_s: float = 5.0
    """Limit for the whole opening; the error names the phase it was in."""
    max_redirects: int = 5
    """More redirects than this are a loop."""
    address: str = ""
    """Dial this IP address, directly, instead of looking up the URL's host: one server of several behind a name."""


class CloseConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The closing handshake."""

    timeout_s: float = 5.0
    """How long we wait for the peer's Close and its FIN before we abort."""


class LimitsConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one message may cost us."""

    max_message_bytes: int = 64 * 1024 * 1024
    """A longer message is refused with 1009. Generous: a monitor should not be the first to complain."""
    capture_bytes: int = 4096
    """So much of each message's head is kept for display."""


PING_INTERVAL_S = 20.0
"""What holds where nobody chose an interval; one that was chosen, be it this, is kept from the first ping on."""


class PingConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Protocol pings of our own."""

    enabled: bool = True
    """Without them there is no round trip, and a dead connection shows only when it is used."""
    interval_s: float | None = None
    """Not set: 20 s, which beats the common 30, 55, 60 and 100 s idle limits, and a few soon after the opening."""
    timeout_s: float = 10.0
    """A ping without a pong for this long is a miss."""
    max_missed: int = 2
    """More consecutive misses than this, with no byte received meanwhile, end the connection."""

    @property
    def every_s(self) -> float:
        """The interval that holds."""
        return PING_INTERVAL_S if self.interval_s is None else self.interval_s


class MatchRule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One condition on a received message; all conditions of a list must hold."""

    path: str = "$"
    """Where in the message's JSON: `$.type`, `$.items[0].id`."""
    op: Literal["eq", "ne", "in", "regex", "exists", "text_eq"] = "eq"
    """How to compare; `text_eq` compares the whole message as text."""
    value: Any = None
    """What to compare with: text, number, true, false or a list."""


class Correlation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which field of an answer names its request; without one, answers count first in, first out."""

    path: str
    """Where in the answer: `$.id`."""
    equals: str
    """The request's value, with placeholders: `${seq}`."""


class AppHeartbeatConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Heartbeats of the application: a request by template, an answer by match."""

    enabled: bool = True
    """Off keeps these settings for later."""
    interval_s: float = 25.0
    """Ahead of a server's usual 30 s, well inside its 60 s."""
    timeout_s: float = 10.0
    """An answer later than this is a miss."""
    max_missed: int = 2
    """So many misses in a row are still borne."""
    request: str = '{"type":"ping","id":"${seq}"}'
    """What is sent: JSON or plain text, with placeholders (`${seq}`, `${uuid}`, `${ts_ms}`)."""
    match: tuple[MatchRule, ...] = (MatchRule(path="$.type", op="eq", value="pong"),)
    """A message that fulfils all of these is the answer."""
    correlate: Correlation | None = None
    """How an answer says which request it belongs to."""
    direction: Literal["client", "server", "both"] = "client"
    """Who beats: we, the server, or both."""
    reply: str = ""
    """What answers the peer's heartbeat where `direction` is `server` or `both`."""
    preset: str = ""
    """A known scheme: fills request, match, correlate, reply and direction (`tables/heartbeat_presets.py`)."""
    only_when_idle: bool = False
    """Beat only if both the last beat and the last activity are an interval ago."""
    on_miss: Literal["degrade", "close"] = "degrade"
    """Too many misses show as degraded, or close the connection."""


class RetryRule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What follows a Close that the peer sent first with one of these codes."""

    codes: str = ""
    """A code or a range, several with commas: `4000-4099,1008`. Empty means any."""
    reason: str = ""
    """A regular expression that the reason must contain. Empty means any."""
    then: Literal["retry", "slow", "stop"] = "stop"
    """Dial again as usual, dial again slowly, or stay closed."""


class RetryConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When to dial again. A monitor collects evidence, so it does not give up easily."""

    enabled: bool = True
    """Off: one connection and no more."""
    base_s: float = 0.5
    """The n-th delay is 0.25 s and a draw from 0 to base * 2^(n-1) (full jitter); a forced end waits just this."""
    cap_s: float = 15.0
    """The draw goes no higher. What the server asks for (Retry-After, 429, 1001, 1012, 1013) and slow rules may."""
    stable_after_s: float = 5.0
    """The count starts over only after a connection lived so long; the next delay is then 0.05 to 0.5 s."""
    breaker: bool = True
    """Five failed openings or lives under 1 s within 60 s slow dialling to at most one try every 15 s."""
    monitor_mode: bool = True
    """Look again every 5 minutes after what no retry mends; where a refusal gives no reason, first after 20 s."""
    rule: tuple[RetryRule, ...] = ()
    """The first rule that fits a Close decides."""


class OutboxConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Bounds of what waits while a connection is down: each of the parallel connections has its own."""

    max_messages: int = 1000
    """The limit line of the plot."""
    max_bytes: int = 4 * 1024 * 1024
    """All waiting messages together."""
    ttl_s: float = 30.0
    """A message older than this is dropped; 0 keeps messages of any age."""
    overflow: Literal["reject", "drop_oldest", "drop_newest"] = "reject"
    """What gives way once a bound is reached."""
    on_unknown: Literal["report", "resend"] = "report"
    """Messages in doubt after a loss are reported; `resend` sends them again (they may arrive twice)."""


class TlsConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How wss:// is secured."""

    verify: bool = True
    """Off takes any certificate: for test servers only."""
    ca: str = ""
    """Trust the certificates in this PEM file."""
    cert: str = ""
    """Client certificate (PEM)."""
    key: str = ""
    """Key of the client certificate (PEM)."""
    passphrase: str = ""
    """Passphrase of the key; `${NAME}` reads it from the environment."""
    server_name: str = ""
    """Name to ask for (SNI) and to verify instead of the URL's host."""


class TrafficConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Messages that the monitor sends by itself, through the outbox, connected or not."""

    messages: tuple[str, ...] = ()
    """Texts with placeholders (`${seq}`, `${uuid}`, `${ts_ms}`); every tick queues all in order."""
    every_s: float = 0.0
    """Time between ticks, counted from the first dial; 0 sends once per run."""


class FaultConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fault on the way through a tap that switches itself on."""

    kind: str
    """What it does: `latency`, `drop_pongs`, `reset` (`wsmonitor tap --help` lists them)."""
    argument: str = ""
    """How much, and where: `100ms±30ms,down`."""
    at_s: float = 0.0
    """So long after the tap began to listen."""
    duration_s: float = 0.0
    """So long it stays on; 0 until it is switched off."""


class TapConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A tap: other programs connect to `listen`, and what they say passes on to the endpoint's URL."""

    enabled: bool = True
    """Listen for other programs instead of dialling; off keeps these settings for later."""
    listen: int = 0
    """Port on 127.0.0.1 and ::1; 0 takes a free one."""
    address: str = ""
    """Another address to listen on than loopback: anybody who reaches it can use the tap."""
    allow_hosts: tuple[str, ...] = ()
    """Host headers that are answered, beside those of loopback."""
    allow_origins: tuple[str, ...] = ()
    """Pages of these origins may use the tap, beside those of loopback."""
    keep_host: bool = False
    """Pass Host and Origin on as they are."""
    forwarded: bool = False
    """Say with X-Forwarded-Host and X-Forwarded-For what was changed."""
    mimic: bool = False
    """Reset a client whose server cannot be reached, instead of answering 502."""
    small_buffers: bool = False
    """64 KiB of kernel buffer each way, so that a slow reader is felt sooner."""
    cert: str = ""
    """Speak TLS to clients with this certificate and key (PEM)."""
    key: str = ""
    """Key of that certificate, where it is not in the same file."""
    max_clients: int = 512
    """More connections at once are refused with 503."""
    fault: tuple[FaultConfig, ...] = ()
    """Faults that switch themselves on."""


class OwnCloseCode(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a code from 4000 to 4999 means to the server that sends it."""

    code: int
    """4000 to 4999: what the protocol leaves to private agreement."""
    name: str
    """A few words, shown wherever the code is."""
    meaning: str = ""
    """A sentence, shown where the code is explained."""
    reconnect: Literal["yes", "slow", "no"] = "yes"
    """Dial again after the peer closed with it: as usual, slowly, or not at all."""


class EndpointConfig(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One monitored endpoint. `name` is unique; the workspace fills it with the URL where empty."""

    name: str
    """How it is called in tables and logs."""
    url: str
    """`ws://` or `wss://`; without a scheme `ws://` is meant."""
    tags: tuple[str, ...] = ()
    """Words to find it by; rows can be grouped by the first."""
    connections: int = 1
    """Parallel connections, each with a slot of its own."""
    headers: dict[str, str] = {}
    """Sent with the upgrade request; `${NAME}` is read from the environment."""
    subprotocols: tuple[str, ...] = ()
    """Offered in this order; the server chooses one."""
    origin: str = ""
    """The page that a browser would say it comes from."""
    auth: str = ""
    """`user:password` for HTTP basic authentication."""
    proxy: str = ""
    """A proxy's URL, `none`, or empty for what the environment says (which spares loopback)."""
    compression: bool = True
    """Offer permessage-deflate."""
    preamble: tuple[str, ...] = ()
    """Messages sent first on every open, ahead of anything that waits."""
    profile: str = ""
    """A framework whose own close codes are known (`tables/profiles.py`)."""
    close_code: tuple[OwnCloseCode, ...] = ()
    """What this server's own close codes mean, before what the profile says. For all endpoints: `[[close_code]]`."""
    shared_close_code: tuple[OwnCloseCode, ...] = ()
    """The same for the whole workspace: from its `[[close_code]]`, never a key of `[[endpoint]]`."""
    echo: bool = False
    """Send every data message back."""
    health_check: bool = False
    """Ping after the opening and send data only after the first pong; until then pings go on, though turned off."""
    connect: ConnectConfig = field(default_factory=ConnectConfig)
    close: CloseConfig = field(default_factory=CloseConfig)
    limits: LimitsConfig = field(default_factory=LimitsConfig)
    ping: PingConfig = field(default_factory=PingConfig)
    app_heartbeat: AppHeartbeatConfig | None = None
    retry: RetryConfig = field(default_factory=RetryConfig)
    outbox: OutboxConfig = field(default_factory=OutboxConfig)
    tls: TlsConfig = field(default_factory=TlsConfig)
    traffic: TrafficConfig = field(default_factory=TrafficConfig)
    tap: TapConfig | None = None
    """Set, the endpoint is a tap: it dials only for clients that come to it."""

    @property
    def codes(self) -> "CloseCodes":
        """What close codes mean here: the endpoint's own, then the workspace's, then the profile's."""
        from wsmonitor.tables.close_codes import CloseCode  # the tables are not needed to read a command line
        from wsmonitor.tables.known_codes import EVERYBODYS, OWN_SOURCE, CloseCodes

        own = {row.code: row for row in (*self.shared_close_code, *self.close_code)}
        if not own and not self.profile:
            return EVERYBODYS
        rows = (
            CloseCode(row.code, row.name, "both", row.meaning, row.reconnect, OWN_SOURCE)
            for row in sorted(own.values(), key=lambda row: row.code)
        )
        return CloseCodes(tuple(rows), self.profile)

    @property
    def is_tap(self) -> bool:
        """True if the connections are those of other programs, which come to us."""
        return self.tap is not None and self.tap.enabled

    @property
    def host_port(self) -> str:
        """`host:port` of the URL, for budgets that endpoints of one server share.

        Where the port is none (a placeholder, say), what stands there serves as well.
        """
        parts = urlsplit(self.url)
        try:
            return f"{parts.hostname or ''}:{parts.port or (443 if parts.scheme == 'wss' else 80)}"
        except ValueError:
            return parts.netloc

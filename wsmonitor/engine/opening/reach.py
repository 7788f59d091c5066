"""The way to an endpoint's server: lookup, TCP and TLS, each timed, or a proxy; every option of connecting applies.

Through a proxy the library dials; then lookup, TCP and TLS are one phase and describe the proxy.
"""

import asyncio
import base64
import ssl
from collections.abc import Callable, Mapping
from typing import Any, Generic, Protocol, TypeVar
from urllib.parse import urljoin, urlsplit

from msgspec import Struct
from msgspec.structs import replace
from websockets.asyncio.client import connect
from websockets.datastructures import Headers
from websockets.exceptions import ProxyError, SecurityError
from websockets.proxy import get_proxy
from websockets.typing import Origin, Subprotocol
from websockets.uri import WebSocketURI, parse_uri

from wsmonitor.engine.opening import happy_eyeballs, resolver, tls, why_failed
from wsmonitor.engine.steps import OpenFailure
from wsmonitor.engine.wire.stamped_socket import StampedSocket
from wsmonitor.facts.events import Phase
from wsmonitor.settings.endpoint_settings import EndpointConfig
from wsmonitor.settings.filled import fill

C = TypeVar("C", bound=asyncio.Protocol)
_CREDENTIALS = frozenset({"authorization", "cookie", "proxy-authorization"})
_PORTS = {"ws": 80, "wss": 443}
_UPGRADABLE = {"http": "ws", "https": "wss"}


class DialReport(Protocol):
    """Who hears how a dial goes. `went_to` says where it goes, if not straight to the endpoint's address."""

    def went_to(self, detail: dict[str, str]) -> None: ...

    def phase_began(self, phase: Phase) -> None: ...

    def phase_done(self, phase: Phase, duration_ns: int, detail: dict[str, str]) -> None: ...


class DialError(Exception):
    """The dial failed; `failure` says in which phase and why."""

    def __init__(self, failure: OpenFailure) -> None:
        self.failure = failure
        super().__init__(failure.error)


class Target(Struct, frozen=True):
    """Where to dial, with every placeholder filled in."""

    url: str
    uri: WebSocketURI
    headers: Headers
    proxy: str | None


class Reach(Generic[C]):
    """Ways to the server of one endpoint.

    Args:
        now_ns: the monotonic clock.
        report: hears of each phase.
        make: called with the library's protocol and its options; makes the protocol that gets the bytes.
    """

    __slots__ = ("_config", "_made", "_make", "_now_ns", "_only", "_report", "phase", "socket")

    def __init__(
        self, config: EndpointConfig, *, now_ns: Callable[[], int], report: DialReport, make: Callable[..., C]
    ) -> None:
        self._config = config
        self._now_ns = now_ns
        self._report = report
        self._make = make
        self._made: C | None = None
        self._only: resolver.Address | None = None
        self.phase: Phase = "dns"
        """The phase in which it is, or failed."""
        self.socket: StampedSocket | None = None
        """The last one that was opened by us."""

    def stay_at(self, address: resolver.Address | None) -> None:
        """Dial this address without a lookup from now on; None looks it up again. A proxy looks up by itself."""
        self._only = address

    def target(self, environ: Mapping[str, str]) -> Target:
        """Where the settings lead, filled in from `environ`: first of all. Raises `SettingsError` or `InvalidURI`."""
        config = self._config = fill(self._config, environ)
        uri = parse_uri(config.url)
        headers = Headers(config.headers)
        if config.auth:
            headers["Authorization"] = f"Basic {base64.b64encode(config.auth.encode()).decode()}"
        return Target(config.url, uri, headers, self._proxy(uri))

    def _proxy(self, uri: WebSocketURI) -> str | None:
        """The proxy that the settings name, else the environment's, which loopback and a given address are spared."""
        if self._config.proxy:
            return None if self._config.proxy.lower() == "none" else self._config.proxy
        dialled = self._dialled(uri)
        return None if resolver.is_loopback(dialled) or dialled == self._config.connect.address else get_proxy(uri)

    def _dialled(self, uri: WebSocketURI) -> str:
        """The address that the settings give for their own server, else the host to look up."""
        own = parse_uri(self._config.url)
        is_own = (uri.host, uri.port) == (own.host, own.port)
        return (self._config.connect.address if is_own else "") or uri.host

    async def open(self, target: Target) -> C:
        """TCP, and TLS for `wss://`. Raises `DialError` or what went wrong; then nothing stays open."""
        self.begin("dns")
        connector = self._connector(target)
        if target.proxy is None:
            return await self._open_directly(target, connector)
        return await self._open_through_proxy(target, connector)

    def _connector(self, target: Target) -> connect:
        """The library's own opener: it knows extensions, limits and proxies."""

        def make(protocol: Any, **options: Any) -> C:
            self._made = self._make(protocol, **options)
            return self._made

        limits, config = self._config.limits, self._config
        options: dict[str, Any] = self._tls_options(target.uri) if target.uri.secure else {}
        return connect(
            target.url,
            origin=Origin(config.origin) if config.origin else None,
            subprotocols=[Subprotocol(name) for name in config.subprotocols] or None,
            compression="deflate" if config.compression else None,
            proxy=target.proxy,
            max_size=limits.max_message_bytes,
            close_timeout=config.close.timeout_s,
            create_connection=make,  # type: ignore[arg-type]  # a factory serves as well as the class
            **options,
        )

    def _tls_options(self, uri: WebSocketURI) -> dict[str, Any]:
        config = self._config.tls
        return {"ssl": tls.context(config), "server_hostname": config.server_name or uri.host}

    async def _open_directly(self, target: Target, connector: connect) -> C:
        uri = target.uri
        if self._only is not None:
            answers = resolver.Answers((self._only,), 0)
        else:
            answers = await resolver.resolve(self._dialled(uri), uri.port)
        found = ", ".join(str(address) for address in answers.addresses)
        self._report.phase_done("dns", answers.duration_ns, {"addresses": found})

        started_ns = self.begin("tcp")
        race = happy_eyeballs.Race(self._now_ns)
        try:
            sock = self.socket = await race.run(answers.addresses)
        except OSError as error:
            failure = why_failed.explain("tcp", error)
            detail = {"attempts": "; ".join(map(str, race.attempts))}
            raise DialError(replace(failure, detail=detail)) from error
        detail = {"attempts": "; ".join(map(str, race.attempts)), "local": _address(sock.getsockname())}
        self._report.phase_done("tcp", self._now_ns() - started_ns, detail)

        secure = uri.secure
        started_ns = self.begin("tls") if secure else started_ns
        options = connector.create_connection_kwargs if secure else {}
        loop = asyncio.get_running_loop()
        try:
            transport, _ = await loop.create_connection(lambda: connector.factory(uri), sock=sock, **options)
        except BaseException:
            sock.close()
            raise
        if secure:
            secured = transport.get_extra_info("ssl_object")
            assert isinstance(secured, ssl.SSLObject)
            self._report.phase_done("tls", self._now_ns() - started_ns, tls.describe(secured))
        assert self._made is not None
        return self._made

    async def _open_through_proxy(self, target: Target, connector: connect) -> C:
        started_ns = self.begin("tcp")
        proxy = origin(target.proxy or "")
        detail = {"proxy": proxy}
        try:
            await connector.open_tcp_connection()
        except (OSError, ProxyError) as error:
            failure = why_failed.explain("tcp", error)
            raise DialError(replace(failure, error=f"proxy {proxy}: {failure.error}")) from error
        assert self._made is not None
        self._report.phase_done("tcp", self._now_ns() - started_ns, detail)
        return self._made

    def redirected(self, target: Target, location: str) -> Target:
        """Where an answer's `Location` leads; credentials stay with their origin. Raises `SecurityError`."""
        url = urljoin(target.url, location)
        scheme = urlsplit(url).scheme
        url = _UPGRADABLE.get(scheme, scheme) + url[len(scheme) :]
        uri = parse_uri(url)
        if target.uri.secure and not uri.secure:
            raise SecurityError(f"refused a redirect from wss:// to ws://: {url}")
        headers = target.headers
        if (uri.secure, uri.host, uri.port) != (target.uri.secure, target.uri.host, target.uri.port):
            kept = [(name, value) for name, value in headers.raw_items() if name.lower() not in _CREDENTIALS]
            headers = Headers(kept)
        return Target(url, uri, headers, self._proxy(uri))

    def begin(self, phase: Phase) -> int:
        """A phase begins; when."""
        self.phase = phase
        self._report.phase_began(phase)
        return self._now_ns()


def origin(url: str) -> str:
    """Scheme, host and port of a URL."""
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    port = parts.port or _PORTS.get(parts.scheme)
    return f"{parts.scheme}://{host}:{port}" if port else f"{parts.scheme}://{host}"


def _address(name: Any) -> str:
    return f"{name[0]}:{name[1]}" if isinstance(name, tuple) and len(name) >= 2 else str(name)

"""Open a connection phase by phase: lookup, TCP, TLS, upgrade; each timed, redirects followed by us.

Through a proxy the library dials; then lookup, TCP and TLS are one phase and describe the proxy.
"""

import asyncio
import base64
import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol
from urllib.parse import urljoin, urlsplit

from msgspec import structs
from websockets.asyncio.client import connect
from websockets.datastructures import Headers
from websockets.exceptions import InvalidStatus, SecurityError
from websockets.http11 import Request
from websockets.proxy import get_proxy
from websockets.typing import Origin, Subprotocol
from websockets.uri import WebSocketURI, parse_uri

from wsmonitor.engine.clocks.clock import Clock
from wsmonitor.engine.opening import happy_eyeballs, resolver, tls, why_failed
from wsmonitor.engine.steps import OpenFailure
from wsmonitor.engine.wire.watched_connection import WatchedConnection, Watcher
from wsmonitor.facts.events import Phase
from wsmonitor.settings.endpoint_settings import EndpointConfig
from wsmonitor.settings.placeholders import fill_environment

REDIRECTS = frozenset({300, 301, 302, 303, 307, 308})
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


@dataclass(frozen=True, slots=True)
class _Target:
    """Where to dial, with every placeholder filled in."""

    url: str
    uri: WebSocketURI
    headers: Headers
    proxy: str | None


class Dialer:
    """One dial of one endpoint. The connection it makes reports to `listener`."""

    __slots__ = ("_clock", "_config", "_connection", "_listener", "_phase", "_report")

    def __init__(self, config: EndpointConfig, *, clock: Clock, listener: Watcher, report: DialReport) -> None:
        self._config = config
        self._clock = clock
        self._listener = listener
        self._report = report
        self._phase: Phase = "dns"
        self._connection: WatchedConnection | None = None

    async def dial(self) -> None:
        """Open the connection, or raise `DialError`. On any error nothing stays open."""
        try:
            target = self._resolve_settings(os.environ)
            self._report.went_to(_way(target))
            for _ in range(self._config.connect.max_redirects + 1):
                redirect = await self._try(target)
                if redirect is None:
                    return
                target = redirect
                self._report.went_to(_way(target, is_redirected=True))
            raise SecurityError(f"more than {self._config.connect.max_redirects} redirects")
        except DialError:
            raise
        except Exception as error:
            lost_error = self._connection.lost_error if self._connection is not None else None
            heard = self._connection.heard if self._connection is not None else b""
            raise DialError(why_failed.explain(self._phase, error, lost_error=lost_error, heard=heard)) from error

    def _resolve_settings(self, environ: Mapping[str, str]) -> _Target:
        config = self._config
        url = fill_environment(config.url, environ)
        uri = parse_uri(url)
        headers = Headers({name: fill_environment(value, environ) for name, value in config.headers.items()})
        if config.auth:
            credentials = base64.b64encode(fill_environment(config.auth, environ).encode()).decode()
            headers["Authorization"] = f"Basic {credentials}"
        return _Target(url, uri, headers, self._proxy(uri))

    def _proxy(self, uri: WebSocketURI) -> str | None:
        if self._config.proxy == "none" or resolver.is_loopback(uri.host):
            return None
        return self._config.proxy or get_proxy(uri)

    async def _try(self, target: _Target) -> _Target | None:
        """Open a connection to `target`; another target if the answer is a redirect."""
        self._begin("dns")
        connection = await self._connect(target)
        _let_win(target.headers, connection)
        self._begin("http")
        try:
            await connection.handshake(target.headers)
        except BaseException as error:
            connection.transport.abort()
            location = _location(error)
            if location is None:
                raise
            return self._redirected(target, location)
        connection.forget_opening()
        return None

    async def _connect(self, target: _Target) -> WatchedConnection:
        connector = self._connector(target)
        if target.proxy is None:
            return await self._open_directly(target, connector)
        return await self._open_through_proxy(target, connector)

    def _connector(self, target: _Target) -> connect:
        """The library's own opener: it knows extensions, limits and proxies."""

        def make(protocol: Any, **options: Any) -> WatchedConnection:
            self._connection = WatchedConnection(
                protocol, listener=self._listener, now_ns=self._clock.now_ns, **options
            )
            return self._connection

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
        files = {name: fill_environment(getattr(config, name), os.environ) for name in ("ca", "cert", "key")}
        passphrase = fill_environment(config.passphrase, os.environ)
        made = tls.context(structs.replace(config, passphrase=passphrase, **files))
        return {"ssl": made, "server_hostname": config.server_name or uri.host}

    async def _open_directly(self, target: _Target, connector: connect) -> WatchedConnection:
        uri = target.uri
        answers = await resolver.resolve(uri.host, uri.port)
        found = ", ".join(str(address) for address in answers.addresses)
        self._report.phase_done("dns", answers.duration_ns, {"addresses": found})

        started_ns = self._begin("tcp")
        race = happy_eyeballs.Race(self._clock.now_ns)
        try:
            sock = await race.run(answers.addresses)
        except OSError as error:
            failure = why_failed.explain("tcp", error)
            detail = {"attempts": "; ".join(map(str, race.attempts))}
            raise DialError(replace(failure, detail=detail)) from error
        detail = {"attempts": "; ".join(map(str, race.attempts)), "local": _address(sock.getsockname())}
        self._report.phase_done("tcp", self._clock.now_ns() - started_ns, detail)

        secure = uri.secure
        started_ns = self._begin("tls") if secure else started_ns
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
            self._report.phase_done("tls", self._clock.now_ns() - started_ns, tls.describe(secured))
        assert self._connection is not None
        return self._connection

    async def _open_through_proxy(self, target: _Target, connector: connect) -> WatchedConnection:
        started_ns = self._begin("tcp")
        proxy = _origin(target.proxy or "")
        detail = {"proxy": proxy}
        try:
            connection = await connector.open_tcp_connection()
        except OSError as error:
            failure = why_failed.explain("tcp", error)
            raise DialError(replace(failure, error=f"proxy {proxy}: {failure.error}")) from error
        assert isinstance(connection, WatchedConnection)
        self._report.phase_done("tcp", self._clock.now_ns() - started_ns, detail)
        return connection

    def _redirected(self, target: _Target, location: str) -> _Target:
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
        return _Target(url, uri, headers, self._proxy(uri))

    def _begin(self, phase: Phase) -> int:
        self._phase = phase
        self._report.phase_began(phase)
        return self._clock.now_ns()


def _let_win(headers: Headers, connection: WatchedConnection) -> None:
    """Let the user's headers replace those of the library (Host, Authorization) instead of doubling them."""
    if not headers:
        return
    protocol = connection.protocol
    make_request = protocol.connect

    def connect_request() -> Request:
        del protocol.connect  # asked once
        request = make_request()
        for name in headers:
            if name in request.headers:
                del request.headers[name]
        return request

    protocol.connect = connect_request  # type: ignore[method-assign]  # a hook in the instance


def _location(error: BaseException) -> str | None:
    """Where an answer redirects to, if it does."""
    if isinstance(error, InvalidStatus) and error.response.status_code in REDIRECTS:
        values = error.response.headers.get_all("Location")
        return values[0] if values else None
    return None


def _way(target: _Target, *, is_redirected: bool = False) -> dict[str, str]:
    """What a failure says of where it happened: `proxy` and `redirected_to`, each without path and credentials."""
    way = {"proxy": _origin(target.proxy)} if target.proxy is not None else {}
    return way | {"redirected_to": _origin(target.url)} if is_redirected else way


def _origin(url: str) -> str:
    """Scheme, host and port of a URL."""
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    port = parts.port or _PORTS.get(parts.scheme)
    return f"{parts.scheme}://{host}:{port}" if port else f"{parts.scheme}://{host}"


def _address(name: Any) -> str:
    return f"{name[0]}:{name[1]}" if isinstance(name, tuple) and len(name) >= 2 else str(name)

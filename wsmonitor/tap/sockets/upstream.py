"""Opens the server's leg: lookup, proxy, TCP, TLS; each timed and told, with every option of connecting."""

import asyncio
import base64
import os
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from msgspec.structs import replace as replace_fields
from websockets.asyncio.client import connect_socks_proxy
from websockets.exceptions import ProxyError
from websockets.proxy import Proxy, get_proxy, parse_proxy, prepare_connect_request
from websockets.uri import WebSocketURI, parse_uri

from wsmonitor.engine.clocks.clock import Clock
from wsmonitor.engine.opening import happy_eyeballs, resolver, tls, why_failed
from wsmonitor.engine.steps import OpenFailure
from wsmonitor.facts.events import Phase
from wsmonitor.settings.endpoint_settings import EndpointConfig, TapConfig
from wsmonitor.settings.filled import fill
from wsmonitor.tap.request.request_head import END, MAX_HEAD_BYTES, HeadError, Rewriting, Upstream, parse_answer
from wsmonitor.tap.sockets.tls_layer import Layer, TlsInTls, TlsLayer
from wsmonitor.text.units import exact_s

_READ_BYTES = 64 * 1024
_PORTS = {False: 80, True: 443}


class DialReport(Protocol):
    """Who hears how it goes."""

    def phase_began(self, phase: Phase) -> None: ...

    def phase_done(self, phase: Phase, duration_ns: int, detail: dict[str, str]) -> None: ...


class UpstreamError(Exception):
    """The server's leg could not be opened; `failure` says in which phase and why."""

    def __init__(self, failure: OpenFailure) -> None:
        self.failure = failure
        super().__init__(failure.error)


@dataclass(frozen=True, slots=True)
class Opened:
    """A connected socket and, for wss, the secured layer over it."""

    sock: socket.socket
    tls: Layer | None


@dataclass(frozen=True, slots=True)
class Target:
    """Where to dial and what to change in requests. `config` has every placeholder filled in."""

    config: EndpointConfig
    uri: WebSocketURI
    rewriting: Rewriting
    proxy: str | None


def target_of(config: EndpointConfig, environ: Mapping[str, str] = os.environ) -> Target:
    """Where the settings lead. Raises `SettingsError` or `InvalidURI` where they lead nowhere."""
    config = fill(config, environ)
    uri = parse_uri(config.url)
    headers = list(config.headers.items())
    if config.auth:
        headers.append(("Authorization", f"Basic {base64.b64encode(config.auth.encode()).decode()}"))
    host = f"[{uri.host}]" if ":" in uri.host else uri.host
    authority = host if uri.port == _PORTS[uri.secure] else f"{host}:{uri.port}"
    scheme = "https" if uri.secure else "http"
    settings = config.tap or TapConfig()
    rewriting = Rewriting(
        upstream=Upstream(authority, f"{scheme}://{authority}", uri.path, uri.query),
        keeps_host=settings.keep_host,
        origin=config.origin,
        headers=tuple(headers),
        forwards=settings.forwarded,
    )
    return Target(config, uri, rewriting, _proxy(config, uri))


def plain(target: Target) -> Target:
    """The same server for a client that takes the tap for its proxy: TLS, Host and Origin are the client's own."""
    rewriting = replace(
        target.rewriting, upstream=replace(target.rewriting.upstream, path="", query=""), keeps_host=True
    )
    return replace(target, uri=replace(target.uri, secure=False), rewriting=rewriting)


def _proxy(config: EndpointConfig, uri: WebSocketURI) -> str | None:
    """The proxy that the settings name, else the environment's, which loopback and a given address are spared."""
    if config.proxy:
        return None if config.proxy.lower() == "none" else config.proxy
    return None if resolver.is_loopback(uri.host) or config.connect.address else get_proxy(uri)


class Dial:
    """One attempt to open the server's leg."""

    def __init__(self, target: Target, *, clock: Clock, report: DialReport) -> None:
        self._config = target.config
        self._target = target
        self._clock = clock
        self._report = report
        self._phase: Phase = "dns"

    async def open(self) -> Opened:
        """Connect within the limit of the settings, or raise `UpstreamError`. On any error nothing stays open."""
        try:
            async with asyncio.timeout(self._config.connect.timeout_s):
                return await self._open()
        except TimeoutError as error:
            limit = f"no answer within {exact_s(self._config.connect.timeout_s)}"
            raise UpstreamError(OpenFailure(self._phase, limit)) from error
        except UpstreamError:
            raise
        except Exception as error:
            raise UpstreamError(why_failed.explain(self._phase, error)) from error

    async def _open(self) -> Opened:
        uri, proxy = self._target.uri, self._target.proxy
        if proxy is None:
            opened = Opened(await self._connect(self._config.connect.address or uri.host, uri.port, {}), None)
        else:
            opened = await self._connect_through(parse_proxy(proxy))
        try:
            return Opened(opened.sock, await self._secure(opened)) if uri.secure else opened
        except BaseException:
            opened.sock.close()
            raise

    async def _connect(self, host: str, port: int, way: dict[str, str]) -> socket.socket:
        self._begin("dns")
        answers = await resolver.resolve(host, port)
        found = ", ".join(str(address) for address in answers.addresses)
        self._report.phase_done("dns", answers.duration_ns, {"addresses": found, **way})
        started_ns = self._begin("tcp")
        race = happy_eyeballs.Race(self._clock.now_ns)
        try:
            sock = await race.run(answers.addresses)
        except OSError as error:
            failure = why_failed.explain("tcp", error)
            raise UpstreamError(replace_fields(failure, detail={"attempts": _attempts(race), **way})) from error
        detail = {"attempts": _attempts(race), "local": _address(sock), **way}
        self._report.phase_done("tcp", self._clock.now_ns() - started_ns, detail)
        plain = socket.socket(fileno=sock.detach())  # bytes go on sooner where nobody asks for the kernel's stamps
        plain.setblocking(False)
        return plain

    async def _connect_through(self, proxy: Proxy) -> Opened:
        way = {"proxy": f"{proxy.scheme}://{proxy.host}:{proxy.port}"}
        if proxy.scheme not in ("http", "https"):
            return Opened(await self._connect_through_socks(proxy, way), None)
        sock = await self._connect(proxy.host, proxy.port, way)
        try:
            secured = await self._secure_proxy(proxy, sock) if proxy.scheme == "https" else None
            request = prepare_connect_request(proxy, self._target.uri, "wsmonitor")
            status = _connect_status(await _asked(request, sock, secured, way), way)
            if not 200 <= status < 300:
                text = f"the proxy answered HTTP {status}"
                raise UpstreamError(OpenFailure("tcp", text, status=status, fatal=status == 407, detail=way))
        except BaseException:
            sock.close()
            raise
        return Opened(sock, secured)

    async def _secure_proxy(self, proxy: Proxy, sock: socket.socket) -> TlsLayer:
        """TLS with the proxy itself: trusted like the server, and shown no certificate of ours."""
        config = replace_fields(self._config.tls, cert="", key="", server_name="")
        layer = TlsLayer(tls.context(config, alpn=("http/1.1",)), server_hostname=proxy.host)
        await shake_hands(layer, sock)
        return layer

    async def _connect_through_socks(self, proxy: Proxy, way: dict[str, str]) -> socket.socket:
        started_ns = self._begin("tcp")
        try:
            sock = await connect_socks_proxy(proxy, self._target.uri)
        except (OSError, ProxyError) as error:
            failure = why_failed.explain("tcp", error)
            raise UpstreamError(replace_fields(failure, error=f"proxy {way['proxy']}: {failure.error}")) from error
        self._report.phase_done("tcp", self._clock.now_ns() - started_ns, way)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return sock

    async def _secure(self, opened: Opened) -> Layer:
        started_ns = self._begin("tls")
        config = self._config.tls
        # Only HTTP/1.1 can be passed on byte for byte to a client that speaks HTTP/1.1.
        context = tls.context(config, alpn=("http/1.1",))
        layer = TlsLayer(context, server_hostname=config.server_name or self._target.uri.host)
        whole = layer if opened.tls is None else TlsInTls(opened.tls, layer)
        await shake_hands(whole, opened.sock)
        self._report.phase_done("tls", self._clock.now_ns() - started_ns, tls.describe(layer.ssl_object))
        return whole

    def _begin(self, phase: Phase) -> int:
        self._phase = phase
        self._report.phase_began(phase)
        return self._clock.now_ns()


async def shake_hands(layer: Layer, sock: socket.socket) -> bytes:
    """Do the handshake over `sock`; what the other side said right behind it. Raises `OSError`."""
    loop = asyncio.get_running_loop()
    await loop.sock_sendall(sock, layer.start())
    plain = b""
    while not layer.is_ready:
        data = await loop.sock_recv(sock, _READ_BYTES)
        if not data:
            raise ConnectionResetError("ended during the TLS handshake")  # without a number: it was a FIN
        try:
            plain, to_send = layer.feed(data)
        except ssl.SSLError:
            await loop.sock_sendall(sock, layer.take_alert())
            raise
        if to_send:
            await loop.sock_sendall(sock, to_send)
    return plain


async def _asked(request: bytes, sock: socket.socket, secured: TlsLayer | None, way: dict[str, str]) -> bytes:
    """What a proxy answers to CONNECT, up to the end of its head."""
    loop = asyncio.get_running_loop()
    await loop.sock_sendall(sock, request if secured is None else secured.wrap(request))
    heard = b""
    while END not in heard:
        data = await loop.sock_recv(sock, _READ_BYTES)
        heard += data if secured is None or not data else secured.feed(data)[0]
        if not data or len(heard) > MAX_HEAD_BYTES:
            raise UpstreamError(OpenFailure("tcp", "the proxy did not answer CONNECT", detail=way))
    return heard


def _connect_status(heard: bytes, way: dict[str, str]) -> int:
    try:
        return parse_answer(heard[: heard.index(END) + len(END)]).status
    except HeadError as error:
        raise UpstreamError(OpenFailure("tcp", f"the proxy's answer cannot be read: {error}", detail=way)) from error


def _attempts(race: happy_eyeballs.Race) -> str:
    return "; ".join(map(str, race.attempts))


def _address(sock: socket.socket) -> str:
    name = sock.getsockname()
    return f"{name[0]}:{name[1]}"

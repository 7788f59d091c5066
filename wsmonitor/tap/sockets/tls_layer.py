"""TLS between a socket's bytes and a pair's, with each end of it in our own hands.

asyncio's TLS cannot half-close and turns several ends into one; here close_notify, FIN and RST stay what they are.
"""

import contextlib
import ssl
from typing import Protocol

from wsmonitor.facts.errors import WsmonitorError
from wsmonitor.settings.endpoint_settings import TapConfig

_READ_BYTES = 256 * 1024


class Layer(Protocol):
    """What stands between a socket's bytes and a pair's. Raises `ssl.SSLError` where the other side breaks TLS."""

    @property
    def is_ready(self) -> bool:
        """True once the handshake is done."""
        ...

    @property
    def has_ended(self) -> bool:
        """True once the other side sent close_notify: nothing more will come."""
        ...

    def start(self) -> bytes:
        """Begin the handshake; what to send."""
        ...

    def feed(self, data: bytes) -> tuple[bytes, bytes]:
        """Bytes came: what they say, and what to send in return."""
        ...

    def wrap(self, data: bytes | memoryview) -> bytes:
        """What to send so that the other side gets `data`."""
        ...

    def end(self) -> bytes:
        """Say that nothing more will come from us (close_notify); what to send."""
        ...

    def take_alert(self) -> bytes:
        """What TLS itself wants to say after an error."""
        ...


class TlsLayer:
    """One secured connection, as bytes in and out. Raises `ssl.SSLError` where the other side breaks TLS."""

    __slots__ = ("_incoming", "_object", "_outgoing", "has_ended", "is_ready")

    def __init__(
        self, context: ssl.SSLContext, *, server_hostname: str | None = None, server_side: bool = False
    ) -> None:
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._object = context.wrap_bio(
            self._incoming, self._outgoing, server_side=server_side, server_hostname=server_hostname
        )
        self.is_ready = False
        """True once the handshake is done."""
        self.has_ended = False
        """True once the other side sent close_notify: nothing more will come."""

    @property
    def ssl_object(self) -> ssl.SSLObject:
        """What the handshake agreed to."""
        return self._object

    def start(self) -> bytes:
        """Begin the handshake; what to send."""
        self._shake()
        return self._outgoing.read()

    def feed(self, data: bytes) -> tuple[bytes, bytes]:
        """Bytes came: what they say, and what to send in return."""
        self._incoming.write(data)
        if not self.is_ready:
            self._shake()
        plain = []
        while self.is_ready and not self.has_ended:
            try:
                piece = self._object.read(_READ_BYTES)
            except (ssl.SSLWantReadError, ssl.SSLSyscallError):
                break
            except ssl.SSLZeroReturnError:
                self.has_ended = True
                break
            if not piece:
                self.has_ended = True
                break
            plain.append(piece)
        return b"".join(plain), self._outgoing.read()

    def wrap(self, data: bytes | memoryview) -> bytes:
        """What to send so that the other side gets `data`."""
        self._object.write(data)
        return self._outgoing.read()

    def end(self) -> bytes:
        """Say that nothing more will come from us (close_notify); what to send."""
        if not self.is_ready:
            return self._outgoing.read()
        with contextlib.suppress(ssl.SSLError):  # the other side's close_notify may not be there yet: nobody waits
            self._object.unwrap()
        return self._outgoing.read()

    def take_alert(self) -> bytes:
        """What TLS itself wants to say after an error."""
        return self._outgoing.read()

    def _shake(self) -> None:
        try:
            self._object.do_handshake()
        except ssl.SSLWantReadError:
            return
        self.is_ready = True


class TlsInTls:
    """A secured connection within another one: to a server through a proxy that is spoken to over TLS."""

    __slots__ = ("_inner", "_outer")

    def __init__(self, outer: Layer, inner: Layer) -> None:
        self._outer = outer
        self._inner = inner

    @property
    def is_ready(self) -> bool:
        """True once the server's handshake is done; the proxy's was before."""
        return self._inner.is_ready

    @property
    def has_ended(self) -> bool:
        """True once the server, or the proxy, said that nothing more will come."""
        return self._inner.has_ended or self._outer.has_ended

    def start(self) -> bytes:
        """Begin the handshake with the server; what to send."""
        return self._outer.wrap(self._inner.start())

    def feed(self, data: bytes) -> tuple[bytes, bytes]:
        """Bytes came: what the server says, and what to send in return."""
        heard, answer = self._outer.feed(data)
        plain, to_send = self._inner.feed(heard) if heard else (b"", b"")
        return plain, answer + self._wrapped(to_send)

    def wrap(self, data: bytes | memoryview) -> bytes:
        """What to send so that the server gets `data`."""
        return self._outer.wrap(self._inner.wrap(data))

    def end(self) -> bytes:
        """Say to both that nothing more will come from us; what to send."""
        return self._wrapped(self._inner.end()) + self._outer.end()

    def take_alert(self) -> bytes:
        """What TLS itself wants to say after an error."""
        return self._wrapped(self._inner.take_alert()) + self._outer.take_alert()

    def _wrapped(self, data: bytes) -> bytes:
        return self._outer.wrap(data) if data else b""


def server_context(settings: TapConfig) -> ssl.SSLContext | None:
    """What clients are to be secured with, where TLS is asked for. Raises `WsmonitorError` for a bad certificate."""
    if not settings.cert:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(["http/1.1"])
    try:
        context.load_cert_chain(settings.cert, settings.key or None)
    except (OSError, ssl.SSLError) as error:
        raise WsmonitorError(f"cannot use {settings.cert} as the tap's certificate: {error}") from error
    return context

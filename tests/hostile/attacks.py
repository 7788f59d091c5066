"""What hostile peers do with a connection, each one function over a blocking socket.

They run in a process of their own (`attackers.py`), so that what they burn is not what the monitor burns.
An attack ends when the victim ends the connection: whatever it writes then raises, and its thread is over.
"""

import socket
import struct
import zlib
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha1
from itertools import repeat
from threading import Event

from tests.engine.peer import BINARY, CLOSE, CONT, PING, PONG, TEXT, close, frame

GIB = 1 << 30
BLOCK = 64 * 1024

NASTY_REASON = '<img src="file:///etc/passwd"><b>bye</b>\x1b]0;owned\x07\x1b[2J\u202egnp.exe\r\n%s{0}'
"""Markup, terminal escapes, a bidirectional override, a line break, format directives."""

Attack = Callable[[socket.socket], None]


# Before the connection is open


def endless_headers(sock: socket.socket) -> None:
    """An answer whose headers never end."""
    _request(sock)
    sock.sendall(b"HTTP/1.1 101 Switching Protocols\r\n")
    for number in _endless():
        sock.sendall(b"X-%d: y\r\n" % number * 100)


def one_endless_header(sock: socket.socket) -> None:
    """An answer whose first header line never ends."""
    _request(sock)
    sock.sendall(b"HTTP/1.1 101 Switching Protocols\r\nX: ")
    _for_ever(sock, b"y" * BLOCK)


def endless_body(sock: socket.socket) -> None:
    """A refusal whose body never ends."""
    _request(sock)
    sock.sendall(b"HTTP/1.1 500 Oops\r\nContent-Length: 99999999999\r\n\r\n")
    _for_ever(sock, b"y" * BLOCK)


def endless_chunks(sock: socket.socket) -> None:
    """A refusal in chunks, without an end."""
    _request(sock)
    sock.sendall(b"HTTP/1.1 500 Oops\r\nTransfer-Encoding: chunked\r\n\r\n")
    _for_ever(sock, b"1000\r\n" + b"y" * 0x1000 + b"\r\n")


def slow_loris(sock: socket.socket) -> None:
    """One byte of the answer at a time, often enough to look alive."""
    _request(sock)
    for byte in b"HTTP/1.1 101 Switching Protocols\r\nX-Slow: " + b"y" * 100_000:
        sock.sendall(bytes([byte]))
        Event().wait(0.05)


def redirect_to_itself(sock: socket.socket) -> None:
    """Look again, here."""
    host = _request(sock)["host"]
    sock.sendall(f"HTTP/1.1 302 Found\r\nLocation: ws://{host}/again\r\nContent-Length: 0\r\n\r\n".encode())


def http2_preface(sock: socket.socket) -> None:
    """A server that speaks HTTP/2 and nothing else: SETTINGS, then GOAWAY."""
    sock.sendall(bytes.fromhex("000012040000000000000300000080000400010000000500ffffff"))
    sock.sendall(bytes.fromhex("0000080700000000000000000000000001"))
    _drain(sock)


def smtp_banner(sock: socket.socket) -> None:
    """A mail server greets first and finds the request odd."""
    sock.sendall(b"220 mail.example ESMTP\r\n")
    sock.recv(BLOCK)
    sock.sendall(b"502 5.5.2 Error: command not recognized\r\n")
    _drain(sock)


def tls_alert(sock: socket.socket) -> None:
    """A TLS server was asked in clear text: a fatal alert."""
    sock.recv(BLOCK)
    sock.sendall(bytes.fromhex("15030100020246"))
    sock.close()


def noise(sock: socket.socket) -> None:
    """Bytes of no protocol at all."""
    sock.recv(BLOCK)
    sock.sendall(bytes(range(256)) * 64)
    _drain(sock)


def wrong_everything(sock: socket.socket) -> None:
    """A 101 whose every header is wrong."""
    _request(sock)
    sock.sendall(
        b"HTTP/1.1 101 Nonsense\r\nUpgrade: carrier-pigeon\r\nConnection: close\r\nSec-WebSocket-Accept: no\r\n"
        b"Sec-WebSocket-Protocol: a, b\r\nSec-WebSocket-Extensions: permessage-deflate; what=ever\r\n\r\n"
    )
    _drain(sock)


def unasked_extension(sock: socket.socket) -> None:
    """The right answer, with an extension that nobody offered."""
    _accept(sock, "Sec-WebSocket-Extensions: x-exfiltrate")
    _drain(sock)


# Once it is open


def gibibyte_announced(sock: socket.socket) -> None:
    """A header that announces 1 GiB, and as much of it as is taken."""
    _accept(sock)
    sock.sendall(bytes([0x80 | BINARY, 127]) + struct.pack("!Q", GIB))
    _for_ever(sock, bytes(BLOCK))


def exabytes_announced(sock: socket.socket) -> None:
    """The largest length that a header can say, and one that none may."""
    _accept(sock)
    sock.sendall(bytes([0x80 | BINARY, 127]) + b"\xff" * 8)
    _drain(sock)


def compression_bomb(sock: socket.socket) -> None:
    """256 MiB of zeros in 256 KiB on the wire."""
    _accept(sock, "Sec-WebSocket-Extensions: permessage-deflate")
    squeeze = zlib.compressobj(9, wbits=-15)
    body = b"".join(squeeze.compress(bytes(1 << 20)) for _ in range(256)) + squeeze.flush(zlib.Z_SYNC_FLUSH)[:-4]
    sock.sendall(frame(BINARY, body, rsv=4))
    _drain(sock)


def bomblets(sock: socket.socket) -> None:
    """One message in fragments that are small alone and compressed."""
    _accept(sock, "Sec-WebSocket-Extensions: permessage-deflate")
    squeeze = zlib.compressobj(9, wbits=-15)
    for number in range(1024):
        part = squeeze.compress(bytes(1 << 20)) + squeeze.flush(zlib.Z_SYNC_FLUSH)
        sock.sendall(frame(CONT if number else BINARY, part, fin=False, rsv=0 if number else 4))
    _drain(sock)


def empty_fragments(sock: socket.socket) -> None:
    """A message of four million fragments, all of them empty."""
    _accept(sock)
    sock.sendall(frame(TEXT, fin=False))
    for _ in range(4_000_000 // 10_000):
        sock.sendall(frame(CONT, fin=False) * 10_000)
    _drain(sock)


def ping_flood(sock: socket.socket) -> None:
    """Pings, as fast as they are taken; the pongs are read and thrown away."""
    _accept(sock)
    sock.setblocking(False)
    pings = frame(PING) * 32_768
    while True:
        try:
            sock.send(pings)  # cut anywhere: the next block is wrong then, unless frames are of two bytes
        except BlockingIOError:
            _pass_over(sock)


def deaf_ping_flood(sock: socket.socket) -> None:
    """Pings, as fast as they are taken, by one that reads no pong."""
    _accept(sock)
    _for_ever(sock, frame(PING, b"x" * 124) * 512)


def pong_flood(sock: socket.socket) -> None:
    """Pongs that nobody asked for."""
    _accept(sock)
    _for_ever(sock, frame(PONG) * 32_768)


def message_flood(sock: socket.socket) -> None:
    """Tiny messages, as fast as they are taken."""
    _accept(sock)
    _for_ever(sock, frame(TEXT) * 32_768)


def byte_by_byte(sock: socket.socket) -> None:
    """A frame cut into single bytes, then a proper end."""
    _accept(sock)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for byte in frame(TEXT, b"slowly") + close(1000, "done"):
        sock.sendall(bytes([byte]))
    _drain(sock)


def nasty_reason(sock: socket.socket) -> None:
    """A Close whose reason is out for whoever shows it."""
    _accept(sock)
    sock.sendall(close(4000, NASTY_REASON))
    _drain(sock)


def never_reads(sock: socket.socket) -> None:
    """Accepts, then neither reads nor writes."""
    _accept(sock)
    Event().wait()


INVALID = {
    "masked": frame(TEXT, b"hi", mask=b"mask"),
    "bad_opcode": frame(3, b"hi"),
    "bad_control": frame(11),
    "rsv1": frame(TEXT, b"hi", rsv=4),
    "rsv23": frame(TEXT, b"hi", rsv=3),
    "long_ping": frame(PING, b"x" * 126),
    "split_ping": frame(PING, b"x", fin=False),
    "orphan": frame(CONT, b"hi"),
    "nested": frame(TEXT, b"a", fin=False) + frame(TEXT, b"b"),
    "bad_utf8": frame(TEXT, b"\xc3\x28"),
    "split_utf8": frame(TEXT, b"\xe2\x82", fin=False) + frame(CONT, b""),
    "short_close": frame(CLOSE, b"\x03"),
    "close_1005": close(1005),
    "close_bad_utf8": frame(CLOSE, struct.pack("!H", 1000) + b"\xff"),
    "http_again": b"HTTP/1.1 500 Oops\r\n\r\n" + b"y" * 200,
}
"""Bytes that break RFC 6455 in one way each."""


def _invalid(data: bytes) -> Attack:
    def attack(sock: socket.socket) -> None:
        _accept(sock)
        sock.sendall(data)
        _drain(sock)

    return attack


ATTACKS: dict[str, Attack] = {
    attack.__name__: attack
    for attack in (
        *(endless_headers, one_endless_header, endless_body, endless_chunks, slow_loris, redirect_to_itself),
        *(http2_preface, smtp_banner, tls_alert, noise, wrong_everything, unasked_extension),
        *(gibibyte_announced, exabytes_announced, compression_bomb, bomblets, empty_fragments),
        *(ping_flood, deaf_ping_flood, pong_flood, message_flood, byte_by_byte, nasty_reason, never_reads),
    )
} | {name: _invalid(data) for name, data in INVALID.items()}


def _request(sock: socket.socket) -> dict[str, str]:
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        piece = sock.recv(BLOCK)
        if not piece:
            raise ConnectionError("no request")
        head += piece
    lines = head.decode("latin-1").split("\r\n")[1:]
    return {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}


def _accept(sock: socket.socket, *extra: str) -> None:
    key = _request(sock)["sec-websocket-key"]
    accept = b64encode(sha1(f"{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11".encode()).digest()).decode()
    lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"]
    sock.sendall("\r\n".join([*lines, f"Sec-WebSocket-Accept: {accept}", *extra, "", ""]).encode())


def _for_ever(sock: socket.socket, data: bytes) -> None:
    for block in repeat(data):
        sock.sendall(block)


def _endless() -> "repeat[int]":
    return repeat(7)


def _drain(sock: socket.socket) -> None:
    """Read until the victim ends the connection."""
    while sock.recv(BLOCK):
        pass


def _pass_over(sock: socket.socket) -> None:
    """Throw away what waits to be read; wait a moment if nothing does."""
    try:
        if not sock.recv(BLOCK):
            raise ConnectionError("the victim left")
    except BlockingIOError:
        Event().wait(0.001)

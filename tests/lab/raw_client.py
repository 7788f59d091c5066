"""A bare WebSocket client on asyncio streams, with framing of its own: it shares no code with the lab.

It answers nothing by itself and hides nothing: FIN and RST are values, illegal frames come as they are.
"""

import asyncio
import enum
import os
import ssl
from dataclasses import dataclass
from types import TracebackType
from urllib.parse import urlsplit

LIMIT_S = 5.0
"""Every wait for a fact ends after this time at the latest."""

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


class End(enum.Enum):
    """How the TCP connection ended."""

    FIN = "fin"
    RST = "rst"


@dataclass(frozen=True)
class Frame:
    """A frame as it came; `masked` ones have their payload unmasked."""

    opcode: int
    payload: bytes = b""
    fin: bool = True
    rsv: int = 0
    masked: bool = False


@dataclass(frozen=True)
class Answer:
    """An HTTP response; header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


def client_frame(opcode: int, payload: bytes = b"", *, fin: bool = True, rsv: int = 0, masked: bool = True) -> bytes:
    """The bytes of a frame as a client sends it, or with something wrong on purpose."""
    first = (0x80 if fin else 0) + (rsv << 4) + opcode
    bit = 0x80 if masked else 0
    if len(payload) < 126:
        head = bytes([first, bit + len(payload)])
    elif len(payload) < 1 << 16:
        head = bytes([first, bit + 126]) + len(payload).to_bytes(2, "big")
    else:
        head = bytes([first, bit + 127]) + len(payload).to_bytes(8, "big")
    if not masked:
        return head + payload
    mask = os.urandom(4)
    return head + mask + bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))


def close_body(code: int, reason: str = "") -> bytes:
    """The payload of a Close frame."""
    return code.to_bytes(2, "big") + reason.encode()


class RawClient:
    """One TCP connection; use it as an async context manager."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @classmethod
    async def dial(cls, url: str, *, tls: ssl.SSLContext | None = None) -> "RawClient":
        """A TCP connection to the URL's host and port, nothing sent yet."""
        parts = urlsplit(url)
        async with asyncio.timeout(LIMIT_S):
            return cls(*await asyncio.open_connection(parts.hostname, parts.port, ssl=tls, limit=1 << 22))

    @classmethod
    async def open(cls, url: str, *, headers: str = "", tls: ssl.SSLContext | None = None) -> "RawClient":
        """An upgraded connection; fails the test where the answer is not 101."""
        client = await cls.dial(url, tls=tls)
        answer = await client.ask(url, headers=headers)
        assert answer.status == 101, answer
        assert answer.headers["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="  # RFC 6455, 1.3
        return client

    @classmethod
    async def get(cls, url: str, *, headers: str = "") -> Answer:
        """The answer to an upgrade request, whatever it is; the connection is closed after it."""
        async with await cls.dial(url) as client:
            return await client.ask(url, headers=headers)

    async def ask(self, url: str, *, headers: str = "") -> Answer:
        """Sends an upgrade request and reads the answer."""
        parts = urlsplit(url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self.writer.write(
            f"GET {target} HTTP/1.1\r\nHost: {parts.netloc}\r\nUpgrade: websocket\r\n"
            "Connection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{headers}\r\n".encode()
        )
        async with asyncio.timeout(LIMIT_S):
            head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            first, *lines = head.rstrip().split("\r\n")
            found = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
            body = await self.reader.readexactly(int(found.get("content-length", 0)))
        return Answer(int(first.split()[1]), found, body)

    async def __aenter__(self) -> "RawClient":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.writer.transport.abort()

    def send(self, opcode: int, payload: bytes = b"", *, fin: bool = True, rsv: int = 0, masked: bool = True) -> None:
        """Sends one frame."""
        self.writer.write(client_frame(opcode, payload, fin=fin, rsv=rsv, masked=masked))

    async def next(self, *, limit_s: float = LIMIT_S) -> Frame | End:
        """The next frame, or how the connection ended; `TimeoutError` where nothing comes."""
        async with asyncio.timeout(limit_s):
            try:
                return await self._read_frame()
            except asyncio.IncompleteReadError as error:
                if error.partial:
                    raise AssertionError(f"the connection ended inside a frame: {error.partial!r}") from error
                return End.FIN
            except ConnectionResetError:
                return End.RST

    async def answer_to(self, text: str) -> Frame | End:
        """Sends a text message and returns what comes next."""
        self.send(TEXT, text.encode())
        return await self.next()

    async def is_silent(self, for_s: float) -> bool:
        """True where nothing comes for so long."""
        try:
            await self.next(limit_s=for_s)
        except TimeoutError:
            return True
        return False

    async def _read_frame(self) -> Frame:
        first, second = await self.reader.readexactly(2)
        size = second & 0x7F
        if size >= 126:
            size = int.from_bytes(await self.reader.readexactly(2 if size == 126 else 8), "big")
        mask = await self.reader.readexactly(4) if second & 0x80 else b""
        payload = await self.reader.readexactly(size)
        if mask:
            payload = bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))
        return Frame(first & 0x0F, payload, bool(first & 0x80), (first >> 4) & 7, bool(mask))

"""Pure: the head of an HTTP request or answer, kept byte for byte but for the lines that must change."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

END = b"\r\n\r\n"
MAX_HEAD_BYTES = 64 * 1024

_REQUEST_LINE = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+) (\S+) HTTP/1\.[01]")
_STATUS_LINE = re.compile(rb"HTTP/1\.[01] (\d{3})(?: (.*))?")
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


class HeadError(ValueError):
    """What came is no HTTP head that could be passed on; the text says why."""


@dataclass(frozen=True, slots=True)
class Line:
    """One header as it came, folded lines included; `name` in small letters, `value` without the blanks around it."""

    raw: bytes
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class RequestHead:
    """A request's first line and headers. `str` fields hold latin-1: every byte has its character."""

    method: str
    target: str
    version: str
    lines: tuple[Line, ...]

    def values(self, name: str) -> list[str]:
        """Every value of a header, in order."""
        return [line.value for line in self.lines if line.name == name]

    @property
    def is_upgrade(self) -> bool:
        """True if it asks for WebSocket (RFC 6455, 4.1)."""
        return self.method == "GET" and any("websocket" in value.lower() for value in self.values("upgrade"))


@dataclass(frozen=True, slots=True)
class AnswerHead:
    """An answer's status and headers."""

    status: int
    reason: str
    lines: tuple[Line, ...]

    def values(self, name: str) -> list[str]:
        """Every value of a header, in order."""
        return [line.value for line in self.lines if line.name == name]

    @property
    def is_upgrade(self) -> bool:
        """True if from now on it is WebSocket."""
        return self.status == 101 and any("websocket" in value.lower() for value in self.values("upgrade"))


@dataclass(frozen=True, slots=True)
class Upstream:
    """Where requests go, as far as their head is concerned.

    `origin` is what a page of the upstream itself would send; `path` and `query` are those of its URL.
    """

    authority: str
    origin: str
    path: str = ""
    query: str = ""


@dataclass(frozen=True, slots=True)
class Rewriting:
    """What is changed on the way: Host and Origin together, and what the user asked for."""

    upstream: Upstream
    keeps_host: bool = False
    origin: str = ""
    """Sent whatever the client says; empty for the rule."""
    headers: tuple[tuple[str, str], ...] = ()
    """Added, in place of those of the same name."""
    forwards: bool = False
    """Say with X-Forwarded-* what was changed."""


def parse_request(raw: bytes) -> RequestHead:
    """A head that ends with an empty line. Raises `HeadError` where it is none."""
    first, lines = _split(raw)
    match = _REQUEST_LINE.fullmatch(first)
    if match is None:
        raise HeadError(f"expected a request of HTTP/1.1, found {first[:60]!r}")
    method, target = (group.decode("latin-1") for group in match.groups())
    return RequestHead(method, target, first[-8:].decode("latin-1"), lines)


def parse_answer(raw: bytes) -> AnswerHead:
    """A head that ends with an empty line. Raises `HeadError` where it is none."""
    first, lines = _split(raw)
    match = _STATUS_LINE.fullmatch(first)
    if match is None:
        raise HeadError(f"expected an answer of HTTP/1.1, found {first[:60]!r}")
    return AnswerHead(int(match[1]), (match[2] or b"").decode("latin-1"), lines)


def rewrite(head: RequestHead, way: Rewriting) -> bytes:
    """The head to send upstream: order, case and folding of everything else stay."""
    host = head.values("host")[0] if head.values("host") else ""
    upgrades = head.is_upgrade
    added = {name.lower(): value for name, value in way.headers}
    written: set[str] = set()
    lines: list[bytes] = []
    for line in head.lines:
        value = _changed(line, host=host, way=way, added=added)
        if line.name in ("connection", "keep-alive") and not upgrades:
            continue  # one request a connection: its answer then needs no parsing
        if line.name in added and line.name in written:
            continue
        written.add(line.name)
        lines.append(line.raw if value is None else _name_of(line) + value.encode("latin-1", "replace"))
    if way.origin and "origin" not in written:
        lines.append(b"Origin: " + way.origin.encode("latin-1", "replace"))
    extra = [(name, value) for name, value in way.headers if name.lower() not in written]
    if way.forwards:
        extra += [("X-Forwarded-Host", host), ("X-Forwarded-For", "127.0.0.1")]
    if not upgrades:
        extra.append(("Connection", "close"))
    lines += [f"{name}: {value}".encode("latin-1", "replace") for name, value in extra]
    first = f"{head.method} {joined_target(head.target, way.upstream)} {head.version}".encode("latin-1")
    return b"\r\n".join([first, *lines]) + END


def joined_target(target: str, upstream: Upstream) -> str:
    """Path and query below those of the upstream's URL; a target that begins with its path already stays."""
    path, mark, query = target.partition("?")
    prefix = upstream.path.rstrip("/")
    if prefix and path != prefix and not path.startswith(f"{prefix}/"):
        path = upstream.path if path == "/" else prefix + path
    if not mark and upstream.query:
        mark, query = "?", upstream.query
    return f"{path}{mark}{query}"


def answer(status: int, phrase: str, body: str, headers: Sequence[tuple[str, str]] = ()) -> bytes:
    """An answer of our own: plain text, and the connection ends."""
    content = body.encode()
    lines = [
        f"HTTP/1.1 {status} {phrase}",
        "Content-Type: text/plain; charset=utf-8",
        "X-Content-Type-Options: nosniff",
        f"Content-Length: {len(content)}",
        "Connection: close",
        *(f"{name}: {value}" for name, value in headers),
    ]
    return "\r\n".join(lines).encode("latin-1", "replace") + END + content


def shown_headers(lines: Iterable[Line], *, limit: int = 32, characters: int = 512) -> dict[str, str]:
    """Headers for people, bounded in number and length."""
    return {line.name[:characters]: line.value[:characters] for line in list(lines)[:limit]}


def _changed(line: Line, *, host: str, way: Rewriting, added: dict[str, str]) -> str | None:
    """The new value of a header; `None` if it stays as it is."""
    if line.name in added:
        return added[line.name]
    if line.name == "host" and not way.keeps_host:
        return way.upstream.authority
    if line.name == "origin":
        if way.origin:
            return way.origin
        scheme, _, authority = line.value.partition("://")
        # A page of the tap's own: to the upstream it is to look like one of the upstream's.
        if not way.keeps_host and scheme in ("http", "https") and authority.lower() == host.lower():
            return way.upstream.origin
    return None


def _name_of(line: Line) -> bytes:
    """The name as it was written, its colon and the blanks after it."""
    name, _, rest = line.raw.partition(b":")
    return name + b":" + rest[: len(rest) - len(rest.lstrip(b" \t"))]


def _split(raw: bytes) -> tuple[bytes, tuple[Line, ...]]:
    rows = raw[: -len(END)].split(b"\r\n")
    if any(b"\n" in row or b"\r" in row or b"\0" in row for row in rows):
        raise HeadError("expected lines that end with CR LF, found a bare CR, LF or NUL")
    folded: list[bytes] = []
    for row in rows[1:]:
        if row[:1] in (b" ", b"\t") and folded:
            folded[-1] += b"\r\n" + row
        else:
            folded.append(row)
    return rows[0], tuple([_line(row) for row in folded])


def _line(raw: bytes) -> Line:
    name, colon, value = raw.partition(b":")
    if not colon or not _NAME.fullmatch(name):
        raise HeadError(f"expected `Name: value`, found {raw[:60]!r}")
    return Line(raw, name.decode("latin-1").lower(), " ".join(value.decode("latin-1").split()))

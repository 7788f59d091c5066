"""Pure: the request of a client and the answer of a server, read as they come in."""

from dataclasses import dataclass

from wsmonitor.engine.opening.why_failed import parse_retry_after
from wsmonitor.engine.steps import OpenFailure
from wsmonitor.tap.request.forward import is_for_proxy
from wsmonitor.tap.request.guard import Guard, Refusal
from wsmonitor.tap.request.request_head import (
    END,
    MAX_HEAD_BYTES,
    AnswerHead,
    HeadError,
    RequestHead,
    answer,
    parse_answer,
    parse_request,
    shown_headers,
)

EARLY_BYTES = 256 * 1024
"""So much of what a client sends before the server answers waits here."""


class RequestReader:
    """Collects what a client sends until its request is complete.

    Args:
        guard: looks at requests that are meant for the tap; `None` within a tunnel that was let through.
    """

    def __init__(self, guard: Guard | None) -> None:
        self._guard = guard
        self._heard = bytearray()

    @property
    def heard_bytes(self) -> int:
        """What came so far, or waits behind the head."""
        return len(self._heard)

    @property
    def is_full(self) -> bool:
        """True once more than may wait does."""
        return len(self._heard) > EARLY_BYTES

    def feed(self, data: bytes) -> RequestHead | Refusal | None:
        """The request, or why it may not pass; `None` while more is to come."""
        self._heard += data
        if not self._heard[:1].isalpha():
            return Refusal("not_http", repr(bytes(self._heard[:20])), b"")
        end = self._heard.find(END)
        if (len(self._heard) if end < 0 else end) > MAX_HEAD_BYTES:
            text = answer(431, "Request Header Fields Too Large", "The request's head is too long.\n")
            return Refusal("not_http", "a head of more than 64 KiB", text)
        if end < 0:
            return None
        if self._heard.startswith(b"PRI * HTTP/2"):
            text = answer(505, "HTTP Version Not Supported", "This tap speaks HTTP/1.1.\n")
            return Refusal("not_http", "HTTP/2", text)
        raw, self._heard = bytes(self._heard[: end + len(END)]), self._heard[end + len(END) :]
        try:
            head = parse_request(raw)
        except HeadError as error:
            return Refusal("not_http", str(error)[:200], answer(400, "Bad Request", f"{error}\n"))
        if self._guard is None or is_for_proxy(head):
            return head
        return self._guard.refusal(head) or head

    def keep(self, data: bytes) -> None:
        """More behind the head, before the server can take it."""
        self._heard += data

    def take_early(self) -> bytes:
        """What came behind the head."""
        early, self._heard = bytes(self._heard), bytearray()
        return early


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer's head is complete; `in_head` bytes of the last piece belong to it."""

    head: AnswerHead
    in_head: int


class AnswerReader:
    """Reads a copy of the server's answer."""

    def __init__(self) -> None:
        self._heard = bytearray()

    @property
    def has_begun(self) -> bool:
        """True once anything came."""
        return bool(self._heard)

    def feed(self, data: bytes) -> Answered | OpenFailure | None:
        """The final answer, or what is wrong with it; `None` while more is to come (RFC 9110, 15.2: 1xx precede it)."""
        known = len(self._heard)
        self._heard += data
        while (end := self._heard.find(END)) >= 0:
            raw = bytes(self._heard[: end + len(END)])
            try:
                head = parse_answer(raw)
            except HeadError as error:
                return OpenFailure("http", f"the answer is not HTTP: {error}")
            if head.status == 101 or head.status >= 200:
                return Answered(head, len(raw) - known)
            del self._heard[: len(raw)]
            known -= len(raw)
        if len(self._heard) > MAX_HEAD_BYTES:
            return OpenFailure("http", "the answer's head is longer than 64 KiB")
        return None


def refused_upgrade(head: AnswerHead, wall_ns: int) -> OpenFailure:
    """Another answer than an upgrade, as a failed opening."""
    retry_after = next(iter(head.values("retry-after")), None)
    return OpenFailure(
        "http",
        f"HTTP {head.status} {head.reason}".rstrip(),
        status=head.status,
        retry_after_ns=parse_retry_after(retry_after, wall_s=wall_ns / 1e9),
        detail=shown_headers(head.lines),
    )

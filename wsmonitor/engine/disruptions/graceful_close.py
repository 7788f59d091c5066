"""The closing handshake with a code and a reason of the user's choice."""

from wsmonitor.engine.disruptions.disruption import Disruption

SENDABLE = "1000-1003, 1007-1014 or 3000-4999"


def _parse(text: str) -> tuple[int, str]:
    code_text, _, reason = text.partition(",")
    code = int(code_text) if code_text.isdigit() else (1000 if not code_text else -1)
    if not (1000 <= code <= 1003 or 1007 <= code <= 1014 or 3000 <= code <= 4999):
        raise ValueError(f"expected a code that may be sent ({SENDABLE}), found {code_text!r}")
    size = len(reason.encode())
    if size > 123:
        raise ValueError(f"expected a reason of at most 123 bytes (RFC 6455, 5.5), found {size}")
    return code, reason


DISRUPTION = Disruption(
    kind="graceful_close",
    title="Close with code",
    group="polite",
    hint="Close frame with a code and a reason, then wait for the peer's answer",
    argument="code[,reason]",
    parse=_parse,
    begin=lambda levers, words: levers.close(*words),
    watchdog_s=0.0,  # the closing handshake has a limit of its own
)

"""Break the protocol in one of seven ways: does the peer fail the connection as RFC 6455 wants?

Client frames are masked; the masking key is zero, so that the bytes below are what is meant.
"""

from wsmonitor.engine.disruptions.disruption import Disruption

FRAMES: dict[str, bytes] = {
    "unmasked": bytes.fromhex("8102 6869"),  # 5.1: a client must mask
    "bad_opcode": bytes.fromhex("8380 00000000"),  # 5.2: opcode 3 is reserved
    "rsv1": bytes.fromhex("a180 00000000"),  # 5.2: RSV2 without an extension (RSV1 may mean deflate)
    "long_ping": bytes.fromhex("89fe 007e 00000000") + bytes(126),  # 5.5: control frames carry 125 at most
    "bad_utf8": bytes.fromhex("8182 00000000 fffe"),  # 8.1: text is UTF-8
    "orphan_continuation": bytes.fromhex("8080 00000000"),  # 5.4: nothing to continue
    "close_1005": bytes.fromhex("8882 00000000 03ed"),  # 7.4.1: 1005 is never sent
}


def _parse(text: str) -> str:
    name = text or "bad_opcode"
    if name not in FRAMES:
        raise ValueError(f"expected one of {', '.join(FRAMES)}, found {text!r}")
    return name


DISRUPTION = Disruption(
    kind="invalid_frame",
    title="Invalid frame",
    group="misbehave",
    hint="One frame that breaks RFC 6455; the peer should close with 1002 or 1007",
    argument="which",
    choices=tuple(FRAMES),
    parse=_parse,
    begin=lambda levers, name: levers.write_raw(FRAMES[name]),
)

"""One table of endings: which of them were asked for here, and which are losses."""

import pytest
from msgspec.structs import replace

from tests.facts.builders import verdict
from wsmonitor.facts.events import Verdict

FIN = verdict(life_ns=1)


PEERS_CLOSE = replace(FIN, mechanism="close_frame")
OUR_CLOSE = replace(PEERS_CLOSE, initiator="local")
CLIENTS_CLOSE = replace(OUR_CLOSE, tapped=True)

ENDINGS = {
    "FIN without a Close": (FIN, False, True),
    "RST": (replace(FIN, mechanism="rst"), False, True),
    "the kernel gave up": (replace(FIN, initiator="os", mechanism="timeout"), False, True),
    "lost with the probe": (replace(FIN, initiator="unknown", mechanism="abort"), False, True),
    "a broken frame": (replace(FIN, mechanism="protocol_error"), False, True),
    "Close 1000": (replace(PEERS_CLOSE, received_code=1000, clean=True), False, False),
    "Close 1001": (replace(PEERS_CLOSE, received_code=1001, clean=True), False, False),
    "Close without a code": (replace(PEERS_CLOSE, received_code=1005, clean=True), False, True),
    "Close 1011": (replace(PEERS_CLOSE, received_code=1011, clean=True), False, True),
    "Close 4001": (replace(PEERS_CLOSE, received_code=4001, clean=True), False, True),
    "our heartbeat gave up": (replace(FIN, initiator="local", mechanism="timeout", by="heartbeat"), False, True),
    "our stop": (replace(OUR_CLOSE, by="stop", sent_code=1000, clean=True), True, False),
    "our stop, unanswered": (replace(OUR_CLOSE, by="stop", sent_code=1000), True, False),
    "our policy": (replace(OUR_CLOSE, by="policy", sent_code=1000), True, False),
    "a forced reset": (
        replace(FIN, initiator="local", mechanism="rst", by="disruption", forced="tcp_reset"),
        True,
        False,
    ),
    "FIN during a forced stall": (replace(FIN, forced="stall"), True, False),
    "the tapped client's Close 1000": (replace(CLIENTS_CLOSE, sent_code=1000), False, False),
    "the tapped client's Close 1011": (replace(CLIENTS_CLOSE, sent_code=1011), False, True),
}


@pytest.mark.parametrize(("verdict", "is_ours", "is_loss"), ENDINGS.values(), ids=ENDINGS)
def test_what_was_asked_for_here_is_no_loss_and_a_goodbye_is_none(
    verdict: Verdict, is_ours: bool, is_loss: bool
) -> None:
    assert (verdict.is_ours, verdict.is_loss) == (is_ours, is_loss)

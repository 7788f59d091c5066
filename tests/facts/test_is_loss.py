import pytest
from msgspec.structs import replace

from wsmonitor.facts.events import EndedBy, Mechanism, Verdict

FIN = Verdict(
    by=None,
    initiator="peer",
    mechanism="fin",
    received_code=None,
    received_reason=None,
    sent_code=None,
    sent_reason=None,
    clean=False,
    life_ns=1,
    silence_rx_ns=0,
    silence_tx_ns=0,
    forced=None,
)


@pytest.mark.parametrize("mechanism", ["fin", "rst", "timeout", "abort", "protocol_error"])
def test_an_end_without_a_close_handshake_is_a_loss(mechanism: Mechanism) -> None:
    assert replace(FIN, mechanism=mechanism).is_loss


@pytest.mark.parametrize(("code", "is_loss"), [(1000, False), (1001, False), (1005, True), (1011, True), (4001, True)])
def test_a_close_frame_is_a_loss_unless_it_says_that_all_is_well(code: int, is_loss: bool) -> None:
    assert replace(FIN, mechanism="close_frame", received_code=code).is_loss is is_loss


@pytest.mark.parametrize("by", ["stop", "policy", "disruption"])
def test_what_we_wanted_is_no_loss(by: EndedBy) -> None:
    assert not replace(FIN, initiator="local", by=by).is_loss


def test_a_heartbeat_that_gave_up_is_a_loss() -> None:
    assert replace(FIN, initiator="local", mechanism="timeout", by="heartbeat").is_loss


def test_what_happens_while_something_is_forced_is_no_loss() -> None:
    assert not replace(FIN, forced="stall").is_loss

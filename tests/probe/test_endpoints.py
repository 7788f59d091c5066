"""What a probe that was started again is told of a tap's planned faults."""

import pytest

from wsmonitor.facts.tap_events import TapListening
from wsmonitor.probe import channel
from wsmonitor.probe.endpoints import Endpoints
from wsmonitor.settings.endpoint_settings import EndpointConfig, FaultConfig, TapConfig

SECOND_NS = 1_000_000_000
CONNECT = channel.ConnectEndpoint(endpoint="tap")


def listening(at_s: int) -> TapListening:
    return TapListening(
        at_ns=at_s * SECOND_NS,
        endpoint="tap",
        addresses=("127.0.0.1:9001",),
        upstream="ws://h/",
        url="ws://localhost:9001/",
    )


def endpoints(*faults: FaultConfig) -> Endpoints:
    """A tap that listens since second 100."""
    made = Endpoints()
    made.note(channel.AddEndpoint(config=EndpointConfig(name="tap", url="ws://h/", tap=TapConfig(fault=faults))))
    made.note(CONNECT)
    made.count([listening(100)])
    return made


def replayed(made: Endpoints, at_s: int) -> TapConfig:
    added = made.replay(at_s * SECOND_NS)[0]
    assert isinstance(added, channel.AddEndpoint)
    assert added.config.tap is not None
    return added.config.tap


@pytest.mark.parametrize(
    ("planned", "left"),
    [
        (FaultConfig(kind="reset", at_s=9), None),
        (FaultConfig(kind="reset", at_s=15), FaultConfig(kind="reset", at_s=5)),
        (FaultConfig(kind="latency", at_s=9), FaultConfig(kind="latency")),
        (FaultConfig(kind="latency", at_s=9, duration_s=4), FaultConfig(kind="latency", duration_s=3)),
        (FaultConfig(kind="latency", at_s=2, duration_s=4), None),
        (FaultConfig(kind="latency", at_s=15, duration_s=4), FaultConfig(kind="latency", at_s=5, duration_s=4)),
        (FaultConfig(kind="stall", argument="30s", at_s=9), None),
        (FaultConfig(kind="http", argument="503,n=3", at_s=9), None),
    ],
)
def test_ten_seconds_later_what_is_to_come_keeps_its_time_and_what_was_done_is_not_done_again(
    planned: FaultConfig, left: FaultConfig | None
) -> None:
    assert replayed(endpoints(planned), 110).fault == (() if left is None else (left,))


def test_times_count_from_the_first_probe_that_listened_however_often_another_did() -> None:
    made = endpoints(FaultConfig(kind="reset", at_s=15))
    made.count([listening(110)])

    assert replayed(made, 112).fault == (FaultConfig(kind="reset", at_s=3),)


def test_a_tap_that_its_user_stops_and_starts_begins_anew() -> None:
    made = endpoints(FaultConfig(kind="reset", at_s=15))
    made.note(channel.StopEndpoint(endpoint="tap"))
    assert replayed(made, 130).fault == (FaultConfig(kind="reset", at_s=15),)
    made.note(CONNECT)
    made.count([listening(130)])

    assert replayed(made, 140).fault == (FaultConfig(kind="reset", at_s=5),)

"""No secret gets into a file, and no more of the messages than was asked for."""

from pathlib import Path

import pytest

from tests.analysis.facts import dropped, message
from tests.recording.session import ENDPOINTS, indiscreet, recorded
from wsmonitor.facts.events import Control, Message, SamplesDropped
from wsmonitor.recording import RecordingOptions
from wsmonitor.recording.options import PayloadPolicy
from wsmonitor.recording.privacy import Privacy
from wsmonitor.settings.endpoint_settings import AppHeartbeatConfig, EndpointConfig, TrafficConfig


@pytest.mark.parametrize("policy", ["none", "head", "full"])
def test_no_secret_is_in_the_file(tmp_path: Path, policy: PayloadPolicy) -> None:
    path = recorded(tmp_path / "run.wsmon", indiscreet(), RecordingOptions(payload=policy))

    assert b"s3cret" not in path.read_bytes()
    assert b"alice:pw" not in path.read_bytes()


@pytest.mark.parametrize(("policy", "kept"), [("none", 0), ("head", 256), ("full", 600)])
def test_the_policy_says_how_much_of_a_message_is_kept(policy: PayloadPolicy, kept: int) -> None:
    event = Privacy(RecordingOptions(payload=policy)).event(message(1, payload=b"x" * 600))

    assert isinstance(event, Message)
    assert (len(event.payload), event.size_bytes) == (kept, 600)


def test_without_payloads_a_close_still_says_its_code() -> None:
    privacy = Privacy(RecordingOptions(payload="none"))
    close = Control(at_ns=1, endpoint="v", direction="rx", opcode=8, payload=b"\x03\xe8bye")
    ping = Control(at_ns=1, endpoint="v", direction="rx", opcode=9, payload=b"data")

    assert privacy.event(close) == close
    assert privacy.event(ping) == Control(at_ns=1, endpoint="v", direction="rx", opcode=9)


def test_without_payloads_the_texts_of_the_configuration_go_too() -> None:
    config = EndpointConfig(
        name="v",
        url="ws://h/",
        preamble=("s3cret",),
        traffic=TrafficConfig(messages=("s3cret",)),
        app_heartbeat=AppHeartbeatConfig(request="s3cret", reply="s3cret"),
    )

    assert "s3cret" not in repr(Privacy(RecordingOptions(payload="none")).config(config))


def test_placeholders_are_no_secrets() -> None:
    config = EndpointConfig(name="v", url="ws://h/?token=${TOKEN}", auth="${AUTH}")

    assert Privacy(RecordingOptions()).config(config) == config


def test_names_that_are_urls_lose_their_tokens_and_stay_apart() -> None:
    privacy = Privacy(RecordingOptions())

    names = [privacy.name(f"ws://h/?token={number}") for number in (1, 2, 1)]

    assert names == ["ws://h/?token=***", "ws://h/?token=*** #2", "ws://h/?token=***"]


def test_a_configuration_is_kept_but_for_its_secrets() -> None:
    kept = Privacy(RecordingOptions()).config(ENDPOINTS[1])

    assert (kept.url, kept.connections, kept.preamble) == ("wss://***@chat.test/", 2, ('{"hello":1}',))
    assert (kept.auth, kept.tls.passphrase) == ("***", "***")


def test_word_of_dropped_messages_names_an_endpoint_as_its_events_do() -> None:
    name = "ws://h/?token=s3cret"
    privacy = Privacy(RecordingOptions())

    told = privacy.event(dropped(1, 2, received=3, name=name))

    assert isinstance(told, SamplesDropped)
    assert told.unlisted[0].endpoint == privacy.name(name) == "ws://h/?token=***"

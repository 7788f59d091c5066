"""Servers whose size limits are known: are they found, however they are stated?"""

import pytest

from tests.experiments.asking import ask
from tests.experiments.model_server import Habits
from wsmonitor.experiments.limits.experiment import EXPERIMENT


@pytest.mark.parametrize("awaits_frames", [False, True])
@pytest.mark.parametrize("frame_bytes", [5000, 65536])
def test_a_limit_of_frames_is_found_whether_they_are_refused_on_announcement_or_once_they_came(
    frame_bytes: int, awaits_frames: bool
) -> None:
    answer = ask(EXPERIMENT, Habits(frame_bytes=frame_bytes, awaits_frames=awaits_frames), max_bytes=1 << 18)

    assert (answer.value["frame_bytes"], answer.error["frame_bytes"]) == (frame_bytes, 0)
    assert ("once they came" in answer.checks[0].actual) is awaits_frames


def test_what_cannot_be_told_exactly_within_the_bytes_that_may_be_sent_is_told_as_a_bracket() -> None:
    answer = ask(EXPERIMENT, Habits(frame_bytes=200_001, awaits_frames=True), max_bytes=1 << 18)

    found, error = answer.value["frame_bytes"], answer.error["frame_bytes"]
    assert isinstance(found, int)
    assert isinstance(error, int)
    assert 0 < error < 20_000
    assert found <= 200_001 <= found + error


def test_without_a_limit_no_frame_is_called_refused() -> None:
    answer = ask(EXPERIMENT, Habits(), max_bytes=1 << 18)

    assert answer.value["frame_bytes"] is None
    assert answer.checks[0].verdict == "as expected"


@pytest.mark.parametrize("message_bytes", [5000, 65536])
def test_a_limit_of_messages_is_not_taken_for_one_of_frames(message_bytes: int) -> None:
    answer = ask(EXPERIMENT, Habits(message_bytes=message_bytes), max_bytes=1 << 18)

    assert (answer.value["frame_bytes"], answer.value["message_bytes"]) == (None, message_bytes)
    assert "only the limit of messages" in answer.checks[0].actual

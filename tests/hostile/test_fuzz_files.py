"""Whatever a file holds: it opens as far as it goes, or one of our own errors says why not; never a traceback."""

import random
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.recording.session import recorded
from tests.settings.workspace.test_reading import EXAMPLE
from wsmonitor.facts.errors import SettingsError
from wsmonitor.facts.events import Event
from wsmonitor.recording import RecordingError, Replay
from wsmonitor.settings.workspace import dumps, loads

KEYS = ["endpoint", "snippet", "name", "url", "ping", "interval_s", "headers", "retry", "rule", "tls", "match", "text"]

plain_values = st.sampled_from(["true", "-1", "1e400", "nan", '"x"', '"ws://h"', "[]", "{}", "[[1]]", "1979-05-27"])
keys = st.sampled_from(KEYS) | st.text("abz-_.", min_size=1, max_size=5)
lines = st.one_of(
    st.builds("[[{}]]".format, keys),
    st.builds("[{}.{}]".format, keys, keys),
    st.builds("{} = {}".format, keys, plain_values),
    st.text(max_size=20),
)


@given(text=st.text(max_size=200) | st.lists(lines, max_size=12).map("\n".join))
def test_a_workspace_loads_or_says_what_is_wrong(text: str) -> None:
    check_workspace(text)


@settings(max_examples=300)
@given(seed=st.integers(0, 2**32))
def test_a_workspace_that_was_edited_badly_loads_or_says_what_is_wrong(seed: int) -> None:
    dice = random.Random(seed)
    text = EXAMPLE.read_text()

    for _ in range(dice.randint(1, 5)):
        at = dice.randrange(len(text))
        text = (
            text[:at]
            + dice.choice(["", "=", "[", '"', "\n", "-1", "\x00", "é", "'''"])
            + text[at + dice.randint(0, 6) :]
        )

    check_workspace(text)


def check_workspace(text: str) -> None:
    with suppress(SettingsError):
        workspace = loads(text)
        assert loads(dumps(workspace)).endpoints == workspace.endpoints


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return recorded(tmp_path_factory.mktemp("whole") / "run.wsmon").read_bytes()


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("scratch")


@settings(max_examples=150)
@given(seed=st.integers(0, 2**32))
def test_a_recording_opens_as_far_as_it_goes_or_says_why_not(seed: int, whole: bytes, scratch: Path) -> None:
    dice = random.Random(seed)
    content = bytearray(whole)

    for _ in range(dice.randint(1, 40)):
        at = dice.randrange(len(content))
        match dice.randrange(3):
            case 0:
                content[at] = dice.randrange(256)
            case 1:
                content[at : at + 64] = dice.randbytes(min(64, len(content) - at))
            case _:
                del content[at + dice.randrange(1, 4096) :]

    check_recording(scratch / "run.wsmon", bytes(content))


@given(content=st.binary(max_size=300))
def test_what_is_no_recording_is_refused(content: bytes, scratch: Path) -> None:
    check_recording(scratch / "run.wsmon", content)
    check_recording(scratch / "run.wsmon", b"SQLite format 3\0" + content)


def check_recording(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with suppress(RecordingError), Replay(path) as replay:
        assert all(isinstance(event, Event) for batch in replay.batches() for event in batch)
        assert all(replay.problems)

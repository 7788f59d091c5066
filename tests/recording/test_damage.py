"""A damaged file opens as far as it goes and says what is missing."""

import random
from pathlib import Path

import pytest

from tests.recording.session import recorded, story
from wsmonitor.facts.events import AnyEvent
from wsmonitor.recording import RecordingError, RecordingOptions, Replay

PAGE = 4096


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A file of many pages, 20 events in a batch."""
    path = tmp_path_factory.mktemp("whole") / "run.wsmon"
    recorded(path, story() * 20, RecordingOptions(payload="none"))
    return path.read_bytes()


def opened(path: Path, content: bytes) -> tuple[list[AnyEvent], list[str]]:
    path.write_bytes(content)
    with Replay(path) as replay:
        return [event for batch in replay.batches() for event in batch], replay.problems


@pytest.mark.parametrize("share", [0.95, 0.6, 0.4])
def test_a_file_that_was_cut_off_opens_up_to_the_cut(tmp_path: Path, whole: bytes, share: float) -> None:
    events, problems = opened(tmp_path / "run.wsmon", whole[: int(len(whole) * share)])

    assert len(events) > 0
    assert events == (story() * 20)[: len(events)] or len(problems) > 1
    assert any("missing" in problem for problem in problems)


def test_a_hole_in_the_middle_is_named_and_passed_over(tmp_path: Path, whole: bytes) -> None:
    pages = len(whole) // PAGE
    content = bytearray(whole)
    for page in range(pages // 2, pages // 2 + 6):
        content[page * PAGE : (page + 1) * PAGE] = bytes(PAGE)

    events, problems = opened(tmp_path / "run.wsmon", bytes(content))

    assert len(story()) * 20 * 0.5 < len(events) < len(story()) * 20
    assert any("events are missing" in problem for problem in problems)


def test_a_file_without_its_first_pages_says_that_nothing_can_be_read(tmp_path: Path, whole: bytes) -> None:
    content = whole[:100] + bytes(2 * PAGE - 100) + whole[2 * PAGE :]

    with pytest.raises(RecordingError, match=r"damaged|cannot be opened"):
        opened(tmp_path / "run.wsmon", content)


@pytest.mark.parametrize("seed", range(8))
def test_no_damage_makes_reading_fail_in_an_unknown_way(tmp_path: Path, whole: bytes, seed: int) -> None:
    chance = random.Random(seed)
    content = bytearray(whole)
    for _ in range(40):
        at = chance.randrange(100, len(content) - 64)
        content[at : at + 64] = chance.randbytes(64)

    try:
        events, problems = opened(tmp_path / "run.wsmon", bytes(content))
    except RecordingError as error:  # where the damage hit the first pages
        events, problems = [], [str(error)]

    assert len(events) <= len(story()) * 20
    assert problems

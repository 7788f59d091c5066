"""Parameters in the query: parsed with units, refused with the name, the finding and an example."""

from dataclasses import dataclass

import pytest

from wsmonitor.lab.parameters import choice, duration, integer, parse_duration, parse_size, read, size, text
from wsmonitor.lab.wire.request import HttpError


@dataclass(frozen=True)
class Parameters:
    after_s: float = duration("5s", "when")
    limit_bytes: int = size("1KiB", "how much")
    code: int = integer(1000, "which", low=0, high=65535)
    how: str = choice("fin", ("fin", "rst"), "how")
    reason: str = text("", "why")


def test_units_are_understood() -> None:
    query = [("after", "1.5m"), ("limit", "2MiB"), ("code", "999"), ("how", "rst"), ("reason", "so, é")]

    assert read(Parameters, query) == Parameters(90.0, 2 * 1024 * 1024, 999, "rst", "so, é")


def test_a_room_is_accepted_everywhere_and_changes_nothing() -> None:
    assert read(Parameters, [("room", "alice")]) == Parameters()


@pytest.mark.parametrize(
    ("name", "word"),
    [
        *[("after", "5"), ("after", "-5s"), ("after", "nans"), ("limit", "1GB"), ("code", "65536"), ("code", "²")],
        *[("how", "FIN"), ("reason", "a\r\nb"), ("aftr", "5s")],
    ],
)
def test_a_mistake_names_the_parameter_and_what_was_found(name: str, word: str) -> None:
    with pytest.raises(HttpError) as caught:
        read(Parameters, [(name, word)])

    assert caught.value.status == 400
    assert repr(name) in caught.value.text
    assert name == "aftr" or repr(word) in caught.value.text
    assert name == "aftr" or f"?{name}=" in caught.value.text


def test_all_mistakes_are_reported_together() -> None:
    with pytest.raises(HttpError) as caught:
        read(Parameters, [("after", "soon"), ("code", "x")])

    assert "'after'" in caught.value.text
    assert "'code'" in caught.value.text


@pytest.mark.parametrize(("word", "seconds"), [("500us", 0.0005), ("500ms", 0.5), ("5s", 5), ("2m", 120), ("1h", 3600)])
def test_durations(word: str, seconds: float) -> None:
    assert parse_duration(word) == pytest.approx(seconds)


def test_sizes() -> None:
    assert (parse_size("100"), parse_size("100B"), parse_size("64KiB")) == (100, 100, 65536)
    with pytest.raises(ValueError, match="129MiB"):
        parse_size("129MiB")

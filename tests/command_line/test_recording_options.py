"""What belongs to `--record` on the command line."""

import click
import pytest
from click.testing import CliRunner

from wsmonitor.command_line.recording_options import RecordingOrder, recording_options


def read(*words: str) -> tuple[RecordingOrder | None, str]:
    """The order that these words make, or what is said against them."""
    orders: list[RecordingOrder | None] = []

    @click.command()
    @recording_options
    def command(recording: RecordingOrder | None) -> None:
        orders.append(recording)

    result = CliRunner().invoke(command, list(words))
    return (orders[0] if orders else None), result.output


def test_nothing_said_records_nothing() -> None:
    assert read() == (None, "")


def test_everything_said_goes_into_the_recording() -> None:
    order, _ = read(
        *("--record", "a.wsmon", "--force", "--payload", "full"),
        *("--rotate-size", "100MB", "--rotate-every", "1h", "--keep", "3"),
    )

    assert order is not None
    assert order.path.name == "a.wsmon"
    assert (order.options.overwrite, order.options.payload, order.options.keep_parts) == (True, "full", 3)
    assert (order.options.rotate_bytes, order.options.rotate_s) == (100 * 1024**2, 3600.0)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--rotate-size", "100MB"), "need --record FILE"),
        (("--record", "a", "--rotate-size", "many"), "expected a size such as 500KB"),
        (("--record", "a", "--rotate-size", "1KB"), "at least 64KB"),
        (("--record", "a", "--keep", "0"), "0 is not in the range"),
    ],
)
def test_what_makes_no_sense_is_said(words: tuple[str, ...], said: str) -> None:
    order, output = read(*words)

    assert order is None
    assert said in output

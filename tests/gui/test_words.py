"""How numbers, states and verdicts read."""

import pytest
from msgspec.structs import replace

from tests.gui.story import fin
from wsmonitor.config import NS
from wsmonitor.gui import words
from wsmonitor.gui.models.filtering import parse_filter


@pytest.mark.parametrize(
    ("duration_ns", "text"),
    [(None, "—"), (420_000, "0.42"), (4_200_000, "4.2"), (412_000_000, "412"), (12 * NS, "12 s")],
)
def test_round_trips_have_three_digits_at_most(duration_ns: int | None, text: str) -> None:
    assert words.milliseconds(duration_ns) == text


def test_without_a_close_frame_the_peer_cannot_be_told_from_a_proxy() -> None:
    assert words.who(fin(NS)) == "peer or proxy"
    assert words.who(fin(NS, code=1012)) == "peer"


def test_a_closure_is_named_by_its_code_where_there_is_one() -> None:
    assert words.how_short(fin(NS)) == "FIN"
    assert words.how_short(fin(NS, code=1012)) == "1012"
    assert words.how_short(fin(NS, code=1005)) == "Close"


def test_a_forced_closure_says_which_button_ended_it() -> None:
    verdict = fin(NS, forced="tcp_reset")

    assert (words.who(verdict), words.how(verdict), words.cause(verdict)) == ("us: button", "RST", "forced: tcp_reset")


def test_a_reason_from_the_peer_shows_its_control_characters() -> None:
    verdict = replace(fin(NS, code=4000), received_reason="a\x00b\u202ec<b>")

    assert words.reason(verdict) == "a␀b<U+202E>c<b>"


def test_a_broken_expression_passes_all_rows_and_says_why() -> None:
    wanted = parse_filter("/[/")

    assert wanted.is_empty
    assert "not a regular expression" in wanted.problem

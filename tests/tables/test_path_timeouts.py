from urllib.parse import urlsplit

import pytest

from wsmonitor.tables.path_timeouts import PATH_TIMEOUTS, PathTimeout, known_timeouts


@pytest.mark.parametrize("row", PATH_TIMEOUTS, ids=lambda row: f"{row.seconds:g} {row.element}")
def test_a_row_has_a_limit_a_knob_and_a_source(row: PathTimeout) -> None:
    assert 1 < row.seconds <= 86_400
    assert row.knob
    assert len(row.source) > 8
    assert urlsplit(row.source).scheme in ("", "https")


def test_several_elements_share_a_minute() -> None:
    assert len(known_timeouts(60.5, frozenset({"idle", "idle_tx"}))) >= 3


def test_a_limit_of_another_length_or_kind_is_not_known() -> None:
    assert known_timeouts(41, frozenset({"idle", "idle_tx", "lifetime", "silent_drop"})) == ()
    assert known_timeouts(60, frozenset({"lifetime"})) == ()


def test_what_any_byte_resets_is_not_offered_where_one_side_went_on() -> None:
    only_ours_count = known_timeouts(60, frozenset({"idle_tx"}))

    assert [row.element for row in only_ours_count] == ["Phoenix socket"]
    assert "nginx" in [row.element for row in known_timeouts(60, frozenset({"idle"}))]

import pytest

from wsmonitor.tables.close_codes import CLOSE_CODES, close_code, close_code_name


def test_codes_are_unique_in_order_and_each_has_its_source() -> None:
    codes = [row.code for row in CLOSE_CODES]

    assert codes == sorted(set(codes))
    assert all(row.name and row.meaning and row.source for row in CLOSE_CODES)


@pytest.mark.parametrize("code", [1004, 1005, 1006, 1015])
def test_nobody_may_send_what_stands_for_something_local(code: int) -> None:
    row = close_code(code)

    assert row is not None
    assert row.sender == "nobody"


@pytest.mark.parametrize(
    ("code", "name"),
    [
        (1012, "service restart"),
        (3003, "forbidden"),
        (999, "not allowed"),
        (2500, "reserved"),
        (3500, "registered for a framework"),
        (4404, "private use"),
        (5000, "not allowed"),
    ],
)
def test_every_code_has_a_name(code: int, name: str) -> None:
    assert close_code_name(code) == name

from wsmonitor.tables.close_codes import CloseCode
from wsmonitor.tables.known_codes import EVERYBODYS, OWN_SOURCE, CloseCodes

OWN = CloseCode(4401, "lobby closed", "both", "", "slow", OWN_SOURCE)


def test_the_user_s_own_name_goes_first_then_the_framework_s_then_the_range_s() -> None:
    codes = CloseCodes((OWN,), "graphql-ws")

    assert [codes.name(code) for code in (4401, 4403, 4321)] == ["lobby closed", "forbidden", "private use"]
    assert CloseCodes(profile="graphql-ws").name(4401) == "unauthorized"


def test_a_framework_renames_no_registered_code_but_may_say_what_follows() -> None:
    phoenix = CloseCodes(profile="phoenix")

    assert phoenix.name(1000) == "normal closure"
    assert phoenix.course(1000) == "stop"


def test_where_nobody_says_more_the_registry_does() -> None:
    assert EVERYBODYS.name(1012) == "service restart"
    assert EVERYBODYS.course(1012) is None
    row = EVERYBODYS.row(3003)
    assert row is not None
    assert row.name == "forbidden"

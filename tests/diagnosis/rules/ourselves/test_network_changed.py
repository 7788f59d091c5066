from tests.corpus.history import History
from tests.diagnosis.rules.judging import finding, found


def test_a_connection_that_dies_after_the_address_changed_is_put_down_to_it() -> None:
    line = History("roaming").line
    line.open()
    line.pings(line.opened_s + 99, 20)
    line.network(line.now_s + 3)
    line.close(line.now_s + 8, mechanism="rst")

    one = finding(line.history, "network_changed")
    assert one.severity == "info"
    assert "10.0.0.2 to 192.168.7.2" in one.evidence[0].text


def test_a_change_that_the_connection_survived_explains_no_later_end() -> None:
    line = History("survived").line
    line.open()
    line.network(line.opened_s + 30)
    line.pings(line.opened_s + 300, 20)
    line.close(line.opened_s + 310)

    assert "network_changed" not in found(line.history)


def test_a_close_frame_was_said_by_somebody_we_could_reach() -> None:
    line = History("goodbye").line
    line.open()
    line.network(line.opened_s + 30)
    line.close_code(line.opened_s + 33, 1008, "token expired")

    assert found(line.history) == {"policy_refusal"}


def test_openings_that_find_no_route_long_after_the_address_went_are_told_as_that() -> None:
    line = History("gone").line
    line.open()
    line.pings(line.opened_s + 99, 20)
    gone_s = line.now_s + 3
    line.network(gone_s, new="")
    line.close(gone_s + 4, mechanism="timeout", initiator="local", by="heartbeat")
    for wait_s in (5, 20, 35):
        line.fail("tcp", "no route: No route to host", at_s=gone_s + wait_s)

    assert {"network_changed", "no_route"} <= found(line.history)

from tests.corpus.history import History
from tests.diagnosis.rules.judging import finding, found


def listening(*, asks: bool, hears: bool = False, for_s: float = 100) -> History:
    line = History("silent").line
    line.open()
    if asks:
        line.send(line.opened_s + 0.1, b'{"type":"subscribe"}')
    if hears:
        line.receive(line.opened_s + 50)
    line.pings(line.opened_s + for_s, 20)
    line.stay()
    return line.history


def test_a_minute_without_a_message_after_ours_is_a_silent_subscription() -> None:
    assert finding(listening(asks=True), "silent_after_open", 100).severity == "info"


def test_who_asked_for_nothing_need_not_hear_anything() -> None:
    assert found(listening(asks=False), 100) == set()


def test_one_message_is_an_answer() -> None:
    assert found(listening(asks=True, hears=True), 100) == set()


def test_half_a_minute_is_too_early_to_tell() -> None:
    assert found(listening(asks=True, for_s=30), 30) == set()

from tests.corpus.history import History
from tests.diagnosis.rules.judging import finding, found, pending
from wsmonitor.diagnosis.findings import Pending


def answered(*pongs: bytes) -> History:
    """Pings of eight bytes, and what came back."""
    line = History("pongs").line
    line.open()
    for beat, pong in enumerate(pongs):
        line.control(line.opened_s + 20 * (beat + 1), "tx", 9, b"abcdefgh")
        line.control(line.opened_s + 20 * (beat + 1) + 0.01, "rx", 10, pong)
    line.stay()
    return line.history


def test_pongs_with_the_beginning_of_their_ping_are_cut() -> None:
    one = finding(answered(b"abcd", b"abcd", b"abcd"), "pongs_cut", 100)

    assert one.severity == "info"
    assert "only the first 4 bytes of a ping that carries 8" in one.sentence


def test_one_asks_for_a_second() -> None:
    assert pending(answered(b"abcd", b"abcdefgh"), "pongs_cut") == Pending(have=1, need=2)


def test_whole_empty_and_other_payloads_are_not_cut() -> None:
    assert found(answered(b"abcdefgh", b"", b"bcde", b"abcdefghi", b"abcdefgh"), 130) == set()

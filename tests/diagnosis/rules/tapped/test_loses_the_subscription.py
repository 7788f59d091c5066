"""A client that comes back and does not ask again, beside clients that need not, or do other work."""

from collections.abc import Callable

from tests.corpus.tapped_session import Client, Session
from tests.diagnosis.rules.tapped.judged import found

ASK = b'{"op": "subscribe", "channel": "prices"}'
BEAT = b'{"op": "beat"}'


def subscribed(client: Client, at_s: float, life_s: float, *, kind: bytes = ASK, after_s: float = 0.1) -> None:
    """Asks first, and is told something every second."""
    client.open(at_s)
    client.send(at_s + after_s, kind)
    told(client, at_s + after_s, at_s + life_s)
    client.end(at_s + life_s)


def told(client: Client, from_s: float, to_s: float) -> None:
    for second in range(1, int(to_s - from_s)):
        client.hear(from_s + second, b'{"event": "price"}')


def silent(client: Client, at_s: float, life_s: float) -> None:
    """Does not ask, beats, and hears only the welcome."""
    client.open(at_s)
    client.hear(at_s + 0.05, b'{"event": "welcome"}')
    for beat in range(1, int(life_s // 10)):
        client.send(at_s + 10 * beat, BEAT)
    client.end(at_s + life_s)


def then(later: Callable[[Client, float, float], None], *, times: int = 2, pid: int = 100) -> Session:
    """A connection that asks and beats, and others after it."""
    session = Session()
    client = session.client()
    client.open(0)
    client.send(0.1, ASK)
    client.send(20, BEAT)
    told(client, 0.1, 30)
    client.end(30)
    again = session.client(0, pid)
    for number in range(times):
        later(again, 32 + 50 * number, 40)
    return session


def test_a_client_that_comes_back_and_does_not_ask_again_has_lost_its_subscription() -> None:
    assert found(then(silent)) == {"loses_the_subscription"}


def test_once_is_too_few() -> None:
    assert found(then(silent, times=1)) == set()


def test_a_client_that_asks_again_has_not() -> None:
    assert found(then(subscribed)) == set()


def test_a_client_that_asks_again_later_than_before_has_not() -> None:
    def late(client: Client, at_s: float, life_s: float) -> None:
        subscribed(client, at_s, life_s, after_s=15)

    assert found(then(late)) == set()


def test_a_server_that_goes_on_by_itself_needs_no_second_asking() -> None:
    def fed(client: Client, at_s: float, life_s: float) -> None:
        client.open(at_s)
        told(client, at_s, at_s + life_s)
        client.end(at_s + life_s)

    assert found(then(fed)) == set()


def test_a_first_message_of_another_sort_may_ask_in_another_way() -> None:
    def resumed(client: Client, at_s: float, life_s: float) -> None:
        client.open(at_s)
        client.send(at_s + 0.1, b'{"op": "resume", "token": 1}')
        client.end(at_s + life_s)

    assert found(then(resumed)) == set()


def test_a_connection_too_short_to_ask_on_proves_nothing() -> None:
    def short(client: Client, at_s: float, _life_s: float) -> None:
        client.open(at_s)
        client.end(at_s + 3)

    assert found(then(short)) == set()


def test_another_program_never_asked() -> None:
    assert found(then(silent, pid=200)) == set()


def test_a_second_connection_beside_the_one_that_asks_is_for_other_work() -> None:
    session = Session()
    asking, other = session.client(0), session.client(1)
    subscribed(asking, 0, 100)
    for number in range(3):
        silent(other, 5 + 60 * number, 40)

    assert found(session) == set()


def test_what_came_back_after_a_fault_is_no_sample_where_the_fault_goes_on() -> None:
    def held(client: Client, at_s: float, life_s: float) -> None:
        client.open(at_s)
        client.disrupted(at_s + 0.01, "stall")
        client.end(at_s + life_s, forced="stall")

    assert found(then(held)) == set()


def test_a_connection_of_which_more_was_sent_than_is_remembered_proves_nothing() -> None:
    def talkative(client: Client, at_s: float, life_s: float) -> None:
        client.open(at_s)
        for number in range(60):
            client.send(at_s + 0.1 + number / 10, f'{{"op": "{chr(97 + number % 26)}{number}"}}'.encode())
        client.end(at_s + life_s)

    session = Session()
    for number in range(4):
        talkative(session.client(), 50 * number, 40)
    told(session.client(), 50, 80)

    assert found(session) == set()
    assert found(then(talkative)) == set()

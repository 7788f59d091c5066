"""Rules about the client before a tap, each beside what it must not be taken for."""

from tests.corpus.tapped_session import Session
from tests.diagnosis.rules.tapped.judged import everything, findings, found
from wsmonitor.facts.events import Disruption, HeartbeatMissed, RttSample
from wsmonitor.settings.endpoint_settings import to_ns


def test_beats_after_the_servers_close_are_sent_into_the_void() -> None:
    client = Session().client()
    client.open(0)
    client.close_frame(10, "rx")
    client.send(11)
    client.end(13, code=1011)

    assert found(client.session) == {"sends_after_close"}


def test_a_message_after_the_clients_own_close_is_never_right() -> None:
    client = Session().client()
    client.open(0)
    client.close_frame(10, "tx", 1000)
    client.send(10.01)
    client.end(11, by_client=True, code=1000)

    assert found(client.session) == {"sends_after_close"}


def test_a_message_that_crosses_the_servers_close_was_on_its_way() -> None:
    client = Session().client()
    client.open(0)
    client.close_frame(10, "rx")
    client.send(10.1)
    client.end(11, code=1011)

    assert found(client.session) == set()


def test_a_stream_that_goes_on_after_the_servers_close_may_have_been_on_its_way() -> None:
    client = Session().client()
    client.open(0)
    client.close_frame(10, "rx")
    for count in range(1, 50):
        client.send(10 + count / 100)
    client.end(11, code=1011)

    assert found(client.session) == set()


def test_a_message_so_large_that_it_had_begun_before_the_servers_close_was_on_its_way() -> None:
    client = Session().client()
    client.open(0)
    client.close_frame(10, "rx", 1009)
    client.send(11, wire_bytes=64_000_000)
    client.end(12, code=1009)

    assert found(client.session) == set()


def test_messages_after_a_close_that_a_fault_sent_are_forced() -> None:
    client = Session().client()
    client.open(0)
    client.say(Disruption, 9, kind="close", phase="started")
    client.close_frame(10, "rx")
    client.send(12)
    client.end(13, forced="close")

    assert found(client.session) == set()


def lives(gaps_s: list[float], code: int | None = None) -> Session:
    """Connections of 10 s with these pauses between them."""
    client = Session().client()
    at_s = 0.0
    client.open(at_s)
    for gap_s in gaps_s:
        client.end(at_s + 10, code=code)
        at_s += 10 + gap_s
        client.open(at_s)
    return client.session


def test_a_client_that_comes_back_at_once_hammers() -> None:
    assert found(lives([0.003, 0.004, 0.002, 0.003])) == {"hammers"}


def test_a_client_that_comes_back_at_once_after_a_server_that_goes_away_hammers() -> None:
    assert found(lives([0.003, 0.004, 0.002, 0.003], code=1001)) == {"hammers"}


def test_a_client_that_begins_anew_after_a_normal_end_does_not() -> None:
    assert found(lives([0.003, 0.004, 0.002, 0.003], code=1000)) == set()


def test_a_client_that_waits_longer_each_time_does_not() -> None:
    assert found(lives([0.05, 0.4, 1.1, 2.3, 4.0])) == set()


def test_a_client_that_comes_back_after_a_refused_token_does_not_heed_it() -> None:
    assert found(lives([1.0, 2.0, 4.0], code=1008)) == {"ignores_the_answer"}


def test_a_client_that_comes_back_after_a_restart_is_right() -> None:
    assert found(lives([1.0, 2.0, 4.0], code=1012)) == set()


def refusals(status: int, retry_after_s: float | None, gap_s: float) -> Session:
    client = Session().client()
    for number in range(5):
        client.refused(number * gap_s, status, retry_after_s)
    return client.session


def test_coming_back_before_retry_after_is_over_does_not_heed_it() -> None:
    assert found(refusals(503, 10, 1)) == {"ignores_the_answer"}


def test_waiting_as_long_as_retry_after_says_is_right() -> None:
    assert found(refusals(503, 10, 10.5)) == set()


def test_an_old_connection_that_is_never_used_again_was_forgotten() -> None:
    session = Session()
    old, new = session.client(0), session.client(1)
    for start_s in (0, 100):
        old.open(start_s)
        old.send(start_s + 1)
        new.open(start_s + 10)
        new.send(start_s + 11)
        old.end(start_s + 40)
        new.end(start_s + 60)

    assert found(session) == {"never_closes_the_old"}


def test_two_connections_that_are_both_used_are_meant() -> None:
    session = Session()
    old, new = session.client(0), session.client(1)
    for start_s in (0, 100):
        old.open(start_s)
        new.open(start_s + 10)
        new.send(start_s + 11)
        old.send(start_s + 20)
        old.end(start_s + 40)
        new.end(start_s + 60)

    assert found(session) == set()


def test_connections_of_two_processes_are_two_clients() -> None:
    session = Session()
    old, new = session.client(0, pid=1), session.client(1, pid=2)
    for start_s in (0, 100):
        old.open(start_s)
        new.open(start_s + 10)
        old.end(start_s + 40)
        new.end(start_s + 60)

    assert found(session) == set()


def missed_pings(number: int) -> Session:
    client = Session().client()
    client.open(0)
    for step in range(number):
        client.say(
            HeartbeatMissed, 20.0 * (step + 1), kind="client", consecutive=step + 1, waited_ns=to_ns(10), lag_ns=0
        )
    return client.session


def test_a_client_that_answers_no_ping_is_deaf() -> None:
    assert found(missed_pings(3)) == {"client_ignores_pings"}


def test_a_client_that_ever_answered_is_not() -> None:
    session = missed_pings(3)
    session.client().say(RttSample, 5, kind="client", round_trip_ns=1)

    assert found(session) == set()


def test_a_client_that_answers_does_not_speak_for_another_program() -> None:
    session = missed_pings(3)
    other = session.client(1, pid=200)
    other.open(0)
    other.asked(5, answers=True)

    assert found(session) == {"client_ignores_pings"}


def deaf(lives_s: list[float], *, answers: bool) -> Session:
    """A server that pings every 30 s and ends connections at these ages."""
    session = Session()
    client, at_s = session.client(), 0.0
    for life_s in lives_s:
        client.open(at_s)
        for beat in range(1, int(life_s // 30) + 1):
            client.asked(at_s + 30 * beat, answers=answers)
        client.end(at_s + life_s)
        at_s += life_s + 2
    return session


def test_ends_of_a_deaf_client_are_explained_by_its_deafness_and_not_by_their_age() -> None:
    assert everything(deaf([45.0] * 4, answers=False)) == {"client_ignores_pings"}


def test_ends_of_one_age_of_a_client_that_answers_are_not_its_doing() -> None:
    assert "lifetime_limit" in everything(deaf([45.0] * 4, answers=True))


def test_a_ping_right_before_the_end_could_not_be_answered() -> None:
    assert "client_ignores_pings" not in everything(deaf([30.5] * 4, answers=False))


def backlog(for_s: float) -> Session:
    client = Session().client()
    client.open(0)
    client.waits(10, 100_000)
    client.waits(10 + for_s, 0)
    client.end(60)
    return client.session


def test_a_client_that_does_not_read_for_seconds_is_told() -> None:
    assert found(backlog(5)) == {"client_does_not_read"}


def test_a_moment_of_waiting_is_nothing() -> None:
    assert found(backlog(1)) == set()


def welcomed(*, hasty_s: float | None, patient: int = 2, hasty: int = 3, gone: bool = True) -> Session:
    """Connections on which the client waits for the welcome, and others on which it speaks before it."""
    client = Session().client()
    for number in range(patient):
        client.open(number * 100)
        client.hear(number * 100 + 0.1)
        client.send(number * 100 + 0.2)
        client.end(number * 100 + 30)
    for number in range(patient, patient + hasty):
        client.open(number * 100)
        if hasty_s is not None:
            client.send(number * 100 + hasty_s)
        if not gone:
            client.hear(number * 100 + 0.1)
        client.end(number * 100 + (0.05 if gone else 30))
    return client.session


def test_only_connections_on_which_the_client_spoke_first_are_gone_at_once() -> None:
    assert found(welcomed(hasty_s=0.01)) == {"sends_before_welcome"}


def test_a_server_that_answers_what_comes_early_minds_nothing() -> None:
    assert found(welcomed(hasty_s=0.01, gone=False)) == set()


def test_connections_that_end_before_the_client_spoke_are_not_its_doing() -> None:
    assert found(welcomed(hasty_s=None)) == set()


def test_a_server_that_ends_every_connection_at_once_has_another_trouble() -> None:
    assert found(welcomed(hasty_s=0.01, patient=0, hasty=5)) == set()


def test_two_early_messages_are_too_few() -> None:
    assert found(welcomed(hasty_s=0.01, hasty=2)) == set()


def test_rules_about_servers_speak_of_your_client_where_a_tap_watches_it() -> None:
    session = Session()
    client, start_s = session.client(), 0.0
    for busy_s in (5, 17, 31, 44):
        client.open(start_s)
        for second in range(1, busy_s + 1):
            client.send(start_s + second + 0.01 * (second % 7))
            client.hear(start_s + second + 0.1)
        client.end(start_s + busy_s + 20.1)
        start_s += busy_s + 25

    [finding] = findings(session)

    assert finding.rule == "idle_timeout"
    assert "your client 20.1 s" in finding.evidence[0].text

"""A heartbeat of the client against the timer that ends its connections."""

from tests.corpus.tapped_session import Session
from tests.diagnosis.rules.tapped.judged import everything


def lives(*, beat_s: float, limit_s: float, lives_beats: int = 4) -> Session:
    """Connections that are busy for some beats of the client, then silent until a timer of the server ends them."""
    session = Session()
    client, start_s = session.client(), 0.0
    for number in range(5):
        client.open(start_s)
        beats = lives_beats + number if lives_beats > 1 else 1
        busy_until_s = beat_s * beats + 0.3 + (0.1 if lives_beats > 1 else 7) * number
        at_s = start_s
        while at_s < start_s + busy_until_s - 1:
            at_s += 1.7
            client.send(at_s, b"work")
            client.hear(at_s + 0.01, b"done")
        for beat in range(1, beats + 1):
            client.ping(start_s + beat * beat_s)
        last_s = max(client.sent_s, client.heard_s, at_s)
        client.sent_s = client.heard_s = last_s
        client.end(last_s + limit_s)
        start_s = last_s + limit_s + 3
    return session


def test_a_beat_slower_than_the_timer_is_named_with_both_times() -> None:
    assert everything(lives(beat_s=30, limit_s=20)) == {"pings_too_rarely"}


def test_a_client_without_a_heartbeat_has_just_an_idle_timeout() -> None:
    assert everything(lives(beat_s=30, limit_s=20, lives_beats=1)) == {"idle_timeout"}


def test_a_beat_of_about_the_timer_is_a_race() -> None:
    assert "keepalive_race" in everything(lives(beat_s=20, limit_s=19.5))


def test_the_ping_interval_of_the_settings_is_no_clients() -> None:
    """A tap pings nobody: its endpoint's 20 s are not a heartbeat that could race with a timer of 20 s."""
    assert everything(lives(beat_s=70, limit_s=20, lives_beats=1)) == {"idle_timeout"}

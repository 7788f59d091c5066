"""Endings after silence, at an age, after bytes that woke a middlebox; and what only looks like it."""

from tests.corpus.history import QUIET, History, Line
from tests.corpus.labelled import Case, Labelled, labelled
from wsmonitor.settings.endpoint_settings import PingConfig

LIMITS = (7.0, 13.0, 41.0, 60.0, 100.0, 350.0)


def _chatter(line: Line, until_s: float, mean_s: float, *, answered: bool = True) -> None:
    """Messages of ours at random times; the server answers."""
    at_s = line.opened_s
    while (at_s := at_s + line.dice.expovariate(1 / mean_s)) < until_s:
        line.send(at_s, b'{"type":"chat"}', answer=b"ok" if answered else None)


def _news(line: Line, until_s: float, mean_s: float) -> None:
    """Messages of the server at random times."""
    at_s = line.opened_s
    while (at_s := at_s + line.dice.expovariate(1 / mean_s)) < until_s:
        line.receive(at_s)


def idle(limit_s: float, direction: str) -> Case:
    """An idle limit; both sides talk for a while, then the side that counts falls silent."""

    def make(seed: str) -> Labelled:
        line = History(seed, ping=QUIET).line
        for _ in range(line.dice.randint(4, 9)):
            line.open()
            busy_s = line.opened_s + limit_s * line.dice.uniform(0.3, 4)
            _chatter(line, busy_s, limit_s / 4)
            horizon_s = busy_s + 3 * limit_s
            if direction == "rx":  # we go on; the server has nothing to say
                at_s = busy_s
                while (at_s := at_s + limit_s * line.dice.uniform(0.1, 0.3)) < horizon_s:
                    line.send(at_s)
            if direction == "tx":
                _news(line, horizon_s, limit_s / 6)
            end_s = line.silent_since(limit_s, direction, horizon_s)
            assert end_s is not None
            line.close(
                end_s + line.dice.uniform(0.0, 0.02 * limit_s), mechanism=line.dice.choice(["fin", "fin", "rst"])
            )
        return labelled(line.history, f"idle {direction} {limit_s:g} s", "idle_timeout", limit_s=limit_s)

    return make


def idle_without_traffic(limit_s: float) -> Case:
    """Nobody ever says a word: as old as silent each time."""

    def make(seed: str) -> Labelled:
        line = History(seed, ping=QUIET).line
        for _ in range(4):
            line.open()
            line.close(line.opened_s + limit_s + line.dice.uniform(0, 0.05))
        return labelled(line.history, f"idle without traffic {limit_s:g} s", "idle_timeout", limit_s=limit_s)

    return make


def idle_with_code(seed: str) -> Labelled:
    """The server says that it was idle."""
    line = History(seed, ping=QUIET).line
    for _ in range(4):
        line.open()
        _chatter(line, line.opened_s + line.dice.uniform(3, 40), 4)
        end_s = line.silent_since(13, "both", line.opened_s + 200)
        assert end_s is not None
        line.close_code(end_s + line.dice.uniform(0, 0.1), line.dice.choice([1001, 4000, 1011]), "idle timeout")
    return labelled(line.history, "idle with a Close that says so", "idle_timeout", limit_s=13)


def idle_among_noise(seed: str) -> Labelled:
    """Two endings of three by an idle limit, the others at random."""
    line = History(seed, ping=QUIET).line
    for number in range(12):
        line.open()
        busy_s = line.opened_s + line.dice.uniform(5, 90)
        _chatter(line, busy_s, 6)
        end_s = line.silent_since(41, "both", busy_s + 200)
        assert end_s is not None
        if number % 3 == 2:
            line.close(line.dice.uniform(line.opened_s + 1, end_s), mechanism="rst")
        else:
            line.close(end_s + line.dice.uniform(0, 0.3))
    return labelled(line.history, "idle 41 s among random RST", "idle_timeout", limit_s=41)


def race(seed: str) -> Labelled:
    """The ping comes every 60 s and the limit is 60 s."""
    line = History(seed, ping=PingConfig(interval_s=60.0)).line
    for _ in range(5):
        line.open()
        won = line.dice.randint(0, 4)
        line.pings(line.opened_s + 60 * won + 1, 60)
        last_s = line.opened_s + 60 * won + (line.round_trip_s if won else 0)
        line.close(last_s + 60 - line.dice.uniform(0.0, 0.02))
    return labelled(line.history, "keepalive race", "keepalive_race", "idle_timeout", limit_s=60)


def lifetime(limit_s: float) -> Case:
    """A fixed age, whatever flows."""

    def make(seed: str) -> Labelled:
        line = History(seed).line
        for _ in range(line.dice.randint(4, 8)):
            line.open()
            end_s = line.opened_s + limit_s + line.dice.uniform(0, 0.004 * limit_s)
            _chatter(line, end_s, limit_s / 40)
            line.pings(end_s, 20)
            line.close(end_s, mechanism=line.dice.choice(["fin", "rst"]))
        return labelled(line.history, f"lifetime {limit_s:g} s", "lifetime_limit", limit_s=limit_s)

    return make


def lifetime_with_pings_only(seed: str) -> Labelled:
    """Quiet but for regular pings: the last silence is the same each time, yet longer ones were survived."""
    line = History(seed).line
    for _ in range(5):
        line.open()
        line.pings(line.opened_s + 33, 20)
        line.close(line.opened_s + 33 + line.dice.uniform(0, 0.05))
    return labelled(line.history, "lifetime 33 s with pings only", "lifetime_limit", limit_s=33)


def lifetime_among_deployments(seed: str) -> Labelled:
    """A fixed age, and now and then a restart that says so."""
    line = History(seed).line
    for number in range(10):
        line.open()
        end_s = line.opened_s + 30 + line.dice.uniform(0, 0.1)
        _chatter(line, end_s, 1)
        if number % 4 == 3:
            line.close_code(line.dice.uniform(line.opened_s + 2, end_s), 1012, "service restart")
        else:
            line.close(end_s)
    return labelled(line.history, "lifetime 30 s among restarts", "lifetime_limit", limit_s=30)


def story_4(seed: str) -> Labelled:
    """The server's read deadline, which JSON pings do not reset: an age of a minute."""
    line = History(seed, ping=PingConfig(interval_s=25.0)).line
    for _ in range(4):
        line.open()
        end_s = line.opened_s + 60 + line.dice.uniform(0, 0.03)
        at_s = line.opened_s
        while (at_s := at_s + 25) < end_s:
            line.answered(at_s, 0.03)
        line.control(line.opened_s + 30, "rx", 9)
        line.close(end_s)
    return labelled(line.history, "story 4: 1006 after a minute", "lifetime_limit", limit_s=60)


def middlebox(gap_s: float) -> Case:
    """Forgotten after a quiet spell; the next ping gets RST."""

    def make(seed: str) -> Labelled:
        line = History(seed, ping=PingConfig(interval_s=gap_s)).line
        for _ in range(5):
            line.open()
            busy_s = line.opened_s + line.dice.uniform(0, gap_s / 2)
            _chatter(line, busy_s, gap_s / 10)
            at_s = max(busy_s, line.now_s) + gap_s
            line.control(at_s, "tx", 9)
            line.close(at_s + line.round_trip_s, mechanism="rst")
        return labelled(line.history, f"middlebox {gap_s:g} s", "middlebox_reset")

    return make


# Near misses


def random_fin(low_s: float, high_s: float) -> Case:
    """Ends at random ages, with pings and without a pattern."""

    def make(seed: str) -> Labelled:
        line = History(seed).line
        for _ in range(20):
            line.open()
            end_s = line.opened_s + line.dice.uniform(low_s, high_s)
            line.pings(end_s, 20)
            line.close(end_s, mechanism=line.dice.choice(["fin", "rst"]))
        return labelled(line.history, f"random ages {low_s:g} to {high_s:g} s", allowed=("reconnect_storm",))

    return make


def exponential_fin(mean_s: float) -> Case:
    """Ends without memory."""

    def make(seed: str) -> Labelled:
        line = History(seed).line
        for _ in range(line.dice.randint(5, 40)):
            line.open()
            end_s = line.opened_s + 0.5 + line.dice.expovariate(1 / mean_s)
            _news(line, end_s, mean_s / 5)
            line.pings(end_s, 20)
            line.close(end_s)
        return labelled(line.history, f"exponential ages {mean_s:g} s", allowed=("reconnect_storm",))

    return make


def steady_news_random_fin(seed: str) -> Labelled:
    """The server speaks every 5 s; the ends are random."""
    line = History(seed).line
    for _ in range(15):
        line.open()
        end_s = line.opened_s + line.dice.uniform(8, 200)
        at_s = line.opened_s
        while (at_s := at_s + 5) < end_s:
            line.receive(at_s)
        line.pings(end_s, 20)
        line.close(end_s)
    return labelled(line.history, "news every 5 s, random ends")


def idle_only_twice(seed: str) -> Labelled:
    """Two samples are no statistics."""
    line = History(seed, ping=QUIET).line
    for _ in range(2):
        line.open()
        line.close(line.opened_s + 30 + line.dice.uniform(0, 0.01))
    return labelled(line.history, "twice idle")


def idle_contradicted(seed: str) -> Labelled:
    """Three equal silences, and then one that was survived for much longer."""
    line = History(seed, ping=QUIET).line
    for _ in range(3):
        line.open()
        _chatter(line, line.opened_s + line.dice.uniform(2, 30), 3)
        line.close(line.now_s + 20 + line.dice.uniform(0, 0.1))
    line.open()
    line.send(line.opened_s + 1)
    line.send(line.opened_s + 50, answer=b"still here")
    line.send(line.opened_s + 100, answer=b"still here")
    line.stay()
    return labelled(line.history, "idle contradicted", end_s=line.now_s)


def lifetime_contradicted(seed: str) -> Labelled:
    """Equal ages three times, then an older one."""
    line = History(seed).line
    for _ in range(3):
        line.open()
        end_s = line.opened_s + 30 + line.dice.uniform(0, 0.05)
        _chatter(line, end_s, 1)
        line.close(end_s)
    line.open()
    _chatter(line, line.opened_s + 120, 1)
    line.stay()
    return labelled(line.history, "lifetime contradicted", end_s=line.now_s)


def forced_at_an_age(seed: str) -> Labelled:
    """We cut it ourselves, every 10 s."""
    line = History(seed, ping=QUIET).line
    for _ in range(8):
        line.open()
        line.disrupt(line.opened_s + 10, "tcp_reset")
        line.close(line.opened_s + 10, by="disruption", initiator="local", mechanism="rst", forced="tcp_reset")
    return labelled(line.history, "forced every 10 s", healthy=True)


def muted_pongs(seed: str) -> Labelled:
    """The peer hangs up because we were told not to answer its pings."""
    line = History(seed).line
    for _ in range(5):
        line.open()
        line.disrupt(line.opened_s + 1, "mute_pongs")
        line.pings(line.opened_s + 40, 20)
        line.close(line.opened_s + 40, forced="mute_pongs")
    return labelled(line.history, "peer leaves while pongs are muted", healthy=True)


def stopped_at_an_age(seed: str) -> Labelled:
    """A user who stops and starts every 15 s."""
    line = History(seed, ping=QUIET).line
    for _ in range(8):
        line.open()
        line.stop(line.opened_s + 15)
    return labelled(line.history, "stopped every 15 s", healthy=True)


def rst_after_traffic(seed: str) -> Labelled:
    """RST at random moments of busy connections: no quiet spell, no middlebox."""
    line = History(seed).line
    for _ in range(12):
        line.open()
        end_s = line.opened_s + line.dice.uniform(2, 120)
        _chatter(line, end_s, 0.3)
        line.close(end_s, mechanism="rst")
    return labelled(line.history, "random RST of busy connections")


def rst_after_survived_quiet(seed: str) -> Labelled:
    """RST upon a ping now and then, though longer silences were survived."""
    line = History(seed).line
    for _ in range(5):
        line.open()
        line.send(line.opened_s + 100, answer=b"ok")
        _chatter(line, line.now_s + line.dice.uniform(10, 300), 5)
        at_s = line.now_s + 20
        line.control(at_s, "tx", 9)
        line.close(at_s + line.round_trip_s, mechanism="rst")
    return labelled(line.history, "RST upon a ping, longer silences survived")


CASES: dict[Case, int] = {
    **{idle(limit_s, direction): 3 for limit_s in LIMITS for direction in ("both", "rx", "tx")},
    **{idle_without_traffic(limit_s): 2 for limit_s in (7.0, 41.0, 60.0)},
    idle_with_code: 3,
    idle_among_noise: 5,
    race: 4,
    **{lifetime(limit_s): 3 for limit_s in (7.0, 13.0, 30.0, 41.0, 900.0)},
    lifetime_with_pings_only: 3,
    lifetime_among_deployments: 4,
    story_4: 3,
    **{middlebox(gap_s): 3 for gap_s in (10.0, 240.0, 350.0)},
    **{random_fin(low_s, high_s): 12 for low_s, high_s in ((3, 8), (1, 60), (10, 30), (20, 25))},
    **{exponential_fin(mean_s): 12 for mean_s in (5.0, 30.0, 300.0)},
    steady_news_random_fin: 8,
    idle_only_twice: 3,
    idle_contradicted: 5,
    lifetime_contradicted: 5,
    forced_at_an_age: 3,
    muted_pongs: 3,
    stopped_at_an_age: 3,
    rst_after_traffic: 6,
    rst_after_survived_quiet: 4,
}
"""Case -> how many seeds."""

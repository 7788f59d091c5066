"""Heartbeats that fail, our own faults, round trips with a shape; and healthy hours that have none."""

import math

from tests.corpus.history import History, Line
from tests.corpus.labelled import Case, Labelled, labelled
from wsmonitor.settings.endpoint_settings import AppHeartbeatConfig, PingConfig

FAST = PingConfig(interval_s=0.5)


def _gives_up(line: Line, since_s: float, *, lag_s: float = 0.0) -> float:
    """Three pings in a row stay unanswered; the time at which we give up."""
    for number in range(3):
        line.lost_ping(since_s + 20 * number, consecutive=number + 1, lag_s=lag_s)
    return since_s + 50


def dead_path(seed: str) -> Labelled:
    """Nothing is acknowledged any more."""
    line = History(seed).line
    for _ in range(line.dice.randint(1, 3)):
        line.open()
        quiet_s = line.opened_s + 20 * line.dice.randint(2, 20)
        line.pings(quiet_s, 20)
        end_s = _gives_up(line, quiet_s)
        line.kernel_until(line.opened_s + 1, quiet_s)
        line.kernel_until(quiet_s + 1, end_s, unacked=2, retransmits=line.dice.randint(2, 6), total=7)
        line.give_up(end_s)
    return labelled(line.history, "dead path", "path_dead")


def kernel_gave_up(seed: str) -> Labelled:
    """Our kernel says ETIMEDOUT."""
    line = History(seed).line
    line.open()
    line.pings(line.opened_s + 100, 20)
    line.send(line.opened_s + 110)
    line.close(line.opened_s + 1000, initiator="os", mechanism="timeout")
    return labelled(line.history, "kernel gave up", "path_dead")


def stuck_peer(seed: str) -> Labelled:
    """The kernel over there acknowledges, nobody answers."""
    line = History(seed).line
    for _ in range(line.dice.randint(1, 3)):
        line.open()
        quiet_s = line.opened_s + 20 * line.dice.randint(2, 20)
        line.pings(quiet_s, 20)
        end_s = _gives_up(line, quiet_s)
        line.kernel_until(line.opened_s + 1, end_s)
        line.give_up(end_s)
    return labelled(line.history, "stuck peer", "peer_stuck")


def unknown_silence(seed: str) -> Labelled:
    """Given up, and the kernel was not asked: neither path nor peer may be named."""
    line = History(seed).line
    for _ in range(2):
        line.open()
        line.pings(line.opened_s + 99, 20)
        line.give_up(_gives_up(line, line.opened_s + 100))
    return labelled(line.history, "given up without a kernel's word")


def own_lag(seed: str) -> Labelled:
    """Our loop ran late, and gave up a good connection."""
    history = History(seed)
    line = history.line
    line.open()
    line.pings(line.opened_s + 99, 20)
    end_s = _gives_up(line, line.opened_s + 100, lag_s=8)
    line.kernel_until(line.opened_s + 1, end_s)
    history.lag(end_s - 2, 8)
    line.give_up(end_s)
    return labelled(history, "own lag", "local_stall")


def own_stop(seed: str) -> Labelled:
    """Our process was stopped for a minute; the server lost patience."""
    history = History(seed)
    line = history.line
    line.open()
    line.pings(line.opened_s + 100, 20)
    woke_s = line.now_s + 70
    history.jump(woke_s, 68, "stall")
    reason = line.dice.choice(["keepalive ping timeout", ""])
    if reason:
        line.close_code(woke_s + 0.1, 1011, reason)
    else:
        line.close(woke_s + 0.1)
    line.open()
    line.pings(line.opened_s + 60, 20)
    line.stay()
    return labelled(history, "own process stopped", "local_stall", end_s=line.now_s)


def asleep(seed: str) -> Labelled:
    """A laptop that sleeps and wakes all day."""
    history = History(seed)
    line = history.line
    for _ in range(5):
        line.open()
        line.pings(line.opened_s + 20 * line.dice.randint(5, 40), 20)
        wake_s = line.now_s + line.dice.uniform(1, 15)
        history.jump(wake_s, line.dice.uniform(60, 30_000))
        how = line.dice.choice(["rst", "fin", "heartbeat", "dns"])
        if how == "heartbeat":
            line.lost_ping(wake_s, timeout_s=2)
            line.lost_ping(wake_s + 5, consecutive=2)
            line.lost_ping(wake_s + 25, consecutive=3)
            line.kernel_until(wake_s + 1, wake_s + 35, unacked=3, retransmits=4)
            line.give_up(wake_s + 35)
        else:
            line.close(wake_s + line.dice.uniform(0.1, 3), mechanism="rst" if how == "dns" else how)
        if how == "dns":
            line.fail("dns", "lookup failed: Temporary failure in name resolution", at_s=wake_s + 3)
    line.open()
    line.pings(line.opened_s + 100, 20)
    line.stay()
    return labelled(history, "laptop asleep", "sleep_wake", healthy=True, end_s=line.now_s)


def roaming(seed: str) -> Labelled:
    """Wi-Fi to mobile and back."""
    line = History(seed).line
    for number in range(3):
        line.open()
        line.pings(line.opened_s + 200, 20)
        at_s = line.now_s + 5
        line.network(at_s, new=f"192.168.{number}.9")
        line.lost_ping(at_s + 0.1, timeout_s=2)
        line.kernel_until(at_s + 1, at_s + 6, unacked=1, retransmits=2)
        line.close(at_s + 6, mechanism="rst")
    line.open()
    line.pings(line.opened_s + 100, 20)
    line.stay()
    return labelled(line.history, "roaming", "network_changed", healthy=True, end_s=line.now_s)


def deaf_application(seed: str) -> Labelled:
    """Pongs come, answers of the application do not."""
    line = History(seed, app_heartbeat=AppHeartbeatConfig()).line
    line.open()
    for number in range(5):
        line.answered(line.opened_s + 25 * (number + 1), 0.03)
    line.pings(line.opened_s + 300, 20)
    for number in range(6):
        line.lost_ping(line.opened_s + 150 + 25 * number, consecutive=number + 1, kind="app")
    line.stay()
    return labelled(line.history, "deaf application", "app_unresponsive", end_s=line.now_s)


def one_slow_answer(seed: str) -> Labelled:
    """A single heartbeat of the application is missed now and then."""
    line = History(seed, app_heartbeat=AppHeartbeatConfig()).line
    line.open()
    for number in range(40):
        at_s = line.opened_s + 25 * (number + 1)
        if number % 13 == 6:
            line.lost_ping(at_s, kind="app")
        else:
            line.answered(at_s, 0.03)
    line.pings(line.opened_s + 1000, 20)
    line.stay()
    return labelled(line.history, "single slow answers", healthy=True, end_s=line.now_s)


def both_silent(seed: str) -> Labelled:
    """Neither pongs nor answers: not the application."""
    line = History(seed, app_heartbeat=AppHeartbeatConfig()).line
    line.open()
    line.pings(line.opened_s + 99, 20)
    for number in range(3):
        line.lost_ping(line.opened_s + 100 + 20 * number, consecutive=number + 1)
        line.lost_ping(line.opened_s + 101 + 20 * number, consecutive=number + 1, kind="app")
    line.kernel_until(line.opened_s + 1, line.opened_s + 150)
    line.give_up(line.opened_s + 150)
    return labelled(line.history, "neither pongs nor answers", "peer_stuck")


def no_pongs(seed: str) -> Labelled:
    """Data flows, no ping is ever answered."""
    line = History(seed).line
    line.open()
    for number in range(8):
        line.lost_ping(line.opened_s + 20 * (number + 1), consecutive=number + 1)
    for second in range(0, 180, 3):
        line.receive(line.opened_s + second + line.dice.random())
    line.stay()
    return labelled(line.history, "pings ignored", "pings_ignored", end_s=line.now_s)


def wrong_pongs(seed: str) -> Labelled:
    """Pongs that answer nothing we sent."""
    line = History(seed).line
    line.open()
    for number in range(5):
        line.lost_ping(line.opened_s + 20 * (number + 1), consecutive=number + 1)
        line.control(line.opened_s + 20 * (number + 1) + 0.03, "rx", 10)
    line.stay()
    return labelled(line.history, "wrong pongs", "pings_ignored", end_s=line.opened_s + 120)


def some_pongs_missed(seed: str) -> Labelled:
    """Some pongs are missed, some come."""
    line = History(seed).line
    line.open()
    for number in range(40):
        at_s = line.opened_s + 20 * (number + 1)
        if number % 9 == 3:
            line.lost_ping(at_s)
            line.receive(at_s + 5)
        else:
            line.ping(at_s)
    line.stay()
    return labelled(line.history, "some pongs missed", healthy=True, end_s=line.now_s)


def never_a_message(subscribes: bool) -> Case:
    """Pongs come, messages never; only worth a word if we asked for something."""

    def make(seed: str) -> Labelled:
        line = History(seed).line
        line.open()
        if subscribes:
            line.send(line.opened_s + 0.1, b'{"type":"subscribe","channel":"ticker"}')
        line.pings(line.opened_s + 200, 20)
        line.stay()
        expected = ["silent_after_open"] if subscribes else []
        return labelled(line.history, f"never a message, asked {subscribes}", *expected, healthy=True, end_s=210)

    return make


def cut_pongs(kept_bytes: int) -> Case:
    """Pings of eight bytes, and as much of them as the server keeps."""

    def make(seed: str) -> Labelled:
        line = History(seed).line
        line.open()
        for number in range(line.dice.randint(3, 12)):
            at_s, payload = line.opened_s + 20 * (number + 1), b"%08d" % number
            line.control(at_s, "tx", 9, payload)
            line.control(at_s + line.round_trip_s, "rx", 10, payload[:kept_bytes])
        line.stay()
        expected = ["pongs_cut"] if 0 < kept_bytes < 8 else []
        return labelled(line.history, f"{kept_bytes} bytes of a pong", *expected, healthy=True, end_s=line.now_s)

    return make


def slow_consumer(seed: str) -> Labelled:
    """What we send does not move."""
    line = History(seed).line
    line.open()
    line.pings(line.opened_s + 30, 20)
    for second in range(1, 60):
        line.kernel(line.opened_s + second, unacked=0, unsent=0 if second < 20 else 80_000)
    line.stay()
    return labelled(line.history, "slow consumer", "slow_consumer", end_s=line.now_s + 60)


def long_upload(seed: str) -> Labelled:
    """A big message leaves slowly, but it leaves."""
    line = History(seed).line
    line.open()
    line.pings(line.opened_s + 60, 20)
    for second in range(1, 40):
        line.kernel(line.opened_s + second, unacked=20, unsent=max(0, 4_000_000 - second * 130_000))
    line.stay()
    return labelled(line.history, "long upload", healthy=True, end_s=line.now_s)


def ramp(on_the_path: bool) -> Case:
    """Round trips grow twentyfold."""

    def make(seed: str) -> Labelled:
        line = History(seed, ping=FAST).line
        for _ in range(2):
            line.open()
            for beat in range(1, 60):
                grown_s = 0.02 + max(0, beat - 20) * 0.02 * line.dice.uniform(0.8, 1.2)
                line.ping(line.opened_s + 0.5 * beat, grown_s)
                if beat % 2 == 0:
                    kernel_s = grown_s * 0.9 if on_the_path else 0.02
                    line.kernel(line.opened_s + 0.5 * beat, rtt_s=kernel_s, total=beat // 9 if on_the_path else 0)
            line.close(line.opened_s + 31)
        expected = "rtt_ramp_network" if on_the_path else "rtt_ramp_server"
        return labelled(line.history, expected, expected)

    return make


def step(seed: str) -> Labelled:
    """Round trips jump once to a higher level: another route, no ramp."""
    line = History(seed, ping=FAST).line
    line.open()
    for beat in range(1, 200):
        base_s = 0.02 if beat < 100 else 0.12
        line.ping(line.opened_s + 0.5 * beat, base_s * line.dice.uniform(0.9, 1.2))
    line.stay()
    return labelled(line.history, "one step up", healthy=True, end_s=line.now_s)


def lagged_ramp(seed: str) -> Labelled:
    """Round trips grow because our own loop runs ever later."""
    line = History(seed, ping=FAST).line
    line.open()
    for beat in range(1, 60):
        late_s = max(0, beat - 20) * 0.02
        line.ping(line.opened_s + 0.5 * beat, 0.02 + late_s, lag_s=late_s)
    line.stay()
    return labelled(line.history, "ramp of our own", healthy=True, end_s=line.now_s)


def rhythm(period_s: float) -> Case:
    """A spike every period."""

    def make(seed: str) -> Labelled:
        line = History(seed, ping=FAST).line
        line.open()
        for beat in range(1, 240):
            at_s = 0.5 * beat
            is_hit = at_s % period_s < 0.5
            line.ping(line.opened_s + at_s, 0.25 if is_hit else 0.02 * line.dice.uniform(0.9, 1.3))
        line.stay()
        return labelled(line.history, f"spikes every {period_s:g} s", "periodic_spikes", end_s=line.now_s)

    return make


def random_spikes(seed: str) -> Labelled:
    """As many spikes, at random."""
    line = History(seed, ping=FAST).line
    line.open()
    for beat in range(1, 1200):
        is_hit = line.dice.random() < 0.08
        line.ping(line.opened_s + 0.5 * beat, 0.25 if is_hit else 0.02)
    line.stay()
    return labelled(line.history, "random spikes", healthy=True, end_s=line.now_s)


def behind_bulk(seed: str) -> Labelled:
    """Pongs wait behind a megabyte that comes now and then."""
    line = History(seed, ping=FAST).line
    line.open()
    for beat in range(1, 200):
        at_s = line.opened_s + 0.5 * beat
        if beat % 11 == 5:
            line.receive(at_s + 0.2, b"", size=1_000_000)
            line.ping(at_s, 0.3)
        else:
            line.ping(at_s, 0.02)
    line.stay()
    return labelled(line.history, "behind bulk", "head_of_line", end_s=line.now_s)


def bulk_without_harm(seed: str) -> Labelled:
    """Big messages, flat round trips."""
    line = History(seed, ping=FAST).line
    line.open()
    for beat in range(1, 200):
        at_s = line.opened_s + 0.5 * beat
        if beat % 11 == 5:
            line.receive(at_s + 0.01, b"", size=1_000_000)
        line.ping(at_s, 0.02 * line.dice.uniform(0.9, 1.5))
    line.stay()
    return labelled(line.history, "bulk without harm", healthy=True, end_s=line.now_s)


def healthy_hour(kind: str) -> Case:
    """An hour of echo, or of exponential delays up to 400 ms, or of a slow daily wave."""

    def make(seed: str) -> Labelled:
        line = History(seed, ping=FAST if kind == "jitter" else PingConfig(interval_s=2)).line
        line.open()
        every_s = line.config.ping.every_s
        for beat in range(1, int(3600 / every_s)):
            took_s = {
                "echo": 0.001 * line.dice.uniform(0.8, 2),
                "jitter": min(0.4, 0.001 + line.dice.expovariate(1 / 0.04)),
                "wave": 0.05 * (2 + math.sin(beat / 90)) * line.dice.uniform(0.9, 1.1),
            }[kind]
            line.ping(line.opened_s + beat * every_s, took_s)
        for second in range(0, 3600, 7):
            line.send(line.opened_s + second + 0.3, b'{"type":"tick"}', answer=b'{"type":"tock"}')
        line.kernel_until(line.opened_s + 1, line.opened_s + 3600)
        line.stay()
        return labelled(line.history, f"an hour of {kind}", healthy=True, end_s=3600)

    return make


def rotation(code: int, life_s: float, *expected: str) -> Case:
    """The server renews connections at a fixed age, cleanly: a limit, whatever its code."""

    def make(seed: str) -> Labelled:
        line = History(seed).line
        for _ in range(25):
            line.open()
            end_s = line.opened_s + life_s + line.dice.uniform(0, 0.05)
            line.pings(end_s, 20)
            line.close_code(end_s, code, line.dice.choice(["", "rotation", "going away"]))
        return labelled(line.history, f"rotation {code} every {life_s:g} s", *expected, limit_s=life_s)

    return make


CASES: dict[Case, int] = {
    dead_path: 4,
    kernel_gave_up: 3,
    stuck_peer: 4,
    unknown_silence: 3,
    own_lag: 3,
    own_stop: 4,
    asleep: 6,
    roaming: 4,
    deaf_application: 4,
    one_slow_answer: 4,
    both_silent: 3,
    no_pongs: 3,
    wrong_pongs: 3,
    some_pongs_missed: 4,
    cut_pongs(4): 2,
    cut_pongs(7): 2,
    cut_pongs(8): 2,
    never_a_message(True): 3,
    never_a_message(False): 3,
    slow_consumer: 3,
    long_upload: 3,
    ramp(True): 4,
    ramp(False): 4,
    step: 5,
    lagged_ramp: 3,
    **{rhythm(period_s): 3 for period_s in (3.3, 5.0, 8.0)},
    random_spikes: 12,
    behind_bulk: 3,
    bulk_without_harm: 3,
    healthy_hour("echo"): 2,
    healthy_hour("jitter"): 6,
    healthy_hour("wave"): 2,
    rotation(1000, 30, "lifetime_limit"): 2,
    rotation(1001, 30, "lifetime_limit"): 2,
    rotation(1001, 5, "idle_timeout"): 2,
    rotation(1000, 600, "lifetime_limit"): 2,
}
"""Case -> how many seeds."""

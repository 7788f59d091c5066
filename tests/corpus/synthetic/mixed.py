"""Two causes at once, and causes in noise."""

from tests.corpus.history import QUIET, History, Line
from tests.corpus.labelled import Case, Labelled, labelled
from wsmonitor.settings.endpoint_settings import PingConfig


def _busy(line: Line, for_s: float) -> None:
    at_s = line.opened_s
    while (at_s := at_s + line.dice.uniform(0.5, 3)) < line.opened_s + for_s:
        line.send(at_s, b'{"type":"chat"}', answer=b"ok")


def idle_and_policy(seed: str) -> Labelled:
    """An idle limit of 13 s, and tokens that expire."""
    line = History(seed, ping=QUIET).line
    for number in range(12):
        line.open()
        _busy(line, line.dice.uniform(4, 60))
        if number % 3 == 1:
            line.close_code(line.now_s + line.dice.uniform(0.5, 9), 1008, "token expired")
        else:
            line.close(line.now_s + 13 + line.dice.uniform(0, 0.15))
    return labelled(line.history, "idle 13 s and expired tokens", "idle_timeout", "policy_refusal")


def lifetime_and_killer(seed: str) -> Labelled:
    """A lifetime of 41 s, and a message that kills."""
    line = History(seed, ping=QUIET).line
    for number in range(12):
        line.open()
        if number % 2:
            _busy(line, line.dice.uniform(5, 30))
            at_s = line.now_s + line.dice.uniform(0.5, 3)
            line.send(at_s, b'{"type":"export"}')
            line.close(at_s + line.round_trip_s + 0.005)
        else:
            _busy(line, 41)
            line.close(line.opened_s + 41 + line.dice.uniform(0, 0.1))
    return labelled(line.history, "lifetime 41 s and a killer", "lifetime_limit", "message_triggers_close")


def idle_and_outage(seed: str) -> Labelled:
    """A host that restarts, and an idle limit on top."""
    history = History(seed, ping=QUIET)
    lines = [history.line, *(history.endpoint(f"other {number}") for number in range(3))]
    for _ in range(6):
        history.line.open()
        _busy(history.line, history.dice.uniform(5, 50))
        history.line.close(history.line.now_s + 60 + history.dice.uniform(0, 0.3))
    moment_s = history.line.now_s + 400
    for number, line in enumerate(lines):
        line.open(moment_s - 30 - 37 * number)
        _busy(line, moment_s - line.opened_s)
    for line in lines:
        line.close_code(moment_s + line.dice.uniform(0, 0.5), 1012, "service restart")
    return labelled(history, "idle 60 s and a restart", "idle_timeout", "shared_outage")


def refused_after_crash(seed: str) -> Labelled:
    """The server crashes upon a message and is away for a moment each time."""
    line = History(seed, ping=QUIET).line
    for _ in range(4):
        line.open()
        _busy(line, line.dice.uniform(2, 20))
        at_s = line.now_s + line.dice.uniform(0.5, 3)
        line.send(at_s, b"crash")
        line.close(at_s + line.round_trip_s + 0.003, mechanism="rst")
        for _ in range(2):
            line.fail("tcp", "connection refused: nothing listens on that port")
    return labelled(line.history, "crash and refused", "message_triggers_close", "refused")


def idle_and_own_stall(seed: str) -> Labelled:
    """An idle limit of 7 s; twice we were stopped ourselves."""
    history = History(seed, ping=QUIET)
    line = history.line
    for number in range(8):
        line.open()
        _busy(line, line.dice.uniform(4, 40))
        if number in (2, 5):
            woke_s = line.now_s + line.dice.uniform(20, 60)
            history.jump(woke_s, 18, "stall")
            line.close(woke_s + 0.05)
        else:
            line.close(line.now_s + 7 + line.dice.uniform(0, 0.07))
    return labelled(history, "idle 7 s and own stalls", "idle_timeout", "local_stall", limit_s=7)


def forced_among_idle(seed: str) -> Labelled:
    """Half of the endings are ours and do not count."""
    line = History(seed, ping=QUIET).line
    for number in range(12):
        line.open()
        _busy(line, line.dice.uniform(4, 40))
        if number % 2:
            line.close(line.now_s + 2, by="disruption", initiator="local", mechanism="fin", forced="tcp_close")
        else:
            line.close(line.now_s + 13 + line.dice.uniform(0, 0.1))
    return labelled(line.history, "idle 13 s among forced endings", "idle_timeout", limit_s=13)


def day_in_staging(seed: str) -> Labelled:
    """Restarts, going away, codes, random FIN and RST, 503: nothing with a pattern of its own."""
    line = History(seed).line
    for _ in range(40):
        if line.dice.random() < 0.05:
            line.fail("http", "HTTP 503 Service Unavailable", status=503)
        line.open()
        end_s = line.opened_s + 1.1 + line.dice.expovariate(1 / 60)
        line.pings(end_s, 20)
        way = line.dice.choice(["1001", "1012", "fin", "rst", "1011", "1000", "4000"])
        if way.isdigit():
            line.close_code(end_s, int(way), "")
        else:
            line.close(end_s, mechanism=way)
    return labelled(line.history, "a day in staging", allowed=("upstream_down", "retry_rate"))


def mixed_endings(seed: str) -> Labelled:
    """The lab's `mixed_endings`: 3 to 8 s, in changing ways."""
    line = History(seed, ping=PingConfig(interval_s=0.5)).line
    ways = ["rst", "1012", "fin", "1011", "1001", "4000"]
    for number in range(24):
        if number % 6 == 0:
            line.dice.shuffle(ways)
        line.open()
        end_s = line.opened_s + line.dice.uniform(3, 8)
        line.pings(end_s, 0.5)
        at_s = line.opened_s
        while (at_s := at_s + 0.25) < end_s:
            line.send(at_s, b'{"type":"tick","seq":"%d"}' % number, answer=b'{"type":"tick"}')
        way = ways[number % 6]
        if way.isdigit():
            line.close_code(end_s, int(way), "internal error" if way == "1011" else "")
        else:
            line.close(end_s, mechanism=way)
    return labelled(line.history, "mixed endings", allowed=("reconnect_storm",))


CASES: dict[Case, int] = {
    idle_and_policy: 5,
    lifetime_and_killer: 5,
    idle_and_outage: 4,
    refused_after_crash: 4,
    idle_and_own_stall: 4,
    forced_among_idle: 4,
    day_in_staging: 15,
    mixed_endings: 10,
}
"""Case -> how many seeds."""

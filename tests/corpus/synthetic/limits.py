"""What a clock, a quota, a login or a restart does, and what only looks like one of them."""

import random

from tests.corpus.history import QUIET, History, Line
from tests.corpus.labelled import Case, Labelled, labelled

NAMES = (b'{"type":"say"}', b'{"type":"move","to":"the far end"}', b'{"type":"look","at":"everything there is to see"}')


def talk(line: Line, until_s: float, *, mean_s: float = 1.0) -> None:
    """Messages of several sorts and sizes, each answered."""
    at_s = line.opened_s
    while (at_s := at_s + line.dice.uniform(0.3, 1.7) * mean_s) < until_s:
        text = line.dice.choice(NAMES)
        line.send(at_s, text + b" " * line.dice.randrange(60), answer=b"ok")


def sweep(code: int) -> Case:
    """Every 13 s the server ends all that are older than 2 s."""

    def make(seed: str) -> Labelled:
        line = History(seed, ping=QUIET).line
        for tick in range(1, 9):
            line.open()
            if 13 * tick - line.opened_s < 2:
                tick += 1  # noqa: PLW2901  # too young for this one
            talk(line, 13.0 * tick)
            line.close_code(13.0 * tick, code)
            line.now_s += line.dice.uniform(0, 6)
        return labelled(line.history, f"swept every 13 s with {code}", "clocked_endings")

    return make


def jobs(seed: str) -> Labelled:
    """Work of any length that ends with 1000 when it is done."""
    line = History(seed).line
    for _ in range(18):
        line.open()
        end_s = line.opened_s + line.dice.uniform(2, 40)
        talk(line, end_s)
        line.close_code(end_s, 1000)
    return labelled(line.history, "jobs of any length", healthy=True)


def volume(seed: str) -> Labelled:
    """A quota of 2,000 bytes that messages of different sizes reach at different numbers."""
    line = History(seed, ping=QUIET).line
    for _ in range(6):
        line.open()
        at_s, total = line.opened_s, 0
        while total < 2000:
            at_s += line.dice.uniform(0.3, 1.5)
            text = line.dice.choice(NAMES) + b" " * line.dice.randrange(200)
            line.send(at_s, text, answer=None)
            total += len(text)
        line.close(at_s + line.round_trip_s)
    return labelled(line.history, "quota of bytes", "volume_limit")


def crowded_out(how: str) -> Case:
    """Two connections are let in; each further one is turned away."""

    def make(seed: str) -> Labelled:
        history = History(seed, connections=3)
        for number in (1, 2):
            line = history.slot(number)
            line.open(at_s=0.1 * number)
            line.pings(60, 20)
            line.stay()
        line = history.line
        line.now_s = 0.5
        for _ in range(5):
            if how == "503":
                line.fail("http", "HTTP 503", status=503)
            else:
                line.open()
                line.close_code(line.opened_s + 0.03, int(how), "")
            line.now_s += line.dice.uniform(1, 5)
        return labelled(history, f"a third is turned away with {how}", "connection_limit", end_s=60)

    return make


def silent_login(reason: str, code: int) -> Case:
    """Nothing is sent, and the server says what it waited for."""

    def make(seed: str) -> Labelled:
        line = History(seed).line
        for _ in range(3):
            line.open()
            line.close_code(line.opened_s + 10 + line.dice.uniform(0, 0.02), code, reason)
        return labelled(line.history, f"no login: {code} {reason}", "first_message_wanted")

    return make


def held_back(seed: str) -> Labelled:
    """A local firewall: our kernel keeps what we write."""
    line = History(seed).line
    line.open()
    line.pings(line.opened_s + 50, 20)
    at_s = line.opened_s + 60
    for number in (1, 2, 3):
        line.lost_ping(at_s + 20 * number - 20, consecutive=number)
    line.kernel_until(at_s, at_s + 50, not_sent=200 + random.Random(seed).randrange(99))
    line.give_up(at_s + 50)
    return labelled(line.history, "held back here", "own_machine_drops")


def proxy(status: int) -> Case:
    """The forward proxy answers CONNECT with an error."""

    def make(seed: str) -> Labelled:
        history = History(seed)
        for _ in range(3):
            history.line.fail("tcp", f"proxy http://gate.test:3128: the proxy answered HTTP {status}", status=status,
                              detail={"proxy": "http://gate.test:3128"})  # fmt: skip
        return labelled(history, f"CONNECT gets {status}", "proxy_refuses")

    return make


def restarts(seed: str) -> Labelled:
    """The process dies every minute or so, and is back in two seconds."""
    line = History(seed).line
    for _ in range(4):
        line.open()
        end_s = line.opened_s + line.dice.uniform(30, 90)
        line.pings(end_s, 20)
        line.close(end_s)
        line.fail("tcp", "connection refused: nothing listens on that port")
    line.open()
    line.stay()
    return labelled(line.history, "restarts", "server_restarts", allowed=("retry_rate",))


CASES: dict[Case, int] = {
    sweep(1000): 3,
    sweep(4001): 2,
    jobs: 6,
    volume: 4,
    crowded_out("503"): 2,
    crowded_out("1013"): 2,
    crowded_out("1000"): 2,
    silent_login("authentication timeout", 1008): 2,
    silent_login("", 4408): 2,
    held_back: 3,
    proxy(403): 1,
    proxy(503): 1,
    restarts: 3,
}
"""Case -> how many seeds."""

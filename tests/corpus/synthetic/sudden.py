"""Endings at once: handlers that crash, messages that kill, counts, loops, storms, outages; and their like."""

from tests.corpus.history import QUIET, History, Line
from tests.corpus.labelled import Case, Labelled, labelled


def early(seed: str) -> Labelled:
    """Accepted and gone within milliseconds."""
    line = History(seed).line
    for _ in range(5):
        line.open()
        if line.dice.random() < 0.5:
            line.receive(line.opened_s + 0.001, b'{"type":"connected"}')
        line.close(line.opened_s + line.dice.uniform(0.001, 0.05), mechanism=line.dice.choice(["fin", "rst"]))
    return labelled(line.history, "early close", "early_close")


def early_with_preamble(seed: str) -> Labelled:
    """The same, though our first message leaves at once."""
    line = History(seed).line
    for _ in range(5):
        line.open()
        line.send(line.opened_s + 0.001, b'{"type":"session_info"}')
        line.close(line.opened_s + line.dice.uniform(0.004, 0.03))
    return labelled(line.history, "early close after a preamble", "early_close")


def early_then_well(seed: str) -> Labelled:
    """Two connections failed at once while the server started; the rest live."""
    line = History(seed).line
    for _ in range(2):
        line.open()
        line.close(line.opened_s + 0.01)
    line.open()
    line.pings(line.opened_s + 400, 20)
    line.close_code(line.opened_s + 400, 1001, "going away")
    line.open()
    line.pings(line.opened_s + 100, 20)
    line.stay()
    return labelled(line.history, "two early closes, then well", end_s=line.now_s)


def once_early(seed: str) -> Labelled:
    """One early close among long lives."""
    line = History(seed).line
    for number in range(6):
        line.open()
        end_s = line.opened_s + (0.02 if number == 3 else line.dice.uniform(20, 600))
        line.pings(end_s, 20)
        line.close(end_s)
    return labelled(line.history, "one early close")


def killer(seed: str) -> Labelled:
    """One sort of message kills; others are fine."""
    line = History(seed).line
    for _ in range(4):
        line.open()
        at_s = line.opened_s
        for _ in range(line.dice.randint(1, 12)):
            at_s += line.dice.uniform(0.2, 5)
            line.send(at_s, b'{"type":"say","n":%d}' % line.dice.randrange(1000), answer=b"ok")
        at_s += line.dice.uniform(0.3, 5)
        line.send(at_s, b'{"type":"export","id":"%x"}' % line.dice.getrandbits(32))
        line.close(at_s + line.round_trip_s + line.dice.uniform(0.001, 0.02))
    return labelled(line.history, "a message kills", "message_triggers_close")


def killer_with_1011(seed: str) -> Labelled:
    """The same, with Close 1011."""
    line = History(seed).line
    for number in range(3):
        line.open()
        for step in range(number + 2):
            line.send(line.opened_s + 1 + 2 * step, b"hello", answer=b"ok")
        at_s = line.now_s + line.dice.uniform(1, 4)
        line.send(at_s, b"crash %d" % number)
        line.close_code(at_s + line.round_trip_s + 0.01, 1011, "internal error")
    return labelled(line.history, "a message kills with 1011", "message_triggers_close")


def busy_random(seed: str) -> Labelled:
    """Chatty connections end at random: a message is always near."""
    line = History(seed).line
    for _ in range(15):
        line.open()
        end_s = line.opened_s + line.dice.uniform(3, 90)
        at_s = line.opened_s
        while (at_s := at_s + line.dice.uniform(0.02, 0.2)) < end_s:
            line.send(at_s, b'{"type":"tick","n":%d}' % line.dice.randrange(10**6), answer=b"ok")
        line.close(end_s)
    return labelled(line.history, "chatty, random ends")


def counted(number: int, how: str) -> Case:
    """A limit on messages: at once after the n-th; lives vary with our pace."""

    def make(seed: str) -> Labelled:
        line = History(seed, ping=QUIET).line
        for _ in range(4):
            line.open()
            at_s = line.opened_s
            pace_s = line.dice.uniform(0.5, 3)
            for message in range(number):
                at_s += line.dice.uniform(0.5, 1.5) * pace_s
                line.send(at_s, b"%d" % message, answer=b"ok")
            end_s = at_s + line.round_trip_s + 0.002
            if how == "fin":
                line.close(end_s)
            else:
                line.close_code(end_s, int(how), "policy violation" if how == "1008" else "")
        return labelled(line.history, f"count {number} {how}", "count_limit")

    return make


def steady_count(seed: str) -> Labelled:
    """A fixed age and a fixed pace: equal counts, but it is the age."""
    line = History(seed, ping=QUIET).line
    for _ in range(5):
        line.open()
        phase_s = line.dice.uniform(0.05, 0.95)
        for second in range(20):
            line.send(line.opened_s + phase_s + second, b"tick", answer=b"ok")
        line.close(line.opened_s + 20 + line.dice.uniform(0, 0.02))
    return labelled(line.history, "20 messages within 20 s", "lifetime_limit", limit_s=20)


def always_three(seed: str) -> Labelled:
    """A client that always says the same three things; the ends are random."""
    line = History(seed).line
    for _ in range(8):
        line.open()
        for step in range(3):
            line.send(line.opened_s + 0.1 * (step + 1), b"setup %d" % step, answer=b"ok")
        end_s = line.opened_s + line.dice.uniform(5, 300)
        line.pings(end_s, 20)
        line.close(end_s)
    return labelled(line.history, "always three messages")


def loop(code: int, reason: str) -> Case:
    """Accepted, then dropped within a moment, again and again."""

    def make(seed: str) -> Labelled:
        line = History(seed).line
        for _ in range(6):
            line.open()
            line.receive(line.opened_s + 0.01, b'{"type":"error","message":"who are you?"}')
            end_s = line.opened_s + line.dice.uniform(0.15, 0.9)
            if code:
                line.close_code(end_s, code, reason)
            else:
                line.close(end_s)
        return labelled(line.history, f"connect loop {code}", "connect_loop")

    return make


def rotation_of_short_lives(seed: str) -> Labelled:
    """Clean 1000 after each short piece of work."""
    line = History(seed).line
    for _ in range(20):
        line.open(line.now_s + line.dice.uniform(2, 30))
        line.send(line.opened_s + 0.05, b"job", answer=b"done")
        line.close_code(line.opened_s + line.dice.uniform(0.2, 0.9), 1000, "done")
    return labelled(line.history, "short clean jobs", healthy=True)


def outage(code: int) -> Case:
    """Many connections of one host end together."""

    def make(seed: str) -> Labelled:
        history = History(seed)
        lines = [history.line, *(history.endpoint(f"other {number}") for number in range(4))]
        for line in lines:
            line.open(line.dice.uniform(0, 300))
        moment_s = 1000.0
        for line in lines:
            line.pings(moment_s - 0.5, 20)
        for line in lines:
            end_s = moment_s + line.dice.uniform(0, 0.8)
            if code:
                line.close_code(end_s, code, "service restart")
            else:
                line.close(end_s)
        for line in lines:
            line.open(moment_s + line.dice.uniform(5, 25))
            line.pings(moment_s + 200, 20)
            line.stay()
        return labelled(history, f"outage {code}", "shared_outage", end_s=1200)

    return make


def independent_ends(seed: str) -> Labelled:
    """Many connections of one host end at random."""
    history = History(seed)
    lines = [history.line, *(history.endpoint(f"other {number}") for number in range(5))]
    for line in lines:
        for _ in range(12):
            line.open()
            end_s = line.opened_s + line.dice.expovariate(1 / 60) + 2
            line.pings(end_s, 20)
            line.close(end_s)
    return labelled(history, "many endpoints, independent ends")


def opened_together(seed: str) -> Labelled:
    """Four connections opened together reach an idle limit together: no outage."""
    history = History(seed, ping=QUIET, connections=4)
    lines = [history.line, *(history.slot(number) for number in (1, 2, 3))]
    for round_s in (0.0, 50.0, 100.0, 150.0):
        for line in lines:
            line.open(round_s + line.dice.uniform(0, 0.1))
            line.close(line.opened_s + 41 + line.dice.uniform(0, 0.1))
    return labelled(history, "four opened together, idle 41 s", "idle_timeout", limit_s=41)


def storm(seed: str) -> Labelled:
    """Dials every second or two after lives that have nothing in common but to be short."""
    line = History(seed).line
    for _ in range(25):
        line.open(line.now_s + line.dice.uniform(0.3, 0.9))
        line.close(line.opened_s + line.dice.uniform(0.8, 3.0), mechanism="rst")
    return labelled(line.history, "reconnect storm", "reconnect_storm")


def explained_storm(seed: str) -> Labelled:
    """As many dials, after ends right behind the opening: that is the cause, and the dials follow from it."""
    line = History(seed).line
    for _ in range(25):
        line.open(line.now_s + line.dice.uniform(0.3, 0.9))
        line.close(line.opened_s + line.dice.uniform(0.2, 0.9), mechanism="rst")
    return labelled(line.history, "ends right behind the opening", "connect_loop")


def two_endpoints_apart(seed: str) -> Labelled:
    """Ten endpoints that each reconnect once within a minute: no storm, but an outage."""
    history = History(seed)
    lines: list[Line] = [history.line, *(history.endpoint(f"other {number}") for number in range(9))]
    for line in lines:
        line.open(line.dice.uniform(0, 100))
        line.pings(600, 20)
    for line in lines:
        line.close(600 + line.dice.uniform(0, 0.4))
    for line in lines:
        line.open(605 + line.dice.uniform(0, 20))
        line.pings(700, 20)
        line.stay()
    return labelled(history, "ten endpoints come back once", "shared_outage", end_s=700)


CASES: dict[Case, int] = {
    early: 4,
    early_with_preamble: 3,
    early_then_well: 4,
    once_early: 6,
    killer: 5,
    killer_with_1011: 4,
    busy_random: 8,
    **{counted(number, how): 3 for number, how in ((5, "fin"), (20, "1008"), (50, "fin"), (20, "1011"))},
    steady_count: 5,
    always_three: 6,
    **{loop(code, reason): 3 for code, reason in ((0, ""), (4000, ""), (1011, "oops"))},
    rotation_of_short_lives: 4,
    **{outage(code): 3 for code in (1012, 1001, 0)},
    independent_ends: 8,
    opened_together: 4,
    storm: 3,
    explained_storm: 3,
    two_endpoints_apart: 3,
}
"""Case -> how many seeds."""

"""Servers with timers, drawn at random, and what must be said of each."""

import random

from tests.experiments.strange.grading import ERROR, Case, Found, Grade, number
from tests.experiments.strange.habits import Ends, Habits, Resets
from wsmonitor.experiments.options import ExperimentOptions
from wsmonitor.facts.answers import ExperimentAnswer


def idle(dice: random.Random) -> Case:
    limit_s = round(dice.uniform(5, 22), 1)
    resets: Resets = dice.choice(["any", "client", "server", "data", "nothing"])
    ends: Ends = dice.choice(["close", "close", "fin", "rst", "silent"])
    habits = Habits(
        idle_s=dice.choice([limit_s] * 7 + [None]),
        resets=resets,
        ends=ends,
        end_code=dice.choice([1000, 1001, 1008, 1011, 4000, 4408]),
        jitter=dice.choice([0, 0, 0, 0.02, 0.1]) if ends != "silent" else 0,
        echoes=dice.random() < 0.7,
        broadcasts=dice.random() < 0.15,
        pushes_s=dice.choice([None, None, None, limit_s / 4]),
        pings_s=dice.choice([None, None, None, None, limit_s / 3]),
        greets=dice.random() < 0.2,
        latency_s=dice.choice([0, 0, 0.02]),
        room=dice.choice([None, None, None, None, 1, 2, 6]) if ends != "silent" else None,
        rate=dice.choice([None, None, None, None, 2]),
        refuses=dice.choice(["429", "503", "403", "turn away", "drop", "replace"]),
        refusing_code=dice.choice([1008, 1013, 4409, 4429]),
    )
    message = dice.choice(["", "hello"])
    max_s = 60 if ends != "silent" else 75
    if habits.room is not None and habits.room < 4:
        max_s = 90
    talks = habits.pings_s is not None or (habits.pushes_s is not None and resets in ("any", "server"))
    protects = talks and resets not in ("data", "nothing") and habits.idle_s is not None
    wanted = None if habits.idle_s is None or protects else habits.idle_s

    def grade(answer: ExperimentAnswer) -> Found:
        found = number("limit_s", wanted, answer, rel=ERROR + habits.jitter)
        reset = answer.value.get("reset_by")
        if wanted is None:
            return [*found, ("right" if reset is None else "false", f"reset by {reset}, planted none")]
        words = {"any": ["any byte"], "client": ["client bytes"], "server": ["server bytes"], "data": ["data"]}
        allowed = words.get(resets, ["nothing"])
        if resets == "client" and habits.pushes_s is None:
            allowed = ["any byte", "client bytes"]
        grade: Grade = "right" if reset in allowed else "missed" if reset is None else "false"
        return [*found, (grade, f"reset by {reset}, planted {resets}")]

    return Case("idle", habits, ExperimentOptions(max_s=max_s, message=message), grade)


def keepalive(dice: random.Random) -> Case:
    pings_s = dice.choice([None, None, *[round(dice.uniform(3, 12), 1)] * 6])
    wait_s = dice.choice([None, *[round(dice.uniform(1, 15), 1)] * 3])
    ends: Ends = dice.choice(["close", "close", "fin", "rst"])
    habits = Habits(
        pings_s=pings_s,
        pong_wait_s=wait_s,
        keepalive_ends=ends,
        keepalive_code=dice.choice([1000, 1001, 1008, 1011, 4000]),
        any_pong_counts=dice.random() < 0.5,
        pings_all_at_once=dice.random() < 0.2,
        pushes_s=dice.choice([None, None, 0.001, 1.0]),
        idle_s=dice.choice([None, None, None, 14.0]),
        resets=dice.choice(["nothing", "client"]),
        latency_s=dice.choice([0, 0, 0.02]),
        room=dice.choice([None, None, None, 1, 2, 5]),
        refuses=dice.choice(["429", "403", "turn away", "replace"]),
        refusing_code=dice.choice([1008, 4409]),
    )
    end_s = habits.idle_s if habits.idle_s is not None and habits.resets == "nothing" else None
    if habits.idle_s is not None and habits.resets == "client" and (pings_s is None or pings_s > habits.idle_s):
        end_s = habits.idle_s
    noticed = None if pings_s is None or wait_s is None else pings_s + wait_s
    ends_mute = habits.idle_s if habits.idle_s is not None else None
    if habits.pings_all_at_once and pings_s is not None:
        noticed = pings_s  # or up to twice that
    if ends_mute is not None and habits.resets == "client" and (noticed is None or ends_mute < noticed):
        noticed = ends_mute if pings_s is not None and pings_s < ends_mute else None
    if end_s is not None and (noticed is None or end_s < noticed * 1.1):
        noticed = None
    code = habits.keepalive_code if ends == "close" else 1006

    def grade(answer: ExperimentAnswer) -> Found:
        wanted = pings_s if pings_s is not None and (end_s is None or end_s > pings_s) else None
        found = number("ping_interval_s", wanted, answer)
        if wanted is not None and end_s is not None and answer.value["ping_interval_s"] is None:
            found = [("missed", f"ping_interval_s null, planted {wanted}, all ends after {end_s}")]
        if habits.pings_all_at_once and pings_s is not None and habits.idle_s is None:
            after = answer.value["noticed_after_s"]
            right = isinstance(after, (int, float)) and pings_s * 0.95 <= after <= 2.05 * pings_s
            found.append(
                (
                    "right" if right else "missed" if after is None else "false",
                    f"noticed after {after}, planted {pings_s} to twice that",
                )
            )
        elif not habits.pings_all_at_once:
            found += number("noticed_after_s", noticed, answer)
        if answer.value["noticed_after_s"] is not None and noticed is not None and habits.idle_s is None:
            right = answer.value["code"] == code
            found.append(("right" if right else "false", f"code {answer.value['code']}, planted {code}"))
        return found

    return Case("keepalive", habits, ExperimentOptions(max_s=45), grade)


def first_send(dice: random.Random) -> Case:
    late_s = dice.choice(
        [0.0, 0.0, *[round(dice.choice([0.004, 0.02, 0.06, 0.15, 0.4, 0.8]) * dice.uniform(0.7, 1.2), 4)] * 4]
    )
    habits = Habits(
        late_s=late_s,
        late_closes=dice.random() < 0.2,
        echoes=dice.random() < 0.85,
        greets=dice.random() < 0.4,
        pushes_s=dice.choice([None, None, 0.2]),
        latency_s=dice.choice([0, 0, 0.02]),
        broadcasts=dice.random() < 0.2,
        room=dice.choice([None, None, None, None, 1]),
        rate=dice.choice([None, None, None, 3]),
        refuses=dice.choice(["429", "turn away", "replace", "403"]),
    )

    def grade(answer: ExperimentAnswer) -> Found:
        if not habits.echoes:
            grade: Grade = "right" if answer.verdict.startswith("not tested") else "false"
            return [(grade, answer.verdict)]
        wanted = None if late_s < 0.001 else late_s * 1000 - habits.latency_s * 1000
        if wanted is not None and wanted <= 0:
            wanted = None
        found = number("lost_within_ms", wanted, answer, rel=0.1)
        lost = answer.value["lost"]
        if wanted is None and lost:
            found.append(("false", f"{lost} lost, none planted"))
        return found

    return Case("first-send", habits, ExperimentOptions(max_s=75), grade)

"""Servers with limits and with mistakes, drawn at random, and what must be said of each."""

import random
from dataclasses import replace

from tests.experiments.strange.grading import Case, Found, Grade, graded, graded_checks, number
from tests.experiments.strange.habits import Habits
from wsmonitor.experiments.options import ExperimentOptions
from wsmonitor.facts.answers import ExperimentAnswer, verdict_word


def limits(dice: random.Random) -> Case:
    size = dice.choice([1 << dice.randint(12, 20), dice.randint(2_000, 2_000_000)])
    frame = dice.choice([None, size])
    message = dice.choice([None, None, frame, dice.choice([1 << dice.randint(12, 20), dice.randint(2_000, 2_000_000)])])
    habits = Habits(
        frame_bytes=frame,
        message_bytes=message,
        size_ends=dice.choice(["1009", "1009", "1008", "drop"]),
        room=dice.choice([None, None, 1, 2, 3, dice.randint(4, 30)]),
        rate=dice.choice([None, None, dice.randint(1, 9)]),
        refuses=dice.choice(["429", "503", "403", "turn away", "drop", "replace"]),
        refusing_code=dice.choice([1008, 1013, 4429]),
        latency_s=dice.choice([0, 0, 0.02]),
    )
    if habits.rate is not None and habits.refuses == "replace":
        habits = replace(habits, refuses="429")

    def grade(answer: ExperimentAnswer) -> Found:
        found = number("frame_bytes", frame, answer, rel=0)
        wanted = min([one for one in (message,) if one is not None], default=None)
        if wanted is not None and wanted > 4 << 20:
            wanted = None
        found += number("message_bytes", wanted, answer, rel=0)
        found += number("connections", habits.room, answer, rel=0)
        found += number("openings_per_s", habits.rate, answer, rel=0)
        untold = [row.id for row in answer.checks if verdict_word(row.verdict) in ("not tested", "inconclusive")]
        if "limits/rate" in untold and answer.value["openings_per_s"] is None:
            found[-1] = ("missed", found[-1][1])
        return found

    return Case("limits", habits, ExperimentOptions(max_s=180, max_bytes=4 << 20), grade)


ACCEPTS = {
    "unmasked": ("frames/unmasked",),
    "rsv": ("frames/rsv1", "frames/rsv2", "frames/rsv3"),
    "opcode": ("frames/opcode-3", "frames/opcode-11"),
    "long ping": ("frames/ping-126",),
    "fragmented ping": (),  # its parts may be taken in several ways
    "orphan": ("frames/orphan",),
    "interleaved": ("frames/interleaved",),
    "utf8": ("frames/utf8",),
}
LAX = {
    "upgrade": "handshake/upgrade-other",
    "connection": "handshake/connection-none",
    "post": "handshake/post",
    "http10": "handshake/http-1.0",
}


def _some(dice: random.Random, names: list[str], share: float) -> frozenset[str]:
    return frozenset(name for name in names if dice.random() < share)


def protocol(dice: random.Random) -> Case:
    share = dice.choice([0, 0.15])
    habits = Habits(
        accepts=_some(dice, [name for name, checks in ACCEPTS.items() if checks], share),
        lax=_some(dice, list(LAX), share),
        versions=dice.random() > share,
        keys=dice.random() > share,
        invents=dice.choice(["", "subprotocol", "extension", "accept"]) if dice.random() < share * 2 else "",
        pongs=dice.choice(["same", "wrong", "none"]) if dice.random() < share else "same",
        hates_pongs=dice.random() < share,
        masks=dice.random() < share,
        fails_with=dice.choice([1002, 1002, 1002, 1008, 1011]),
        echoes=dice.random() < 0.6,
        greets=dice.random() < 0.3,
        pushes_s=dice.choice([None, None, 0.5, 0.002]),
        pings_s=dice.choice([None, None, 2.0]),
        latency_s=dice.choice([0, 0, 0.05]),
        room=dice.choice([None, None, None, 1, 2]),
        rate=dice.choice([None, None, None, None, 3]),
        refuses=dice.choice(["429", "503", "403", "turn away", "replace"]),
        refusing_code=dice.choice([1008, 1013, 4409]),
    )
    wanted = {check for name in habits.accepts for check in ACCEPTS[name]}
    wanted |= {LAX[name] for name in habits.lax}
    if not habits.versions:
        wanted |= {"handshake/version-8", "handshake/version-99", "handshake/version-none"}
    if not habits.keys:
        wanted |= {"handshake/key-none", "handshake/key-short"}
    if habits.invents == "accept":
        wanted.add("handshake/accept")
    if habits.invents == "subprotocol":
        wanted |= {"handshake/subprotocol-none", "handshake/subprotocol-unknown", "handshake/subprotocol-two"}
    if habits.invents == "extension":
        wanted |= {"handshake/extensions-none", "handshake/extensions-unknown"}
    if habits.pongs != "same":
        wanted |= {f"ping/echo-{name}" for name in ("empty", "1", "125", "binary")}
    if habits.pongs != "same":
        wanted.add("ping/burst")
    if habits.hates_pongs and habits.pongs != "none":
        wanted.add("pong/unsolicited")
    if habits.masks:
        wanted.add("server/frames")

    def grade(answer: ExperimentAnswer) -> Found:
        return graded_checks(answer, wanted, lenient=habits.pongs == "none")

    return Case("protocol", habits, ExperimentOptions(max_s=180, message="hi", hostile=True), grade)


def close(dice: random.Random) -> Case:
    habits = Habits(
        close_echo=dice.choice(["same", "same", "same", "1000", "empty", "none"]),
        close_after_s=dice.choice([0, 0, 0, 0.5, 2.0, 4.5]),
        fin_after_s=dice.choice([0, 0, 0, 0.4, 3.0, None]),
        accepts_codes=frozenset(dice.sample([999, 1004, 1006, 2999], dice.choice([0, 0, 1, 2]))),
        fails_with=dice.choice([1002, 1002, 1008]),
        accepts=_some(dice, ["utf8"], 0.0),
        echoes=dice.random() < 0.6,
        pushes_s=dice.choice([None, None, 0.5]),
        latency_s=dice.choice([0, 0, 0.05]),
        room=dice.choice([None, None, None, 1]),
        refuses=dice.choice(["429", "403", "replace"]),
        refusing_code=4409,
    )
    wanted = {f"close/invalid-{code}" for code in habits.accepts_codes}
    answers = {"close/answer-1000", "close/answer-4000", "close/answer-none", "close/answer-reason"}
    if habits.close_echo == "none":
        wanted = answers | {"close/rst"}
    elif habits.fin_after_s is None:
        wanted.add("close/tcp")
    differs = set()
    if habits.close_echo == "1000":
        differs = {"close/answer-4000", "close/answer-none"}
    if habits.close_echo == "empty":
        differs = {"close/answer-1000", "close/answer-4000", "close/answer-reason"}

    def grade(answer: ExperimentAnswer) -> Found:
        found = graded_checks(answer, wanted)
        rows = {row.id: row for row in answer.checks}
        for name in differs & set(rows):
            word = verdict_word(rows[name].verdict)
            found.append(("right" if word == "differs" else "false", f"{name} differs planted, {rows[name].verdict}"))
        return found

    return Case("close", habits, ExperimentOptions(max_s=240, hostile=True), grade)


def security(dice: random.Random) -> Case:
    habits = Habits(
        origins=dice.choice(["any", "own", "prefix"]),
        latency_s=dice.choice([0, 0, 0.05]),
        room=dice.choice([None, None, 1]),
        rate=dice.choice([None, None, 3]),
        refuses=dice.choice(["429", "403"]),
    )
    accepted = {"any": {"evil", "null", "suffix"}, "own": set(), "prefix": {"suffix"}}[habits.origins]

    def grade(answer: ExperimentAnswer) -> Found:
        rows = {row.id: row for row in answer.checks}
        found: Found = []
        for name in ("evil", "null", "suffix"):
            row = rows[f"origin/{name}"]
            wanted = "finding" if name in accepted else "as expected"
            word = verdict_word(row.verdict)
            grade: Grade = (
                "right" if word == wanted else "missed" if word in ("not tested", "inconclusive") else "false"
            )
            found.append((grade, f"{row.id}: {row.verdict} {row.actual}, origins {habits.origins}"))
        for name in ("none", "own"):
            row = rows[f"origin/{name}"]
            usual = "finding" if (name, habits.origins) == ("none", "pages") else "as expected"
            right = verdict_word(row.verdict) == usual
            found.append((graded(right=right, told=True), f"{row.id}: {row.verdict} {row.actual}"))
        return found

    return Case("security", habits, ExperimentOptions(max_s=60), grade)

"""A storm of alerts is a few runs that tell everything."""

from pathlib import Path

from wsmonitor.alerts.pacing import AT_ONCE, BETWEEN_S, MOST_TOLD, Pacing
from wsmonitor.facts.events import AlertChanged
from wsmonitor.settings.conditions.alert_rule import AlertRule

HERE = Path("/work/here")
RULE = AlertRule(name="drops often", when="drops>=3 in 5m", command=("true",))


def change(endpoint: str = "chat", *, raised: bool = True, text: str = "3 drops in 5 min") -> AlertChanged:
    return AlertChanged(at_ns=1, endpoint=endpoint, rule=RULE.name, raised=raised, text=text)


def test_what_is_raised_while_a_program_runs_is_one_run_after_it() -> None:
    pacing = Pacing()
    pacing.add(RULE, [change("a")], 0, HERE)
    (first,) = pacing.due(0.0)
    pacing.add(RULE, [change("b")], 0, HERE)
    pacing.add(RULE, [change("c")], 0, HERE)

    meanwhile = pacing.due(BETWEEN_S + 1)
    pacing.ended(first)
    (second,) = pacing.due(BETWEEN_S + 1)

    assert (first.count, meanwhile, second.count) == (1, [], 2)
    assert second.environment()["WSMONITOR_ENDPOINTS"] == "b\nc"
    assert pacing.is_empty


def test_runs_of_one_rule_lie_apart_however_short_they_are() -> None:
    pacing = Pacing()
    pacing.add(RULE, [change("a")], 0, HERE)
    (first,) = pacing.due(0.0)
    pacing.ended(first)
    pacing.add(RULE, [change("b")], 0, HERE)

    assert pacing.due(BETWEEN_S - 0.1) == []
    assert [run.count for run in pacing.due(BETWEEN_S)] == [1]


def test_only_so_many_programs_run_at_once() -> None:
    pacing = Pacing()
    rules = [AlertRule(name=str(number), when=RULE.when, command=("true",)) for number in range(AT_ONCE + 1)]
    for rule in rules:
        pacing.add(rule, [change()], 0, HERE)

    started = pacing.due(0.0)

    assert [run.rule.name for run in started] == [rule.name for rule in rules[:AT_ONCE]]
    pacing.ended(started[1])
    assert [run.rule.name for run in pacing.due(0.0)] == [rules[-1].name]


def test_what_waits_is_of_the_rule_and_the_folder_it_was_raised_by_whatever_else_has_that_name() -> None:
    pacing = Pacing()
    other = AlertRule(name=RULE.name, when=RULE.when, command=("false",))
    pacing.add(RULE, [change("a")], 0, HERE)
    pacing.add(RULE, [change("b")], 0, HERE / "there")
    pacing.add(other, [change("c")], 0, HERE)

    started = [(run.rule, run.folder, run.told[0].endpoint) for run in pacing.due(0.0)]

    assert started == [(RULE, HERE, "a"), (RULE, HERE / "there", "b"), (other, HERE, "c")]


def test_what_is_over_is_told_by_a_run_of_its_own() -> None:
    pacing = Pacing()
    pacing.add(RULE, [change("a"), change("b"), change("a", raised=False)], 0, HERE)
    (raised,) = pacing.due(0.0)
    pacing.ended(raised)
    (over,) = pacing.due(BETWEEN_S)

    assert (raised.environment()["WSMONITOR_STATE"], raised.count) == ("raised", 2)
    assert (over.environment()["WSMONITOR_STATE"], over.count) == ("over", 1)


def test_a_program_gets_plain_bounded_texts_without_secrets() -> None:
    pacing = Pacing()
    text = "refused wss://h/?token=s3cret\n\x1b[31m" + "x" * 10_000
    pacing.add(RULE, [change("a\nb", text=text)] * 500, 1_700_000_000_500_000_000, HERE)
    (run,) = pacing.due(0.0)

    facts = run.environment()

    assert facts["WSMONITOR_ALERT"] == "drops often"
    assert facts["WSMONITOR_ENDPOINT"] == "a⏎b"
    assert facts["WSMONITOR_TIME"] == "2023-11-14T22:13:20.500+00:00"
    assert (facts["WSMONITOR_COUNT"], len(run.told)) == ("500", MOST_TOLD)
    assert facts["WSMONITOR_TEXT"].startswith("refused wss://h/?token=***⏎␛[31mxxx")
    assert "s3cret" not in str(facts)
    assert all(len(value) <= 4_000 for value in facts.values())

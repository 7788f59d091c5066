"""Alert rules of a workspace: read, checked with the line of each mistake, and written with their comments."""

from dataclasses import replace

import pytest
from msgspec.structs import replace as changed

from wsmonitor.facts.errors import SettingsError
from wsmonitor.settings.conditions.alert_rule import AlertRule
from wsmonitor.settings.workspace import dumps, loads

TEXT = """\
[[endpoint]]
url = "ws://localhost:8000/"

# somebody is called
[[alert]]
name = "drops often"
when = "drops>=3 in 5m"  # three is too many
endpoints = ["chat*"]
command = ["./call.sh", "me"]

[[alert]]
name = "slow"
when = "p99>200ms in 1m"
sound = true
"""


def test_rules_are_read() -> None:
    often, slow = loads(TEXT).alerts

    assert often == AlertRule(
        name="drops often", when="drops>=3 in 5m", endpoints=("chat*",), command=("./call.sh", "me")
    )
    assert (slow.notify, slow.sound, slow.command) == (True, True, ())


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('when = "drops>=3"', "line 3: alert.when: expected the time that counts"),
        ('when = "down>30s"\nsounds = true', "line 4: alert.sounds: unknown key `sounds`: did you mean `sound`?"),
        ('when = "down>30s"\ncommand = "ring"', "line 4: alert.command: expected a list"),
        ('when = "down>30s"\ncommand = [""]', "line 4: alert.command: expected a program first"),
        ('when = "down>30s"\ncommand = ["a\\u0000b"]', "expected a text that a program can be given"),
        ('when = "down>30s"\ntimeout_s = 0', "line 4: alert.timeout_s: expected 0.1 to 600 s, found 0"),
        ("", "line 1: alert: expected the key `when`, found none"),
        ('when = "down>30s"\n[[alert]]\nname = "a"\nwhen = "down>9s"', "expected each name once, found 'a' a second"),
    ],
)
def test_a_mistake_is_told_with_its_line(line: str, told: str) -> None:
    with pytest.raises(SettingsError) as error:
        loads(f'[[alert]]\nname = "a"\n{line}\n')

    assert told in "\n".join(error.value.problems)


def test_what_was_changed_is_written_and_every_comment_stays() -> None:
    read = loads(TEXT)
    often, slow = read.alerts
    new = AlertRule(name="gone", when="down>30s", notify=False)

    written = dumps(replace(read, alerts=(changed(often, endpoints=()), changed(slow, name="very slow"), new)))

    assert loads(written).alerts == (changed(often, endpoints=()), changed(slow, name="very slow"), new)
    assert "# somebody is called" in written
    assert "# three is too many" in written
    assert written.endswith('\n[[alert]]\nname = "gone"\nwhen = "down>30s"\nnotify = false\n')

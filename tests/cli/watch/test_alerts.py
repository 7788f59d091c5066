"""Alert rules on the command line: lines, records, exit codes, and programs only where asked for."""

import json
import sys
from pathlib import Path

import pytest

from tests.cli.check.test_command import check, drop_soon
from tests.cli.watch.test_command import Watch, server
from wsmonitor.facts.events import AlertChanged
from wsmonitor.recording import Replay


def workspace(folder: Path, url: str, *rules: str) -> str:
    """A file with one endpoint called chat."""
    path = folder / "w.toml"
    retry = "[endpoint.retry]\nbase_s = 0.05\ncap_s = 0.05\n"
    path.write_text("\n".join([f'[[endpoint]]\nname = "chat"\nurl = "{url}"\n{retry}', *rules]))
    return str(path)


def rule(when: str, **more: str) -> str:
    return "\n".join(
        ['[[alert]]\nname = "bad"', f'when = "{when}"', *(f"{key} = {value}" for key, value in more.items())]
    )


async def test_an_alert_of_the_workspace_is_a_record_and_decides_where_asked_for(tmp_path: Path) -> None:
    async with server(drop_soon) as url:
        file = workspace(tmp_path, url, rule("drops>=2 in 1m"))
        words = ("--workspace", file, "--duration", "2s", "-o", "json")
        code, out, err = await Watch(*words, "--record", str(tmp_path / "r.wsmon")).finished()
        failed, _, _ = await Watch(*words, "-q", "--fail-on", "alert").finished()

    alerts = [record for record in map(json.loads, out.splitlines()) if record["type"] == "alert_changed"]
    assert (code, failed, err) == (0, 3, "")
    assert [(one["endpoint"], one["rule"], one["raised"]) for one in alerts] == [("chat", "bad", True)]
    assert alerts[0]["text"].startswith("2 drops in 60 s, the last: peer or proxy: FIN")
    with Replay(tmp_path / "r.wsmon") as replay:
        recorded = [event for batch in replay.batches() for event in batch if isinstance(event, AlertChanged)]
    assert [one.text for one in recorded] == [alerts[0]["text"]]


@pytest.mark.parametrize(("condition", "code"), [("drops>=2 in 1m", 3), ("drops >= 900 in 1m", 0)])
async def test_a_condition_decides_the_exit_code(condition: str, code: int) -> None:
    async with server(drop_soon) as url:
        words = (url, "--duration", "2s", "-q", "--fail-on", condition)
        found, _, err = await Watch(*words).finished()

    assert (found, err) == (code, "")


async def test_what_a_rule_names_runs_only_with_its_option(tmp_path: Path) -> None:
    program = json.dumps(
        [sys.executable, "-c", "open('ran', 'w').write(__import__('os').environ['WSMONITOR_ENDPOINT'])"]
    )
    async with server(drop_soon) as url:
        file = workspace(tmp_path, url, rule("drops>=1 in 1m", command=program))
        words = ("--workspace", file, "--duration", "1s", "-q")
        _, _, told = await Watch(*words).finished()
        ran_at_once = (tmp_path / "ran").exists()
        _, _, silent = await Watch(*words, "--run-commands").finished()

    assert told == "wsmonitor watch: the programs of alerts are not run: bad; --run-commands runs them\n"
    assert (ran_at_once, silent) == (False, "")
    assert (tmp_path / "ran").read_text() == "chat"


async def test_a_check_has_a_criterion_for_each_rule_and_condition(tmp_path: Path) -> None:
    async with server(drop_soon) as url:
        file = workspace(tmp_path, url, rule("drops>=1 in 1m"))
        words = ("--workspace", file, "--duration", "1s", "-o", "json", "--fail-on", "p99>10s in 1m")
        code, out, _ = await check(*words)

    (endpoint,) = json.loads(out)["endpoints"]
    criteria = {one["name"]: one for one in endpoint["criteria"]}
    assert code == 3
    assert criteria["p99>10s in 1m"]["passed"]
    assert not criteria["alert bad"]["passed"]
    assert criteria["alert bad"]["found"].startswith("raised 1 time, first: 1 drop in 60 s")


@pytest.mark.parametrize(
    ("rules", "words", "told"),
    [
        ([rule("finding:idle_timeot")], (), "there is no finding idle_timeot"),
        ([rule("drops>=1")], (), "line 10: alert.when: expected the time that counts"),
        ([], ("--fail-on", "drops"), "expected warning, problem, alert or a condition: expected one condition such as"),
    ],
)
async def test_a_rule_that_cannot_be_judged_is_wrong_use(
    tmp_path: Path, rules: list[str], words: tuple[str, ...], told: str
) -> None:
    file = workspace(tmp_path, "ws://127.0.0.1:1", *rules)

    code, _, err = await Watch("--workspace", file, "--duration", "1s", *words).finished()

    assert code == 2
    assert told in err


async def test_a_rule_for_nobody_is_told(tmp_path: Path) -> None:
    async with server() as url:
        file = workspace(tmp_path, url, rule("drops>=1 in 1m", endpoints='["chta"]'))
        _, _, err = await Watch("--workspace", file, "--duration", "300ms", "-q").finished()

    assert err == "wsmonitor watch: alert bad is for no endpoint of this run\n"

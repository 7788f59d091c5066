"""`make servers`: ask every experiment about real servers and write `docs/servers.md`."""

import asyncio
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.servers.known import KNOWN, problems
from tools.servers.running import Server, servers
from tools.servers.second_opinion import compared, verdicts, wstest
from wsmonitor.experiments.laboratory import Laboratory
from wsmonitor.experiments.options import ExperimentOptions
from wsmonitor.facts.answers import ExperimentAnswer, verdict_word
from wsmonitor.facts.events import AnyEvent, ExperimentResult
from wsmonitor.settings.endpoint_settings import EndpointConfig

PAGE = Path(__file__).parents[2] / "docs" / "servers.md"
OPTIONS = {
    "idle": ExperimentOptions(max_s=70),
    "keepalive": ExperimentOptions(max_s=75),
    "first-send": ExperimentOptions(max_s=60),
    "protocol": ExperimentOptions(max_s=120, message="hello, world", hostile=True),
    "close": ExperimentOptions(max_s=120, hostile=True),
    "limits": ExperimentOptions(max_s=150, max_bytes=20 * 1024 * 1024),
    "security": ExperimentOptions(max_s=60),
}
Answers = dict[str, ExperimentAnswer]


async def ask(server: Server) -> Answers:
    """Every experiment about one server, one after the other."""
    answers: Answers = {}
    arrived = asyncio.Event()

    def note(event: AnyEvent) -> None:
        if isinstance(event, ExperimentResult):
            answers[event.answer.name] = event.answer
            arrived.set()

    laboratory = Laboratory(note)
    for name, options in OPTIONS.items():
        arrived.clear()
        laboratory.start(EndpointConfig(name=server.name, url=server.url), name, options)
        await arrived.wait()
        print(f"{server.name}: {name}: {answers[name].verdict}: {answers[name].answer}", flush=True)
    await laboratory.close()
    return answers


async def opinions(server: Server, answers: Answers) -> list[str]:
    """What Autobahn says of the same; nothing where it is not installed."""
    command = wstest()
    if command is None:
        return []
    rows = [*answers["protocol"].checks, *answers["close"].checks]
    return compared(await verdicts(command, server.name, server.url), rows)


def page(found: list[tuple[Server, Answers]], second: list[list[str]]) -> Iterator[str]:
    """The lines of the page; `second` has Autobahn's opinions."""
    yield "# What experiments say of real servers"
    yield ""
    yield "Made by `make servers`: every experiment, with `--hostile`, against echo servers on loopback with the"
    yield "defaults of their library; nginx and HAProxy stand before `websockets` without pings, with idle timers of"
    yield "ours. What is known beforehand is in `tools/servers/known.py`, with its source. Where our checks and the"
    yield "cases of Autobahn's test suite look at the same, the last line says whether they judge it alike (`WSTEST`)."
    for (server, answers), opinion in zip(found, second, strict=True):
        version = server.version if " " in server.version else f"{server.name} {server.version}"
        yield from ("", f"## {version}", "", "| experiment | answer | known | sure |", "|---|---|---|---|")
        for name, answer in answers.items():
            wrong = problems(server.name, answer)
            known = KNOWN.get((server.name, name))
            said = "" if known is None else f"{known.words}: {'; '.join(wrong) if wrong else 'found'}"
            yield f"| {name} | {_plain(answer.answer)} | {_plain(said)} | {answer.confidence:.2f} |"
        yield ""
        rows = [row for answer in answers.values() for row in answer.checks]
        for row in rows:
            if verdict_word(row.verdict) in ("violates", "differs", "inconclusive"):
                said = f"expected {_plain(row.expected)}; {_plain(row.actual)} ({row.section})"
                yield f"- `{row.id}` {row.verdict}: {said}"
        yield from opinion


def _plain(text: str) -> str:
    return text.replace("|", "\\|")


async def main() -> int:
    """0 if everything that is known was found."""
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)  # the servers end with us
    async with servers() as running:
        answers = await asyncio.gather(*map(ask, running))
        second = [await opinions(server, those) for server, those in zip(running, answers, strict=True)]
    found = list(zip(running, answers, strict=True))
    PAGE.write_text("\n".join(page(found, second)) + "\n", encoding="utf-8")
    wrong = [
        f"{server.name}: {one}" for server, those in found for a in those.values() for one in problems(server.name, a)
    ]
    print("\n".join(wrong) or "everything that is known was found")
    return 1 if wrong else 0


sys.exit(asyncio.run(main()))

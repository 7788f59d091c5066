"""CONTRIBUTING.md promises one file and one line for each new thing: one of each is added to a copy of the program.

The suite of the copy must say what is missing beside them, by name, and pass once that is there.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
COPIED = ("wsmonitor", "tests", "tools", "docs", "resources", "pyproject.toml", "CONTRIBUTING.md")
HARMLESS = shutil.ignore_patterns("__pycache__", "*.pyc", "screenshots", "recorded", ".*")

FILES = {
    "a forced disconnect": """
from wsmonitor.engine.disruptions.disruption import Disruption, Levers, no_argument


def _begin(levers: Levers, _argument: None) -> None:
    levers.reset()


DISRUPTION = Disruption(
    kind="made_up", title="Made up", group="transport", hint="resets, as an example", parse=no_argument, begin=_begin
)
""",
    "a diagnosis rule": """
from wsmonitor.diagnosis.evidence import Evidence
from wsmonitor.diagnosis.rules.rule import Judgement, LookAlike, Rule


def judge(evidence: Evidence) -> Judgement:
    return None


RULE = Rule(
    id="made_up",
    title="made up",
    severity="info",
    judge=judge,
    reads="nothing",
    look_alikes=(LookAlike("idle_timeout", "it is not made up"),),
)
""",
    "a plot": """
from wsmonitor.analysis.snapshot import EndpointView
from wsmonitor.plots.drawing import Drawing, Plot, Span


def draw(view: EndpointView, span: Span, pixels: int) -> Drawing:
    return Drawing(summary="Made up.")


PLOT = Plot("made_up", "Made up", "", 1.0, draw)
""",
    "an export format": """
from wsmonitor.exports.format import Format, Sink
from wsmonitor.exports.source import Source


def write(source: Source, sink: Sink) -> None:
    sink.write(b"made up")


FORMAT = Format("made-up", "Made up", ".made", write)
""",
    "a lab scenario": """
from wsmonitor.lab.parameters import NoParameters
from wsmonitor.lab.service import Service
from wsmonitor.lab.visit import Visit

HINT = "Serves well, as an example."


async def run(visit: Visit, parameters: NoParameters) -> None:
    await Service(await visit.accept()).run()
""",
    "an experiment": """
from wsmonitor.experiments.bench import Bench, Seen
from wsmonitor.experiments.experiment import Circumstances, Experiment, Judgement
from wsmonitor.experiments.options import ExperimentOptions
from wsmonitor.facts.answers import Bound


def bound(options: ExperimentOptions, is_private: bool) -> Bound:
    return Bound(time_s=1.0, openings=3, connections=2, sent_bytes=1000)


def predict(seen: Seen, options: ExperimentOptions) -> str:
    return "it opens"


async def run(bench: Bench, facts: list[str]) -> None:
    facts.append(str((await bench.open()).response))


def judge(facts: list[str], around: Circumstances) -> Judgement:
    return Judgement(verdict="made up", answer="nothing")


EXPERIMENT = Experiment(
    name="made-up", question="is it made up?", bound=bound, predict=predict, facts=list, run=run, judge=judge
)
""",
    "a command": """
def main(args: list[str]) -> int:
    return 0
""",
}
CONTRACTS = (
    "tests/cli/test_main.py::test_the_help_lists_the_commands_for_people_only",
    "tests/diagnosis/rules/test_contract.py",
    "tests/diagnosis/rules/test_table.py",
    "tests/experiments/test_registry.py",
    "tests/exports/test_formats.py",
    "tests/lab/test_expectations.py",
    "tests/lab/test_scenarios.py",
    "tests/plots/test_registry.py",
)
CONCERNED = "made or table or row or lists or unique or contract"


def promised() -> dict[str, tuple[Path, Path]]:
    """What can be added -> the folder of its file, and the file that gets a line."""
    rows = re.findall(r"^\| (an? [\w ]+) \| `([^`]+)` \| `([^`]+)` \|$", (ROOT / "CONTRIBUTING.md").read_text(), re.M)
    return {what: (Path(folder), Path(registry)) for what, folder, registry in rows}


@pytest.fixture
def copy(tmp_path: Path) -> Iterator[Path]:
    """A copy of the program with one more of each."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tmp_path / name, ignore=HARMLESS)
        else:
            shutil.copy(source, tmp_path)
    for what, (folder, registry) in promised().items():
        (tmp_path / folder / "made_up.py").write_text(f'"""Made up, to see what a new one needs."""\n{FILES[what]}')
        _add_line(tmp_path, registry, folder)
    yield tmp_path
    shutil.rmtree(tmp_path)


def _add_line(copy: Path, registry: Path, folder: Path) -> None:
    start, line = "COMMANDS = {\n", '    "made-up": ("wsmonitor.cli.made_up", "do nothing, as an example"),\n'
    if registry.name != "__main__.py":
        place = ".".join((*folder.relative_to(registry.parent).parts, "made_up"))
        start, line = "= (\n", f'    "{place}",\n'
    text = (copy / registry).read_text()
    assert text.count(start) == 1, f"{registry} has not one registry"
    (copy / registry).write_text(text.replace(start, start + line))


def _suite(copy: Path, **environ: str) -> tuple[int, str]:
    words = ("-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", "-k", CONCERNED, *CONTRACTS)
    env = os.environ | {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1", **environ}
    run = subprocess.run([sys.executable, *words], cwd=copy, env=env, capture_output=True, text=True, check=False)
    return run.returncode, run.stdout


def test_every_kind_that_can_be_added_is_tried() -> None:
    assert set(promised()) == set(FILES)


@pytest.mark.timeout(240)  # three runs of a part of the suite
def test_one_more_of_each_needs_what_the_suite_says_and_no_more(copy: Path) -> None:
    code, said = _suite(copy)

    assert code == 1, said
    assert "run `python -m tools.rules_table`" in said
    assert "add a [[row]] to tests/end_to_end/expectations.toml" in said
    assert "add `async def made_up(url)` to a module of tests/lab/claims" in said
    assert "golden/made-up.made" in said

    env = os.environ | {"PYTHONPATH": str(copy)}
    subprocess.run([sys.executable, "-m", "tools.rules_table"], cwd=copy, env=env, check=True)
    with (copy / "tests/end_to_end/expectations.toml").open("a") as rows:
        rows.write('\n[[row]]\nscenario = "made_up"\noutcome = "stays_open"\nfindings = []\nlimit_s = 2\n')
    with (copy / "tests/lab/claims/healthy.py").open("a") as claims:
        claims.write("\n\nmade_up = echo\n")
    _suite(copy, WSMONITOR_GOLDEN="write")
    code, said = _suite(copy)

    assert code == 0, said

"""What our texts point at is there: files named in docstrings, comments and pages, and links."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
OURS = ("wsmonitor", "tests", "tools", "docs")
PAGES = ("README.md", "CHANGELOG.md", "SECURITY.md", "CONTRIBUTING.md", "pyproject.toml", "Makefile")
NOT_OURS = {"ssl.py"}
"""What somebody else's file is called, as an example."""
_NAMED = re.compile(r"`((?:[\w*-]+/)*[\w*-]+\.(?:py|md|toml|html))`")
_LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")


def test_every_file_that_is_named_is_there() -> None:
    there = {str(path.relative_to(ROOT)) for path in everything()}

    lost = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in everything()
        if path != Path(__file__) and path.suffix in (".py", ".md", ".toml", "")
        for name in _NAMED.findall(path.read_text(encoding="utf-8"))
        if name not in NOT_OURS and not is_there(name, there)
    }

    assert sorted(lost) == []


def test_every_link_of_a_page_leads_somewhere() -> None:
    pages = [path for path in everything() if path.suffix == ".md"]

    lost = {
        f"{page.name}: {target}"
        for page in pages
        for target in _LINK.findall(page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    }

    assert sorted(lost) == []


def everything() -> Iterator[Path]:
    """The files of the project that people read."""
    for folder in OURS:
        yield from (path for path in (ROOT / folder).rglob("*") if path.suffix in (".py", ".md", ".html", ".toml"))
    yield from (ROOT / "resources").rglob("*.toml")
    yield from (ROOT / name for name in PAGES if (ROOT / name).exists())


def is_there(name: str, there: set[str]) -> bool:
    """Whether a path, or the end of one, is that of a file of ours."""
    if "*" in name:
        pattern = re.compile("(?:.*/)?" + re.escape(name).replace(r"\*", "[^/]*"))
        return any(pattern.fullmatch(path) for path in there)
    return any(path == name or path.endswith(f"/{name}") for path in there)

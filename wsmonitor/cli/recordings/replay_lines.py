"""The lines of a recording: `watch`'s words over `Replay`'s events."""

from collections.abc import Iterator

from wsmonitor.cli.measuring.text import TextLines
from wsmonitor.cli.watch.summary import summary_text
from wsmonitor.exports.source import Source, analyzer_of, wall_clock
from wsmonitor.exports.told import told


def text_lines(source: Source, *, encoding: str, details: bool = False) -> Iterator[bytes]:
    """A line for every event and finding that `watch` would show, and the summaries."""
    analyzer = analyzer_of(source)
    names = [config.name for config in source.endpoints]
    codes = {config.name: config.codes for config in source.endpoints}
    text = TextLines(wall_clock(source), names, encoding=encoding, codes=codes, details=details)
    for one in told(source, analyzer):
        if (line := text.line(one)) is not None:
            yield line
    for summary in analyzer.summary(source.end_ns):
        yield summary_text(summary).encode(encoding, "backslashreplace")


def is_summary(line: bytes) -> bool:
    """True for what `--quiet` shows."""
    return line.startswith((b"\n", b'{"schema_version":1,"type":"summary"'))

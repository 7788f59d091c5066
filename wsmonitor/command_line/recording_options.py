"""The options of `--record`: where to, how much of each message, and when to go on in a new file."""

import functools
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from msgspec import Struct

from wsmonitor.command_line import Duration

if TYPE_CHECKING:
    from wsmonitor.recording.options import RecordingOptions

_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*(|k|m|g)i?b?", re.IGNORECASE)
_FACTORS = {"": 1, "k": 1024, "m": 1024**2, "g": 1024**3}
SMALLEST_BYTES = 64 * 1024
"""An empty recording takes nearly as much."""


class RecordingOrder(Struct, frozen=True):
    """Record into `path`, as `options` say."""

    path: Path
    options: "RecordingOptions"


class ByteSize(click.ParamType[int]):
    """Bytes, written as `500KB`, `100MB`, `1GB` or a plain number; a kilobyte has 1,024."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        match = _SIZE.fullmatch(str(value).strip())
        if match is None:
            self.fail(f"expected a size such as 500KB, 100MB or 1GB, found {value!r}", param, ctx)
        size_bytes = int(float(match[1]) * _FACTORS[match[2].lower()])
        if size_bytes < SMALLEST_BYTES:
            self.fail(f"expected a size of at least {SMALLEST_BYTES // 1024}KB, found {value!r}", param, ctx)
        return size_bytes


def recording_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a click command `--record` and what belongs to it, as one `recording: RecordingOrder | None`."""

    @functools.wraps(function)
    def with_recording(*args: Any, **values: Any) -> Any:
        path = values.pop("record")
        said = {name: values.pop(name) for name in ("payload", "rotate_bytes", "rotate_s", "keep_parts")}
        overwrite = values.pop("force")
        if path is not None:
            from wsmonitor.recording.options import RecordingOptions

            options = RecordingOptions(overwrite=overwrite, **said)
            return function(*args, recording=RecordingOrder(path, options), **values)
        if overwrite or set(said.values()) != {None, "head"}:
            raise click.UsageError("the options of a recording need --record FILE; example: --record run.wsmon")
        return function(*args, recording=None, **values)

    for option in reversed(_OPTIONS):
        option(with_recording)
    return with_recording


_OPTIONS = (
    click.option(
        "--record",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE.wsmon",
        help="Record everything into this file.",
    ),
    click.option("--force", is_flag=True, help="Let --record overwrite FILE."),
    click.option(
        "--payload",
        type=click.Choice(["none", "head", "full"]),
        default="head",
        help="Of messages record nothing, the first 256 bytes [head], or all that is captured.",
    ),
    click.option("--rotate-size", "rotate_bytes", type=ByteSize(), help="Go on in a new file at this size: 100MB."),
    click.option("--rotate-every", "rotate_s", type=Duration(1.0), help="Go on in a new file after this long: 1h."),
    click.option("--keep", "keep_parts", type=click.IntRange(1), metavar="N", help="Keep only the newest N files."),
)

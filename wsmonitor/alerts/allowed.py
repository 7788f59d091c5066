"""Which programs the user has allowed to run, by the workspace file that names them; kept outside of any workspace.

A workspace may come from somebody else: what it names runs only once its user has said so, and is asked about
again when the program or one of its words changes, or the file moves.
"""

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec
import platformdirs

_MOST = 1_000


def allowed_file() -> Path:
    """Where the answers are kept."""
    return platformdirs.user_config_path("wsmonitor") / "alert-programs.json"


def answer(workspace: Path | None, command: Sequence[str]) -> bool | None:
    """What the user has said of `command` in this workspace; `None` where nobody was asked."""
    return _answers().get(_fingerprint(workspace, command))


def remember(workspace: Path | None, command: Sequence[str], *, is_allowed: bool) -> None:
    """Keep the user's answer. Raises `OSError` where it cannot be kept."""
    answers = _answers()
    answers.pop(_fingerprint(workspace, command), None)
    answers[_fingerprint(workspace, command)] = is_allowed
    newest = dict(list(answers.items())[-_MOST:])
    path = allowed_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(newest)))
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def _answers() -> dict[str, bool]:
    """What cannot be read allows nothing."""
    try:
        return msgspec.json.decode(allowed_file().read_bytes(), type=dict[str, bool])
    except (OSError, msgspec.DecodeError):
        return {}


def _fingerprint(workspace: Path | None, command: Sequence[str]) -> str:
    named = json.dumps(["" if workspace is None else str(workspace.resolve()), *command])
    return hashlib.sha256(named.encode("utf-8", "surrogatepass")).hexdigest()

"""Pure: `${NAME}` in settings and `${seq}` in messages, replaced as text.

Settings (those that `filled.py` names) know only `${NAME}`, read from the environment when the endpoint
connects. Message texts know `${seq} ${ts_ms} ${iso} ${uuid} ${conn}` and `${env:NAME}`. In both
`$${` stands for a literal `${`.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache

from wsmonitor.facts.errors import SettingsError

MESSAGE_NAMES = ("seq", "ts_ms", "iso", "uuid", "conn")
"""What a message text may name, besides `env:NAME`."""

_PLACEHOLDER = re.compile(r"\$\$\{|\$\{([^{}]*)\}|\$\{")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_JSON_AFTER_PREFIX = re.compile(r'[\w/,:-]{0,64}?(?=[\[{"])', re.ASCII)  # socket.io puts `42/chat,` ahead of its JSON


def fill_environment(text: str, environ: Mapping[str, str]) -> str:
    """`text` with every `${NAME}` replaced by that variable of `environ`.

    Raises `SettingsError` that names each variable that is not set, or is no name.
    """
    problems = environment_mistakes(text)
    names = [] if problems else [name for name in _names(text) if name not in environ]
    problems += [unset(name) for name in dict.fromkeys(names)]
    if problems:
        raise SettingsError(problems)
    return _replaced(text, lambda match: environ[match[1]])


def unset(name: str) -> str:
    """What is said of a variable that a placeholder names and the environment does not have."""
    return f"the environment variable {name} is not set: export {name}=... first"


def fill_message(
    text: str,
    *,
    seq: int,
    now_wall_ns: int,
    connection: int,
    environ: Mapping[str, str],
    new_uuid: Callable[[], str],
) -> str:
    """`text` with its placeholders replaced, escaped where they stand inside a string of JSON.

    `new_uuid` is called at most once: every `${uuid}` of one sending is the same. Raises
    `SettingsError` for an unknown placeholder and for a variable that is not set.
    """
    pieces = _pieces(text)
    if len(pieces) == 1 and isinstance(pieces[0], str):
        return pieces[0]
    values: dict[str, Callable[[], str]] = {
        "seq": lambda: str(seq),
        "ts_ms": lambda: str(now_wall_ns // 1_000_000),
        "iso": lambda: _iso(now_wall_ns),
        "uuid": new_uuid,
        "conn": lambda: str(connection),
    }
    from json import dumps  # most programs that import this fill in nothing

    filled: dict[str, str] = {}
    out: list[str] = []
    for piece in pieces:
        if isinstance(piece, str):
            out.append(piece)
            continue
        name, in_json_string = piece
        if name not in filled:
            filled[name] = values[name]() if name in values else _from_environment(name, environ)
        out.append(dumps(filled[name], ensure_ascii=False)[1:-1] if in_json_string else filled[name])
    return "".join(out)


def environment_mistakes(text: str) -> list[str]:
    """What is wrong with the placeholders of a setting, one sentence each; empty if nothing is."""
    mistakes = []
    for match in _PLACEHOLDER.finditer(text):
        name = match[1]
        if match[0] == "${":
            mistakes.append("expected `}` after `${` (write `$${` for a literal `${`)")
        elif name is not None and not _VARIABLE.fullmatch(name):
            mistakes.append(
                f"expected the name of an environment variable, found `${{{name}}}` (example: `${{TOKEN}}`; "
                "`$${` is a literal `${`)"
            )
    return mistakes


def message_variables(text: str) -> list[str]:
    """The environment variables that a message text names, once each."""
    return list(dict.fromkeys(name.removeprefix("env:") for name in _names(text) if name.startswith("env:")))


def literal(text: str) -> str:
    """What is written in a setting or a message text to mean `text` and no placeholder."""
    return text.replace("${", "$${")


def message_mistakes(text: str) -> list[str]:
    """What is wrong with the placeholders of a message text, one sentence each; empty if nothing is."""
    mistakes = []
    for match in _PLACEHOLDER.finditer(text):
        name = match[1]
        if match[0] == "${":
            mistakes.append("expected `}` after `${` (write `$${` for a literal `${`)")
        elif name is not None and not _is_message_name(name):
            mistakes.append(_unknown(name))
    return mistakes


def without_placeholders(text: str) -> str:
    """`text` with a 1 for every placeholder: enough to check the shape of a setting."""
    return _replaced(text, lambda _: "1")


def _is_message_name(name: str) -> bool:
    if name.startswith("env:"):
        return _VARIABLE.fullmatch(name[4:]) is not None
    return name in MESSAGE_NAMES


def _unknown(name: str) -> str:
    known = " ".join(f"${{{known}}}" for known in (*MESSAGE_NAMES, "env:NAME"))
    if _VARIABLE.fullmatch(name) and name.isupper():
        hint = f"; did you mean ${{env:{name}}}?"
    else:
        from difflib import get_close_matches

        close = get_close_matches(name.lower(), MESSAGE_NAMES, n=1)
        hint = f"; did you mean ${{{close[0]}}}?" if close else "; write `$${` for a literal `${`"
    return f"unknown placeholder ${{{name}}}: expected one of {known}{hint}"


def _names(text: str) -> list[str]:
    return [match[1] for match in _PLACEHOLDER.finditer(text) if match[1] is not None]


def _replaced(text: str, value: Callable[[re.Match[str]], str]) -> str:
    return _PLACEHOLDER.sub(lambda match: "${" if match[1] is None else value(match), text)


@lru_cache(maxsize=256)
def _pieces(text: str) -> tuple[str | tuple[str, bool], ...]:
    """Literal texts and (name, stands inside a JSON string) in order; raises `SettingsError`."""
    problems = message_mistakes(text)
    if problems:
        raise SettingsError(problems)
    json_from = _json_start(text)
    pieces: list[str | tuple[str, bool]] = []
    literal, position = "", 0
    inside = False
    for match in _PLACEHOLDER.finditer(text):
        between = text[position : match.start()]
        if json_from is not None and match.start() > json_from:
            inside = _ends_inside_string(text[max(position, json_from) : match.start()], inside)
        literal, position = literal + between, match.end()
        if match[1] is None:
            literal += "${"
            continue
        pieces += [literal, (match[1], inside)]
        literal = ""
    return (*pieces, literal + text[position:])


def _json_start(text: str) -> int | None:
    """Where the JSON in `text` begins, or `None` where there is none."""
    prefix = _JSON_AFTER_PREFIX.match(text.lstrip())
    if prefix is None:
        return None
    start = len(text) - len(text.lstrip()) + prefix.end()
    from json import loads

    try:
        loads(without_placeholders(text[start:]))
    except ValueError:
        return None
    return start


def _ends_inside_string(json_text: str, inside: bool) -> bool:
    """Whether the end of `json_text` is inside a string, given whether its start was."""
    quotes = re.sub(r"\\.", "", json_text, flags=re.DOTALL).count('"')
    return inside != (quotes % 2 == 1)


def _from_environment(name: str, environ: Mapping[str, str]) -> str:
    return fill_environment(f"${{{name.removeprefix('env:')}}}", environ)


def _iso(wall_ns: int) -> str:
    """ISO 8601 in UTC with milliseconds: `2025-01-31T12:00:00.123Z`."""
    moment = datetime.fromtimestamp(wall_ns // 1_000_000_000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{wall_ns // 1_000_000 % 1000:03d}Z"

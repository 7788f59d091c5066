"""What can be done with the texts kept for sending. Pure: a tuple in, a tuple out."""

from msgspec.structs import replace

from wsmonitor.settings.workspace import Snippet
from wsmonitor.settings.workspace.rules import field_check
from wsmonitor.text.plain_text import visible

Snippets = tuple[Snippet, ...]
_PREVIEW = 100


def named(snippets: Snippets, name: str) -> Snippet | None:
    """The snippet of this name."""
    return next((snippet for snippet in snippets if snippet.name == name), None)


def mistakes(snippet: Snippet) -> str:
    """What keeps it from being kept; empty if nothing does."""
    for field in ("name", "text"):
        value: str = getattr(snippet, field)
        check = field_check(Snippet, field)
        if check is not None and (mistake := check(value)):
            return f"The {field}: {mistake}"
        if any("\ud800" <= character <= "\udfff" for character in value):
            return f"The {field}: expected whole characters, found half of a surrogate pair"
    return ""


def kept(snippets: Snippets, new: Snippet) -> Snippets:
    """With `new`, in the place of the one of its name, else at the end."""
    if named(snippets, new.name) is None:
        return (*snippets, new)
    return tuple(new if snippet.name == new.name else snippet for snippet in snippets)


def renamed(snippets: Snippets, old_name: str, name: str) -> Snippets:
    """With another name for one of them, in its place."""
    return tuple(replace(snippet, name=name) if snippet.name == old_name else snippet for snippet in snippets)


def without(snippets: Snippets, name: str) -> Snippets:
    """Without the one of this name."""
    return tuple(snippet for snippet in snippets if snippet.name != name)


def line(snippet: Snippet) -> str:
    """`login · JSON · {"op": …`: one line of bounded length."""
    kind = "" if snippet.format == "text" else f" · {snippet.format}"
    return f"{visible(snippet.name, 60)}{kind} · {visible(snippet.text, _PREVIEW)}"

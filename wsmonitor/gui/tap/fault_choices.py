"""What a menu offers of each fault on the way: arguments that it takes, and their words. Pure."""

from wsmonitor.settings.tap_faults import FaultKind

_SIDES: dict[str, tuple[tuple[str, str], ...]] = {
    "directions": (("", "both ways"), ("up", "from your client"), ("down", "from the server")),
    "legs": (("both", "both sides"), ("client", "your client's side"), ("server", "the server's side")),
}


def choices(kind: FaultKind) -> dict[str, str]:
    """Argument -> words, in the order of the menu."""
    sides: tuple[tuple[str, str], ...] = (("", "on" if kind.lasts else "now"),)
    if kind.acts_on in ("bytes", "frames"):
        sides = _SIDES["directions"]
    elif kind.acts_on == "legs":
        sides = _SIDES["legs"]
    found = {
        ",".join(filter(None, (kind.default, side))): " · ".join(filter(None, (kind.default, words)))
        for side, words in sides
    }
    if kind.example:
        found.setdefault(kind.example, kind.example)
    return found


def takes_words(kind: FaultKind) -> bool:
    """Whether there is more to say of it than what the menu offers."""
    return bool(kind.example or kind.default)

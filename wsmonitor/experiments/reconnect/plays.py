"""Pure: the faults of the reconnect audit, each as what a tap is told and when."""

from msgspec import Struct

CUT = (0.0, "reset", "client")
FULL_S = 30.0
SILENT_S = 90.0


class Play(Struct, frozen=True, kw_only=True):
    """One fault. `orders`: seconds after its beginning, kind and argument, as a tap takes them.

    `lasts_s` is 0 for what happens once. What lasts is lifted after that time, or before, on the client's try.
    """

    name: str
    title: str
    orders: tuple[tuple[float, str, str], ...]
    lasts_s: float = 0.0
    lift_on_try: int = 0
    """The client's try by which it is lifted early; 0: it is not."""
    refuses: bool = False
    """Openings are refused while it lasts."""
    is_unseen: bool = False
    """It is the kernel that refuses them: not everywhere are the tries seen."""
    is_dead: bool = False
    """What is open when it begins carries no bytes any more: the client has only its heartbeat to notice by."""
    is_bearable: bool = False
    """The connection goes on: a client should stay."""
    is_final: bool = False
    """The server says that trying again makes no sense."""
    asks_to_spread: bool = False
    """The server leaves all its clients at once."""
    retry_after_s: float = 0.0
    quick: bool = False


def _closed(code: int, title: str, *, asks_to_spread: bool = False) -> Play:
    orders = ((0.0, "close", f"{code},client"),)
    return Play(name=f"close_{code}", title=title, orders=orders, asks_to_spread=asks_to_spread)


def _refused(code: int, title: str, *, is_final: bool, quick: bool) -> Play:
    orders = ((0.0, "accept_then_close", str(code)), (0.0, "close", f"{code},client"))
    name = f"refused_{code}" if is_final else f"accept_close_{code}"
    return Play(name=name, title=title, orders=orders, lasts_s=FULL_S, refuses=True, is_final=is_final, quick=quick)


PLAYS: tuple[Play, ...] = (
    Play(name="reset", title="tcp reset", orders=(CUT,), quick=True),
    Play(name="fin", title="fin without close", orders=((0.0, "fin", "client"),)),
    Play(name="cut_message", title="cut in mid-message", orders=((0.0, "cut_message", ""),)),
    _closed(1000, "close 1000"),
    _closed(1001, "close 1001", asks_to_spread=True),
    _closed(1012, "close 1012", asks_to_spread=True),
    _closed(1011, "close 1011"),
    _closed(1013, "close 1013"),
    Play(
        name="silence",
        title="dead path",
        orders=((0.0, "slow_close", "10m"), (0.0, "discard", "")),  # on a dead path no end of the server arrives
        lasts_s=SILENT_S,
        lift_on_try=1,
        is_dead=True,
        quick=True,
    ),
    Play(
        name="drop_pongs",
        title="pongs dropped",
        orders=((0.0, "drop_pongs", "down"),),
        lasts_s=60.0,
        lift_on_try=1,
        is_bearable=True,
    ),
    Play(name="latency", title="latency 3 s", orders=((0.0, "latency", "3s"),), lasts_s=20.0, is_bearable=True),
    Play(
        name="refuse",
        title="server gone",
        orders=((0.0, "refuse", ""), CUT),
        lasts_s=FULL_S,
        refuses=True,
        is_unseen=True,
        quick=True,
    ),
    Play(
        name="hang",
        title="upgrade hangs",
        orders=((0.0, "hang", ""), CUT),
        lasts_s=60.0,
        lift_on_try=2,
    ),
    Play(
        name="http_503",
        title="503, retry after 10 s",
        orders=((0.0, "http", "503,10"), CUT),
        lasts_s=FULL_S,
        refuses=True,
        retry_after_s=10.0,
        quick=True,
    ),
    _refused(1011, "accepts, closes 1011", is_final=False, quick=True),
    Play(
        name="flap",
        title="reset every 5 s",
        orders=tuple((5.0 * number, "reset", "client") for number in range(6)),
        lasts_s=25.5,
    ),
    _refused(1008, "refuses with 1008", is_final=True, quick=False),
    _refused(4401, "refuses with 4401", is_final=True, quick=True),
)
"""In the order in which they are played: a client may rightly stop after the last ones."""

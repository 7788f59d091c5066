"""Colours of the window, dark and light, after the Okabe-Ito palette; red means failure only.

Colour never stands alone: states have letters and heights, directions have arrows.
"""

from typing import TYPE_CHECKING, Literal, assert_never

from msgspec import Struct

from wsmonitor.facts.events import State

if TYPE_CHECKING:
    from wsmonitor.plots.drawing import Dots, Line, Role

OPEN, OPENING, BACKOFF, CLOSING, CLOSED, FAILED = "#009E73", "#56B4E9", "#CC79A7", "#E69F00", "#8C8C8C", "#D55E00"
DEGRADED = "#F0E442"
MENDED = "#8FB5A3"
"""What was wrong and is so no more: neither alarm nor plain green."""


class Theme(Struct, frozen=True):
    """Every colour by its purpose, as `#rrggbb`."""

    name: Literal["dark", "light"]
    window: str
    panel: str
    plot: str
    raised: str
    hover: str
    border: str
    grid: str
    text: str
    muted: str
    accent: str
    selection: str
    disconnect: str
    live: str
    recording: str
    warning: str
    failure: str
    problem_card: str
    problem_edge: str
    warning_card: str
    warning_edge: str
    rtt_ws: str
    rtt_app: str
    rtt_tcp: str
    rtt_client: str
    buffered: str
    sent: str
    received: str
    series: tuple[str, ...]
    """Of several connections in one picture, by their order; from the last on again from the first."""


DARK = Theme(
    name="dark",
    window="#16181c",
    panel="#1c1f24",
    plot="#131519",
    raised="#262a31",
    hover="#30353e",
    border="#2b2f37",
    grid="#1f2228",
    text="#d9dde3",
    muted="#8b929d",
    accent="#2a4b6b",
    selection="#243447",
    disconnect="#5a2f1c",
    live="#184b3d",
    recording="#4a1f24",
    warning="#e8b54a",
    failure="#ff8a5c",
    problem_card="#2b2520",
    problem_edge="#6b3f1e",
    warning_card="#29271f",
    warning_edge="#5c4a1e",
    rtt_ws="#4aa3e0",
    rtt_app="#d9a05b",
    rtt_tcp="#b7a7e0",
    rtt_client="#5ecfae",
    buffered="#e9dc54",
    sent="#4aa3e0",
    received="#e0a63a",
    series=("#56b4e9", "#e69f00", "#3ccf9f", "#e08fc0", "#f0e442", "#9d8cf0", "#a5c76a", "#c9c9c9"),
)

LIGHT = Theme(
    name="light",
    window="#eceff2",
    panel="#f7f8fa",
    plot="#ffffff",
    raised="#ffffff",
    hover="#e6ebf1",
    border="#cfd5dc",
    grid="#eceff3",
    text="#1d2229",
    muted="#5c6570",
    accent="#bcd8f2",
    selection="#d5e6f6",
    disconnect="#f8dfd0",
    live="#c3e8db",
    recording="#f5d5d6",
    warning="#8a5a00",
    failure="#b34700",
    problem_card="#fdf3ec",
    problem_edge="#e3a27a",
    warning_card="#fdf8ea",
    warning_edge="#dfc37f",
    rtt_ws="#0072b2",
    rtt_app="#a65f00",
    rtt_tcp="#7a5fb0",
    rtt_client="#007a5a",
    buffered="#8f7a00",
    sent="#0072b2",
    received="#b97700",
    series=("#0072b2", "#b36b00", "#007a5a", "#a03d7d", "#7a6c00", "#5a48c8", "#4d7a12", "#555b66"),
)


def state_color(state: State) -> str:
    """The fill of a state's pill and band, the same in both themes."""
    match state:
        case State.OPEN:
            return OPEN
        case State.RESOLVING | State.CONNECTING | State.SECURING | State.UPGRADING:
            return OPENING
        case State.BACKOFF | State.HOLD | State.SUSPENDED | State.OFFLINE:
            return BACKOFF
        case State.DEGRADED:
            return DEGRADED
        case State.CLOSING:
            return CLOSING
        case State.IDLE | State.STOPPED:
            return CLOSED
        case State.FAILED:
            return FAILED
        case _:
            assert_never(state)


def state_height(state: State) -> float:
    """How high a state stands in its band, 0 to 1: the higher, the more works."""
    match state:
        case State.OPEN:
            return 1.0
        case State.DEGRADED:
            return 0.8
        case State.RESOLVING | State.CONNECTING | State.SECURING | State.UPGRADING | State.CLOSING:
            return 0.6
        case State.BACKOFF | State.HOLD | State.SUSPENDED | State.OFFLINE:
            return 0.45
        case State.FAILED:
            return 0.45
        case State.IDLE | State.STOPPED:
            return 0.2
        case _:
            assert_never(state)


def state_is_outlined(state: State) -> bool:
    """Whether a dark line goes around it: three of the purple states are not the everyday backoff."""
    return state in (State.HOLD, State.SUSPENDED, State.OFFLINE)


def curve_color(theme: Theme, curve: "Line | Dots") -> str:
    """The colour of a curve: that of its connection where several are shown, else that of what it measures."""
    if curve.series is not None:
        return theme.series[curve.series % len(theme.series)]
    return role_color(theme, curve.role)


def role_color(theme: Theme, role: "Role") -> str:
    """The colour of what a plot draws."""
    match role:
        case "rtt_ws":
            return theme.rtt_ws
        case "rtt_app":
            return theme.rtt_app
        case "rtt_tcp":
            return theme.rtt_tcp
        case "rtt_client":
            return theme.rtt_client
        case "lag":
            return theme.warning
        case "missed" | "closure":
            return FAILED
        case "buffered":
            return theme.buffered
        case "limit":
            return theme.muted
        case "sent":
            return theme.sent
        case "received":
            return theme.received
        case _:
            assert_never(role)

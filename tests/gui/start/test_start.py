"""Starting the window without a display, with bad words, and what it would open."""

import asyncio
import signal
from typing import NoReturn
from unittest.mock import Mock

import pytest

from wsmonitor.gui.start import session, start
from wsmonitor.gui.start.options import WindowOptions


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[WindowOptions]:
    """What would be opened; nothing is."""
    found: list[WindowOptions] = []

    def open_(options: WindowOptions) -> int:
        found.append(options)
        return 0

    monkeypatch.setattr(start, "_open", open_)
    return found


def test_without_a_display_one_line_names_both_ways_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], opened: list[WindowOptions]
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")

    assert start.main(["ws://localhost:1"]) == 1

    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "wsmonitor watch" in error
    assert "--screenshot" in error
    assert opened == []


def test_a_url_that_is_none_is_a_usage_error(capsys: pytest.CaptureFixture[str], opened: list[WindowOptions]) -> None:
    assert start.main(["http://localhost"]) == 2
    assert "ws://localhost" in capsys.readouterr().err


def test_words_and_options_reach_the_window(opened: list[WindowOptions]) -> None:
    code = start.main(["localhost:8000/ws", "-H", "X-Trace: 1", "--theme", "light", "--after", "500ms", "--lab"])

    assert code == 0
    (options,) = opened
    assert options.endpoints[0].url == "ws://localhost:8000/ws"
    assert options.endpoints[0].headers == {"X-Trace": "1"}
    assert (options.theme, options.after_s, options.with_lab) == ("light", 0.5, True)


def test_a_size_that_is_none_is_a_usage_error(opened: list[WindowOptions]) -> None:
    assert start.main(["--size", "big"]) == 2


def test_a_signal_ends_a_window_without_a_session_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def make(*_: object) -> NoReturn:
        raise InterruptedError(f"SIGTERM found {signal.getsignal(signal.SIGTERM)!r}")

    monkeypatch.setattr(session, "Session", make)

    with pytest.raises(InterruptedError, match="SIG_DFL"):
        asyncio.run(session._serve(WindowOptions(), Mock(), Mock(), None))


def test_the_probe_closes_its_connections_while_the_lab_ends_once_the_recording_has() -> None:
    closing = Mock()

    asyncio.run(session.Session.close(closing))

    order = [call[0] for call in closing.mock_calls]
    assert order.index("recording.close") < order.index("_client.quit") < order.index("whole.lab.close")

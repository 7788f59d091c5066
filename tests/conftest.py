"""What holds for every test: no screen, no user settings, no proxy, and nothing may leak (`guards.py`)."""

import os
import tempfile

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = ("pytester", "tests.guards")

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["PYQTGRAPH_QT_LIB"] = "PySide6"
for name in ("ws_proxy", "wss_proxy", "http_proxy", "https_proxy", "all_proxy", "NO_COLOR", "FORCE_COLOR"):
    os.environ.pop(name, None)
    os.environ.pop(name.upper(), None)

settings.register_profile("wsmonitor", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("wsmonitor")  # a busy machine is no failure


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Half as many again as there are processors: tests wait for processes, sockets and timers."""
    processors = os.cpu_count() or 1
    return processors + processors // 2


def pytest_configure(config: pytest.Config) -> None:
    """Keep the user's settings, recordings and log file out of the tests, and the tests out of them."""
    home = tempfile.TemporaryDirectory(prefix="wsmonitor-tests-")
    config.add_cleanup(home.cleanup)
    for kind in ("CONFIG", "DATA", "STATE"):
        os.environ[f"XDG_{kind}_HOME"] = os.path.join(home.name, kind.lower())

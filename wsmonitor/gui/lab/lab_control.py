"""The lab in the window: starts it when it is first needed, adds its endpoints, stories and scenarios."""

from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from urllib.parse import urlsplit

from msgspec import Struct
from PySide6.QtCore import QObject, Signal

from wsmonitor.facts.errors import WsmonitorError
from wsmonitor.gui.feed.controller import Controller
from wsmonitor.gui.lab.process import LAB_FILE, Lab, LabScenario, RunningLab
from wsmonitor.gui.lab.stories import Story
from wsmonitor.settings.endpoint_settings import EndpointConfig, PingConfig, RetryConfig, TapConfig

Task = Callable[[RunningLab], None]
_PING = PingConfig(interval_s=0.5, timeout_s=2)
_RETRY = RetryConfig(base_s=0.5, cap_s=4, stable_after_s=2)
"""For single scenarios: a picture builds up within half a minute."""
TAP = "lab, through a tap"
END_S = 1.5
"""A lab that does not end by itself is killed within that."""


class Part(Struct, frozen=True):
    """Which story an endpoint plays in, and on which side; `other` is the endpoint beside it."""

    story: Story
    is_fixed: bool
    other: str


class LabControl(QObject):
    """`shown` carries the endpoint to look at after a story or scenario was added; `changed` follows start and end."""

    shown = Signal(str)
    changed = Signal()
    _answered = Signal(object)

    def __init__(self, controller: Controller) -> None:
        super().__init__(controller)
        self._controller = controller
        self._lab: Lab | None = None
        self._running: RunningLab | None = None
        self._tasks: list[Task] = []
        self._parts: dict[str, Part] = {}
        self._answered.connect(self._go_on)

    @property
    def running(self) -> RunningLab | None:
        """The lab, once it listens."""
        return self._running

    def part(self, name: str) -> Part | None:
        """What endpoint `name` plays; `None` for all that are not of a story."""
        return self._parts.get(name)

    def use(self, lab: Lab) -> None:
        """Take over a lab that starts or runs, and add its four endpoints."""
        self._lab = lab
        self._tasks.append(self._add_endpoints)
        lab.running.add_done_callback(self._answered.emit)  # from its reader thread: Qt brings it here

    def start(self) -> None:
        """Start the lab and add its four endpoints, or those of them that are gone."""
        self._with_lab(self._add_endpoints)

    def play(self, story: Story) -> None:
        """Add the two endpoints of a story and dial them; the failing one is shown."""
        self._with_lab(partial(self._add_story, story))

    def load_scenarios(self) -> None:
        """Start the lab, so that `running` can tell its scenarios."""
        self._with_lab(_nothing)

    def add_scenario(self, scenario: LabScenario) -> None:
        """Add one scenario as an endpoint."""
        config = EndpointConfig(name=f"lab: {scenario.id}", url=scenario.url, ping=_PING, retry=_RETRY)
        self._add([config])

    def tap(self) -> None:
        """Put a tap before the lab, or listen again with the one that is there; it is shown."""
        self._with_lab(self._add_tap)

    def stop(self) -> None:
        """End the lab and forget its endpoints."""
        if self._running is not None:
            ports = {urlsplit(scenario.url).port for scenario in self._running.scenarios}
            mine = [config.name for config in self._controller.configs if urlsplit(config.url).port in ports]
            self._controller.remove(mine)
        self.close()
        self.changed.emit()

    def close(self, wait_s: float = 0.0) -> None:
        """End the lab, waiting `wait_s` for it at most."""
        lab, self._lab, self._running = self._lab, None, None
        self._tasks.clear()
        if lab is not None:
            lab.close()
            lab.join(wait_s)

    def _add_tap(self, running: RunningLab) -> None:
        self._add([EndpointConfig(name=TAP, url=f"ws://127.0.0.1:{running.port}/", tap=TapConfig())])

    def _with_lab(self, task: Task) -> None:
        if self._running is not None:
            self._run(task, self._running)
            return
        self._tasks.append(task)
        if self._lab is None:
            self._lab = Lab.start()
            self._lab.running.add_done_callback(self._answered.emit)

    def _go_on(self, answer: "Future[RunningLab]") -> None:
        if self._lab is None or answer is not self._lab.running:
            return
        tasks, self._tasks = self._tasks, []
        error = answer.exception()
        if error is not None:
            self.close()
            self._controller.failed.emit(str(error))
        else:
            self._running = answer.result()
            for task in tasks:
                self._run(task, self._running)
        self.changed.emit()

    def _run(self, task: Task, running: RunningLab) -> None:
        try:
            task(running)
        except (WsmonitorError, OSError) as error:
            self._controller.failed.emit(f"the lab's endpoints cannot be read: {error}")

    def _add_endpoints(self, running: RunningLab) -> None:
        self._add(running.endpoints(LAB_FILE), show=False)

    def _add_story(self, story: Story, running: RunningLab) -> None:
        failing, fixed = self._add(running.endpoints(story.file))
        self._parts[failing] = Part(story, is_fixed=False, other=fixed)
        self._parts[fixed] = Part(story, is_fixed=True, other=failing)
        self.shown.emit(failing)

    def _add(self, wanted: list[EndpointConfig], *, show: bool = True) -> list[str]:
        """Names of the endpoints that do what is wanted; those that are there already are dialled again."""
        there = {(config.name, config.url) for config in self._controller.configs}
        known = [config for config in wanted if (config.name, config.url) in there]
        before = len(self._controller.configs)
        self._controller.connect_now(config.name for config in known)
        self._controller.add(config for config in wanted if config not in known)
        added = iter(self._controller.configs[before:])
        names = [config.name if config in known else next(added).name for config in wanted]
        if show and names:
            self.shown.emit(names[0])
        return names


def _nothing(running: RunningLab) -> None:
    pass

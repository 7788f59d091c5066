"""Runs experiments beside the monitoring: one at a time for each endpoint, on connections of their own."""

import asyncio
import logging
from collections.abc import Callable

from wsmonitor.engine.clocks.clock import SystemClock
from wsmonitor.engine.clocks.tasks import Tasks
from wsmonitor.experiments.experiment import AnyExperiment
from wsmonitor.experiments.frame import could_not_run, run_experiment
from wsmonitor.experiments.options import ExperimentOptions
from wsmonitor.experiments.reconnect.answer import NAME as RECONNECT
from wsmonitor.experiments.reconnect.answer import no_answer
from wsmonitor.experiments.reconnect.audit import audit_for
from wsmonitor.experiments.reconnect.run import AuditRun, Disrupt
from wsmonitor.experiments.registry import find
from wsmonitor.experiments.way import EngineWay
from wsmonitor.facts.answers import ExperimentLine, ExperimentPlan
from wsmonitor.facts.errors import WsmonitorError
from wsmonitor.facts.events import AnyEvent, ExperimentProgress, ExperimentResult
from wsmonitor.settings.endpoint_settings import EndpointConfig

log = logging.getLogger(__name__)

Publish = Callable[[AnyEvent], None]


class Laboratory:
    """Starts and stops experiments; `publish` gets their progress and, always, one result each.

    `disrupt` puts the faults of an audit on the tap that it is about, where there are taps; their events come through
    `hear`.
    """

    def __init__(self, publish: Publish, *, disrupt: Disrupt | None = None) -> None:
        self._publish = publish
        self._disrupt = disrupt
        self._running: dict[str, asyncio.Event] = {}
        self._audits: dict[str, AuditRun] = {}
        self._tasks = Tasks()

    def start(self, config: EndpointConfig, name: str, options: ExperimentOptions) -> None:
        """Ask a question of the endpoint's server, or of the client of a tap.

        Raises `WsmonitorError` for an unknown name, for settings that cannot be used, and while another one is asked.
        """
        experiment = None if name == RECONNECT else find(name)
        if config.name in self._running:
            raise WsmonitorError(f"another experiment runs on {config.name!r}")
        if experiment is None:
            self._start_audit(config, options)
            return
        clock = SystemClock(asyncio.get_running_loop())
        way = EngineWay(config, clock)
        stop = self._running[config.name] = asyncio.Event()
        asking = self._run(experiment, config.name, way=way, clock=clock, options=options, stop=stop)
        self._tasks.start(asking, name=f"experiment {name} on {config.name}")

    def stop(self, endpoint: str) -> None:
        """End the experiment that runs on the endpoint, if one does; its result follows."""
        if endpoint in self._running:
            self._running[endpoint].set()

    def hear(self, event: AnyEvent) -> None:
        """What is monitored stated something."""
        for audit in self._audits.values():
            audit.hear(event)

    def set_subscription(self, endpoint: str, messages: tuple[str, ...]) -> None:
        """These are the messages that the client under audit sends first. Raises `WsmonitorError` where none is."""
        if endpoint not in self._audits:
            raise WsmonitorError(f"no client of {endpoint!r} is tested now")
        self._audits[endpoint].audit.set_subscription(messages)

    async def close(self) -> None:
        """End all, without results."""
        await self._tasks.close()

    def _start_audit(self, config: EndpointConfig, options: ExperimentOptions) -> None:
        if not config.is_tap or self._disrupt is None:
            raise WsmonitorError(f"{RECONNECT} is about your own client: it needs a tap, and {config.name!r} is none")
        clock = SystemClock(asyncio.get_running_loop())
        audit = audit_for(quick=options.quick, subscription=options.subscription, now_ns=clock.now_ns())
        run = AuditRun(config.name, audit, now_ns=clock.now_ns, disrupt=self._disrupt, publish=self._publish)
        stop = self._running[config.name] = asyncio.Event()
        self._audits[config.name] = run
        self._tasks.start(self._audit(config.name, run, stop, clock), name=f"audit of {config.name}")

    async def _audit(self, endpoint: str, run: AuditRun, stop: asyncio.Event, clock: SystemClock) -> None:
        try:
            answer = await run.run(stop)
        except Exception as bug:  # whoever asked is to get an answer all the same
            log.exception("the audit of %s failed", endpoint)
            answer = no_answer(run.audit.bound_s, f"{type(bug).__name__}: {bug}")
        finally:
            del self._running[endpoint], self._audits[endpoint]
        self._publish(ExperimentResult(at_ns=clock.now_ns(), endpoint=endpoint, answer=answer))

    async def _run(
        self,
        experiment: AnyExperiment,
        endpoint: str,
        *,
        way: EngineWay,
        clock: SystemClock,
        options: ExperimentOptions,
        stop: asyncio.Event,
    ) -> None:
        def tell(step: str, line: ExperimentLine | None) -> None:
            at_ns, name = clock.now_ns(), experiment.name
            self._publish(ExperimentProgress(at_ns=at_ns, endpoint=endpoint, name=name, step=step, line=line))

        def planned(plan: ExperimentPlan) -> None:
            self._publish(ExperimentProgress(at_ns=clock.now_ns(), endpoint=endpoint, name=experiment.name, plan=plan))

        is_private = await way.is_private()
        try:
            asking = run_experiment(
                experiment,
                way=way,
                options=options,
                clock=clock,
                is_private=is_private,
                stop=stop,
                tell=tell,
                planned=planned,
            )
            answer = await asking
        except Exception as bug:  # whoever asked is to get an answer all the same
            log.exception("experiment %s failed", experiment.name)
            answer = could_not_run(experiment, options, f"{type(bug).__name__}: {bug}", is_private=is_private)
        finally:
            del self._running[endpoint]
        self._publish(ExperimentResult(at_ns=clock.now_ns(), endpoint=endpoint, answer=answer))

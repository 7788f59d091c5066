"""Runs one audit beside a tap: hears what the tap states, orders faults, tells what is found."""

import asyncio
import contextlib
from collections.abc import Callable

from msgspec import structs

from wsmonitor.experiments.reconnect.answer import NAME, answer_of, plan_of
from wsmonitor.experiments.reconnect.audit import Audit, Order
from wsmonitor.facts.answers import AuditStep, ExperimentAnswer
from wsmonitor.facts.errors import DisruptionError, WsmonitorError
from wsmonitor.facts.events import AnyEvent, EndpointEvent, ExperimentProgress

TICK_S = 0.05
SHOWN_EVERY_NS = 500_000_000
RETURN_S = 5.0
"""A client that is away when the audit is stopped has so long to come back."""


Disrupt = Callable[[str, str, str, int | None], None]
"""Orders a fault of an endpoint: its kind, an argument, a slot or all. Raises `WsmonitorError`."""


class AuditRun:
    """`run` it, and let it `hear` every event meanwhile; `publish` gets its progress."""

    def __init__(
        self,
        endpoint: str,
        audit: Audit,
        *,
        now_ns: Callable[[], int],
        disrupt: Disrupt,
        publish: Callable[[AnyEvent], None],
    ) -> None:
        self.audit = audit
        self._endpoint = endpoint
        self._now_ns = now_ns
        self._disrupt = disrupt
        self._publish = publish
        self._news = asyncio.Event()
        self._told_rows = 0
        self._told: AuditStep | None = None
        self._told_ns = 0

    def hear(self, event: AnyEvent) -> None:
        """An event of any endpoint."""
        if isinstance(event, EndpointEvent) and event.endpoint == self._endpoint:
            self.audit.take(event)
            self._news.set()

    async def run(self, stop: asyncio.Event) -> ExperimentAnswer:
        """To the end, or until `stop` is set: then what was found is the answer, and faults are taken back."""
        audit = self.audit
        plan = plan_of(audit.bound_s)
        self._publish(ExperimentProgress(at_ns=self._now_ns(), endpoint=self._endpoint, name=NAME, plan=plan))
        while not (audit.is_done or stop.is_set()):
            self._order(audit.step(self._now_ns()))
            self._tell()
            await self._wait()
        is_stopped = not audit.is_done
        if is_stopped:
            self._order(audit.stop("stopped"))
            await self._wait_for_client()
        self._tell()
        return answer_of(audit, interrupted=is_stopped)

    async def _wait(self) -> None:
        """For news, but not long: time passes as well."""
        self._news.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(TICK_S):
                await self._news.wait()

    async def _wait_for_client(self) -> None:
        """The faults are off: who was steady before is to find its way back."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(RETURN_S):
                while self.audit.manner is not None and not self.audit.is_connected:
                    self._news.clear()
                    await self._news.wait()

    def _order(self, orders: list[Order]) -> None:
        try:
            for order in orders:
                self._disrupt(self._endpoint, order.kind, order.argument, order.slot)
        except DisruptionError as error:
            self.audit.leave_out(str(error), self._now_ns())
        except WsmonitorError as error:
            self.audit.stop(str(error))

    def _tell(self) -> None:
        """Each new row, each new stage, and now and then what the client does."""
        now_ns, audit = self._now_ns(), self.audit
        shown = audit.shown(now_ns)
        for row in audit.rows[self._told_rows :]:
            self._told_rows += 1
            self._say(structs.replace(shown, row=row), "", now_ns)
        told = self._told
        if told is None or (told.stage, told.fault, told.subscription) != (
            shown.stage,
            shown.fault,
            shown.subscription,
        ):
            self._say(shown, _words(shown), now_ns)
        elif now_ns - self._told_ns >= SHOWN_EVERY_NS and _is_news(told, shown):
            self._say(shown, "", now_ns)

    def _say(self, shown: AuditStep, step: str, now_ns: int) -> None:
        self._told, self._told_ns = shown, now_ns
        self._publish(ExperimentProgress(at_ns=now_ns, endpoint=self._endpoint, name=NAME, step=step, audit=shown))


def _is_news(told: AuditStep, shown: AuditStep) -> bool:
    before, after = told.attempts, shown.attempts
    if told.is_connected != shown.is_connected or (before is None) != (after is None):
        return True
    return before is not None and after is not None and (before.tries_s, before.open_s) != (after.tries_s, after.open_s)


def _words(shown: AuditStep) -> str:
    match shown.stage:
        case "waiting":
            return "waits for the client"
        case "steady":
            return "watches the client"
        case "done":
            return "done"
        case _:
            return f"{shown.fault}: {shown.stage}"

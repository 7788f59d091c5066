"""Pure: where a connection slot goes after a failed opening or an ended connection, and for how long.

Brings together the delays (`backoff.py`), the close-code policy (`close_policy.py`) and the circuit breaker
(`breaker.py`), and keeps what they depend on: the attempts since the last connection that proved stable.
"""

import random

from msgspec import Struct

from wsmonitor.engine.redialling import backoff, close_policy
from wsmonitor.engine.redialling.breaker import PROBE_EVERY_NS, SHORT_LIFE_NS, Breaker
from wsmonitor.engine.steps import AnnounceBreaker, OpenFailure
from wsmonitor.facts.events import State, Verdict
from wsmonitor.settings.endpoint_settings import EndpointConfig, to_ns

MONITOR_EVERY_NS = to_ns(300)
"""Monitor mode looks again this long after a verdict that no retry can mend."""

LOOK_SOON_NS = to_ns(20)
"""Of a refusal that gives no reason it takes a first second look so soon, each further one after twice as long."""

OFFLINE_PROBE_NS = to_ns(15)
_ENDS = {"close_frame": "Close frame", "fin": "FIN", "rst": "RST", "protocol_error": "protocol error"}


class Next(Struct, frozen=True):
    """The state to wait in, for `wait_ns` (`None`: for good), and what the breaker did about it."""

    state: State
    wait_ns: int | None
    cause: str
    breaker: AnnounceBreaker | None = None


class Retry:
    """Decides on what follows an end; `attempt` counts the dials since a connection proved stable."""

    __slots__ = (
        *("_app_ready", "_breaker", "_chance", "_codes", "_config"),
        *("_lived", "_looks", "_needs_app", "_served", "attempt"),
    )

    def __init__(self, config: EndpointConfig, *, chance: random.Random) -> None:
        self.attempt = 0
        self._config = config.retry
        self._codes = config.codes
        self._chance = chance
        self._breaker = Breaker(enabled=config.retry.breaker)
        heartbeat = config.app_heartbeat
        self._needs_app = heartbeat is not None and heartbeat.enabled
        self._app_ready = False
        self._lived = False
        self._looks = 0
        self._served = frozenset[int]()

    def dialled(self) -> AnnounceBreaker | None:
        """A dial begins."""
        self.attempt += 1
        self._app_ready = self._lived = False
        return AnnounceBreaker("half_open", "one attempt") if self._breaker.try_once() else None

    def lived_long_enough(self) -> AnnounceBreaker | None:
        """The connection has been open for `stable_after_s`."""
        self._lived = True
        return self._prove()

    def application_answered(self) -> AnnounceBreaker | None:
        """A first message came; with application heartbeats, only now a connection can prove stable."""
        self._app_ready = True
        return self._prove()

    def after_failure(self, failure: OpenFailure, now_ns: int) -> Next:
        """Where to go after an opening that failed."""
        if failure.fatal or not self._config.enabled:
            return self._for_good(failure.error)
        if failure.offline:
            return Next(State.OFFLINE, OFFLINE_PROBE_NS, failure.error)
        delay_ns = backoff.after_failure_ns(
            self._config,
            attempt=self.attempt,
            status=failure.status,
            retry_after_ns=failure.retry_after_ns,
            chance=self._chance,
        )
        return self._wait(delay_ns, now_ns, cause=failure.error, counts=True)

    def after_end(self, verdict: Verdict, now_ns: int) -> Next:
        """Where to go after a connection ended without anybody here having asked for it."""
        cause = f"connection ended: {_ENDS.get(verdict.mechanism, verdict.mechanism)}"
        if not self._config.enabled:
            return Next(State.STOPPED, None, cause)
        course = close_policy.after_close(self._config, self._codes, verdict, served=self._served)
        if close_policy.was_served(verdict):
            self._served |= {verdict.received_code or 0}
        if course == "stop":
            return self._for_good(f"closed with {verdict.received_code}")
        if course == "look":
            self._looks += 1
            return self._for_good(f"closed with {verdict.received_code}", LOOK_SOON_NS << (self._looks - 1))
        is_stable = self._is_stable
        if verdict.forced is not None and not is_stable:
            self.attempt = max(0, self.attempt - 1)  # a forced closure does not count
        delay_ns = backoff.after_closure_ns(
            self._config, verdict, attempt=max(1, self.attempt), stable=is_stable, chance=self._chance
        )
        if course == "slow":
            delay_ns = max(delay_ns, to_ns(backoff.OVERLOADED_FLOOR_S))
        is_short = verdict.life_ns < SHORT_LIFE_NS and verdict.forced is None
        return self._wait(delay_ns, now_ns, cause=cause, counts=is_short)

    @property
    def _is_stable(self) -> bool:
        return self._lived and (self._app_ready or not self._needs_app)

    def _prove(self) -> AnnounceBreaker | None:
        if not self._is_stable:
            return None
        self.attempt = self._looks = 0
        return AnnounceBreaker("closed", "a connection proved stable") if self._breaker.close() else None

    def _for_good(self, cause: str, wait_ns: int = MONITOR_EVERY_NS) -> Next:
        """No retry can mend it; in monitor mode we look again later all the same."""
        looks_again = self._config.enabled and self._config.monitor_mode
        return Next(State.FAILED, min(wait_ns, MONITOR_EVERY_NS) if looks_again else None, cause)

    def _wait(self, delay_ns: int, now_ns: int, *, cause: str, counts: bool) -> Next:
        has_opened = counts and self._breaker.fail(now_ns)
        announcement = AnnounceBreaker("open", cause) if has_opened else None
        if self._breaker.state == "open":
            return Next(State.SUSPENDED, max(delay_ns, PROBE_EVERY_NS), cause, announcement)
        return Next(State.BACKOFF, delay_ns, cause, announcement)

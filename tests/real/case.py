"""One run: what is planted where, how the client behaves, and what the analysis ought to say first."""

from dataclasses import dataclass, field
from typing import Any, Literal

from tests.real.software import Kind

Voice = Literal["silent", "spells", "chat", "regular", "trigger", "growing"]
"""What the client says: nothing; a random spell after each open and then nothing; a message now and then for ever; one
of the endpoint's own at a fixed interval; now and then, with the word that fails now and then; messages that grow."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """Something that the harness does after so many seconds: `kill`, `term`, `start`, `freeze`, or a command."""

    after_s: float
    what: str


@dataclass(frozen=True, kw_only=True)
class Case:
    """`fault` names the label (`tests/corpus/real/truth.py` says what is right for it)."""

    fault: str
    kind: Kind
    seconds: float
    plan: dict[str, Any] = field(default_factory=dict)
    voice: Voice = "silent"
    endpoint: dict[str, Any] = field(default_factory=dict)
    limit_s: float | None = None
    proxy: str = ""
    setting: dict[str, Any] = field(default_factory=dict)
    """What the proxy is asked for."""
    steps: tuple[Step, ...] = ()
    network: str = ""
    """What is done to the network, in namespaces of its own."""

    @property
    def family(self) -> str:
        """What is left out together: the proxy where there is one, else the server."""
        return self.proxy or ("network" if self.network else self.kind.name)

    @property
    def name(self) -> str:
        """Tells runs of one draw apart."""
        return f"{self.family} {self.fault}"

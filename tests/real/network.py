"""A server in a network namespace of its own, so that a run can cut, drop or reject what goes between."""

import asyncio
import itertools
from typing import Final

_NUMBERS = itertools.count(1)

ACTIONS: Final[dict[str, tuple[str, ...]]] = {
    "far_drop": ("ip netns exec {name} nft add table ip t", "ip netns exec {name} nft add chain ip t c "
                 "{{ type filter hook input priority 0 ; policy drop ; }}"),
    "link_down": ("ip netns exec {name} ip link set {name}b down",),
    "own_drop": ("nft add table ip {name}", "nft add chain ip {name} c {{ type filter hook output priority 0 ; }}",
                 "nft add rule ip {name} c ip daddr {far} drop"),
    "own_reject": ("nft add table ip {name}", "nft add chain ip {name} c {{ type filter hook output priority 0 ; }}",
                   "nft add rule ip {name} c ip daddr {far} reject with icmp admin-prohibited"),
    "own_reset": ("nft add table ip {name}", "nft add chain ip {name} c {{ type filter hook output priority 0 ; }}",
                  "nft add rule ip {name} c ip daddr {far} tcp dport {port} reject with tcp reset"),
    "unreachable": ("ip route add unreachable {far}/32",),
    "far_reject": ("ip netns exec {name} nft add table ip t", "ip netns exec {name} nft add chain ip t c "
                   "{{ type filter hook input priority 0 ; }}",
                   "ip netns exec {name} nft add rule ip t c tcp dport {port} reject with icmp host-unreachable"),
}  # fmt: skip
"""What can be done to the wires -> the commands."""


class Network:
    """No network but loopback."""

    prefix: tuple[str, ...] = ()
    address = "127.0.0.1"

    async def up(self) -> None:
        """Make it."""

    async def served(self, within_s: float) -> None:
        """Wait until the server can be reached."""

    async def do(self, what: str) -> None:
        """Change it."""
        raise ValueError(f"{what!r} is nothing that can be done to loopback")

    async def down(self) -> None:
        """Take it away."""


class Wires(Network):
    """A pair of interfaces between this namespace and one for the server."""

    def __init__(self, port: int) -> None:
        number = next(_NUMBERS)
        self._name = f"w{number}"
        self._port = port
        self.address = f"10.77.{number}.2"
        self._near = f"10.77.{number}.1"
        self.prefix = ("ip", "netns", "exec", self._name)
        self._relay: asyncio.subprocess.Process | None = None

    async def up(self) -> None:
        name = self._name
        for command in (
            f"ip netns add {name}",
            f"ip link add {name}a type veth peer name {name}b netns {name}",
            f"ip addr add {self._near}/30 dev {name}a",
            f"ip link set {name}a up",
            f"ip netns exec {name} ip link set lo up",
            f"ip netns exec {name} ip addr add {self.address}/30 dev {name}b",
            f"ip netns exec {name} ip link set {name}b up",
        ):
            await _run(command)

    async def served(self, within_s: float) -> None:
        listen = f"TCP-LISTEN:{self._port},bind={self.address},fork,reuseaddr"
        command = [*self.prefix, "socat", listen, f"TCP:127.0.0.1:{self._port},retry=100,interval=0.1"]
        self._relay = await asyncio.create_subprocess_exec(*command, start_new_session=True)
        await asyncio.sleep(1.0 if within_s else 0.0)

    async def do(self, what: str) -> None:
        for command in ACTIONS[what]:
            await _run(command.format(name=self._name, far=self.address, port=self._port))

    async def down(self) -> None:
        if self._relay is not None:
            self._relay.kill()
            await self._relay.wait()
        await _run(f"ip netns del {self._name}", check=False)
        await _run(f"nft delete table ip {self._name}", check=False)
        await _run(f"ip route del unreachable {self.address}/32", check=False)


def network(what: str, port: int) -> Network:
    """Loopback, or wires where something is to be done to them."""
    return Wires(port) if what else Network()


async def _run(command: str, *, check: bool = True) -> None:
    process = await asyncio.create_subprocess_exec(
        *command.split(), stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
    )
    _, error = await process.communicate()
    if check and process.returncode:
        raise OSError(f"{command}: {error.decode().strip()}")

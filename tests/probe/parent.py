"""A small parent of a probe, to be killed: `python -m tests.probe.parent URL` prints the probe's pid when open."""

import sys

from tests.probe.processes import endpoint
from wsmonitor.facts.events import State, StateChanged
from wsmonitor.probe import channel
from wsmonitor.probe.client import ProbeClient


def main(url: str) -> None:
    """Monitor one endpoint until killed."""
    client = ProbeClient()
    client.start()
    client.command(channel.AddEndpoint(config=endpoint(url, ping_s=0.05)))
    client.command(channel.ConnectEndpoint(endpoint="peer"))
    while client.wait(60):
        for event in client.take():
            if isinstance(event, StateChanged) and event.new is State.OPEN:
                print(client.pid, flush=True)  # noqa: T201  # for the test


if __name__ == "__main__":
    main(sys.argv[1])

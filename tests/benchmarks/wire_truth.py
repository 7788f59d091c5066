"""Is what we report what was on the wire? Against a packet capture of the same pings."""

import re
import shutil
import struct
import subprocess
from collections.abc import Iterator

from tests.benchmarks.processes import server, window
from tests.benchmarks.row import Row, bounded
from tests.benchmarks.windowed import Spec

NAME = "reported round trip minus packet capture, median"
SECONDS = 6.0
PING, PONG = 0x89, 0x8A
PAYLOAD_BYTES = 8


def run() -> Iterator[Row]:
    """One endpoint, 20 pings a second, while `tcpdump` listens."""
    tcpdump = shutil.which("tcpdump")
    if tcpdump is None:
        yield Row(NAME, None, "us", goal=20, note="skipped: there is no tcpdump (Debian: apt install tcpdump)")
        return
    with server() as here, window(Spec(url=here.url(), endpoints=1, ping_interval_s=0.05)) as shown:
        shown.measure(1)
        # At once: else packets come in blocks, and what is in the last when it ends was captured in vain.
        command = [
            tcpdump,
            "--immediate-mode",
            "-i",
            "lo",
            "-U",
            "-w",
            "-",
            "--time-stamp-precision=nano",
            f"tcp port {here.port}",
        ]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as capture:
            assert capture.stderr is not None
            said = capture.stderr.readline()
            if b"listening" not in said:
                yield Row(NAME, None, "us", goal=20, note=f"skipped: {said.decode().strip()}")
                return
            report = shown.measure(SECONDS)
            capture.terminate()
            data = capture.communicate()[0]
    wire = wire_round_trips(data, here.port)
    both = report.by_payload.keys() & wire.keys()
    longer_us = [(report.by_payload[payload] - wire[payload]) / 1e3 for payload in both]
    note = f"{len(both)} of {len(report.by_payload)} round trips found in a capture of {len(data):,} bytes"
    if not both:
        yield Row(NAME, None, "us", goal=20, note=note)
        return
    note += f"; {sum(one < 0 for one in longer_us)} were shorter than on the wire"
    yield bounded(NAME, [abs(one) for one in longer_us], "us", goal=20, note=note)


def wire_round_trips(pcap: bytes, port: int) -> dict[str, int]:
    """Nanoseconds from each ping in the capture to its pong, by what both carry."""
    sent: dict[bytes, int] = {}
    found: dict[str, int] = {}
    position = 24
    while position + 16 <= len(pcap):
        seconds, nanoseconds, size, _ = struct.unpack_from("<IIII", pcap, position)
        packet = pcap[position + 16 : position + 16 + size]
        position += 16 + size
        at_ns = seconds * 10**9 + nanoseconds
        is_to_server, data = _tcp(packet, port)
        if is_to_server:
            for match in re.finditer(bytes([PING, 0x80 | PAYLOAD_BYTES]) + rb"(.{4})(.{8})", data, re.DOTALL):
                mask, masked = match.groups()
                payload = bytes(byte ^ mask[index % 4] for index, byte in enumerate(masked))
                sent.setdefault(payload, at_ns)
        else:
            for match in re.finditer(bytes([PONG, PAYLOAD_BYTES]) + rb"(.{8})", data, re.DOTALL):
                if match[1] in sent:
                    found[match[1].decode()] = at_ns - sent.pop(match[1])
    return found


def _tcp(packet: bytes, port: int) -> tuple[bool, bytes]:
    """Whether an Ethernet packet on loopback goes to the server, and its TCP payload."""
    start = 14 + (packet[14] & 0x0F) * 4
    to_port = int.from_bytes(packet[start + 2 : start + 4], "big")
    return to_port == port, packet[start + (packet[start + 12] >> 4) * 4 :]

"""Is what we report what was on the wire? Against a packet capture of the same pings."""

import re
import shutil
import struct
import subprocess
from bisect import bisect_left
from collections.abc import Iterator

from tests.benchmarks.processes import server, window
from tests.benchmarks.row import Row, percentile
from tests.benchmarks.windowed import Report, Spec

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
        command = [tcpdump, "-i", "lo", "-U", "-w", "-", "--time-stamp-precision=nano", f"tcp port {here.port}"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as capture:
            assert capture.stderr is not None
            said = capture.stderr.readline()
            if b"listening" not in said:
                yield Row(NAME, None, "us", goal=20, note=f"skipped: {said.decode().strip()}")
                return
            report = shown.measure(SECONDS)
            capture.terminate()
            data = capture.communicate()[0]
    differences_us = [abs(ours - wire) / 1e3 for ours, wire in pairs(report, wire_round_trips(data, here.port))]
    note = f"{len(differences_us)} of {len(report.round_trips_ns)} pings found in the capture"
    yield Row(NAME, percentile(differences_us, 0.5) if differences_us else None, "us", goal=20, note=note)


def wire_round_trips(pcap: bytes, port: int) -> list[tuple[int, int]]:
    """(wall time of the ping, time until its pong) of every ping in the capture, in nanoseconds."""
    sent: dict[bytes, int] = {}
    found = []
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
                    found.append((sent[match[1]], at_ns - sent.pop(match[1])))
    return found


def pairs(report: Report, wire: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Ours and the wire's round trip of the same ping: they began within 10 ms of each other."""
    stamps = next(iter(report.stamps_ns.values()), [])
    begun_ns = [at_ns for at_ns, _ in wire]
    for began_ns, ours_ns in zip(stamps, report.round_trips_ns, strict=True):
        wall_ns = began_ns + report.wall_offset_ns
        near = bisect_left(begun_ns, wall_ns - 10_000_000)
        if near < len(wire) and abs(begun_ns[near] - wall_ns) <= 10_000_000:
            yield ours_ns, wire[near][1]


def _tcp(packet: bytes, port: int) -> tuple[bool, bytes]:
    """Whether an Ethernet packet on loopback goes to the server, and its TCP payload."""
    start = 14 + (packet[14] & 0x0F) * 4
    to_port = int.from_bytes(packet[start + 2 : start + 4], "big")
    return to_port == port, packet[start + (packet[start + 12] >> 4) * 4 :]

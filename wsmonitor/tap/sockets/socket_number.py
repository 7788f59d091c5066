"""The number (inode) of a TCP socket of this machine, by its addresses (Linux).

The kernel is asked for that one socket (sock_diag(7)); only where it may not be asked are all of them listed: with
thousands of connections, most of them over, that takes it a tenth of a second.
"""

import socket
import sys
from pathlib import Path
from struct import pack, unpack_from

Address = tuple[str, int]
_NETLINK_SOCK_DIAG = 4  # linux/netlink.h
_SOCK_DIAG_BY_FAMILY = 20  # linux/sock_diag.h
_ERROR = 2
_REQUEST = 1
_ANY_STATE = 0xFFFFFFFF
_NO_COOKIE = b"\xff" * 8
_HEAD_BYTES = 16
_NUMBER_AT = _HEAD_BYTES + 68
"""Where `idiag_inode` stands in `struct inet_diag_msg` (linux/inet_diag.h)."""


def socket_number(local: Address, remote: Address) -> int | None:
    """The number of the socket at `local` that is connected to `remote`, which is ours; `None` where there is none.

    A kernel that was built without an answer says the same as one that finds nothing; ours it would find.
    """
    try:
        number = _asked(local, remote)
        if number is not None or _asked(remote, local) is not None:
            return number
    except OSError:
        pass
    return _listed(local, remote)


def _asked(local: Address, remote: Address) -> int | None:
    """Raises `OSError` where the kernel may not be asked."""
    family = socket.AF_INET6 if ":" in local[0] else socket.AF_INET
    ends = b"".join(socket.inet_pton(family, host).ljust(16, b"\0") for host, _ in (local, remote))
    identity = pack("!HH", local[1], remote[1]) + ends + pack("I", 0) + _NO_COOKIE
    request = pack("BBBBI", family, socket.IPPROTO_TCP, 0, 0, _ANY_STATE) + identity
    head = pack("IHHII", _HEAD_BYTES + len(request), _SOCK_DIAG_BY_FAMILY, _REQUEST, 0, 0)
    with socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM, _NETLINK_SOCK_DIAG) as asking:
        asking.sendto(head + request, (0, 0))
        answer = asking.recv(8192)
    kind = unpack_from("IH", answer)[1]
    return None if kind == _ERROR else int(unpack_from("I", answer, _NUMBER_AT)[0]) or None


def _listed(local: Address, remote: Address) -> int | None:
    for table in ("/proc/self/net/tcp", "/proc/self/net/tcp6"):
        try:
            text = Path(table).read_text()
        except OSError:
            continue
        at = text.find(f": {_key(local, table)} {_key(remote, table)} ")
        if at >= 0:
            return int(text[at : at + 400].split()[9])
    return None


def _key(address: Address, table: str) -> str:
    """`127.0.0.1`, 80 -> `0100007F:0050`, as the kernel prints it: words in the machine's byte order."""
    host, port = address
    raw = socket.inet_pton(socket.AF_INET6 if ":" in host else socket.AF_INET, host)
    if table.endswith("6") and len(raw) == 4:
        raw = bytes(10) + b"\xff\xff" + raw
    words = [raw[at : at + 4] for at in range(0, len(raw), 4)]
    return "".join(f"{int.from_bytes(word, sys.byteorder):08X}" for word in words) + f":{port:04X}"

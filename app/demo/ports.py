"""Chooses the ports of the demonstration: remembered, and replaced when busy."""

import json
import random
import socket
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

FIXED_OFFSET = {"mailbox": 1, "login": 2, "smtp": 3, "broker": 4}
LAST_PORT = 65_535
FIRST_PORT, FIRST_EPHEMERAL = 10_000, 32_768
EPHEMERAL = Path("/proc/sys/net/ipv4/ip_local_port_range")


class PortBusyError(Exception):
    """Another program listens on the port of the portal."""


def choose_ports(web: int, memory: Path) -> dict[str, int]:
    """The port of each part: as before, else just above the portal's, else any free one.

    `web` is the portal's port; raises PortBusyError when it is taken. `memory` is the file in which
    the choice is kept.
    """
    if not is_free(web):
        raise PortBusyError(web)
    remembered = json.loads(memory.read_text()) if memory.exists() else {}
    ports = {"web": web}
    for name, offset in FIXED_OFFSET.items():
        wishes = [remembered.get(name, 0), web + offset]
        candidates = chain(wishes, lasting_ports())
        ports[name] = next(port for port in candidates if _is_usable(port, ports))
    memory.write_text(json.dumps(ports))
    return ports


def is_free(port: int) -> bool:
    """Whether no program listens there."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def lasting_ports() -> Iterator[int]:
    """Ports outside the kernel's ephemeral range (ip(7)), in random order.

    An outgoing connection on such a port would keep a part from starting again on it. Where the
    kernel leaves none, all ports.
    """
    first = int(EPHEMERAL.read_text().split()[0]) if EPHEMERAL.exists() else FIRST_EPHEMERAL
    ports = range(FIRST_PORT, first) or range(FIRST_PORT, LAST_PORT)
    yield from random.sample(ports, len(ports))


def answers(port: int) -> bool:
    """Whether a program listens there."""
    try:
        socket.create_connection(("127.0.0.1", port), 0.5).close()
    except OSError:
        return False
    return True


def _is_usable(port: int, taken: dict[str, int]) -> bool:
    return 0 < port <= LAST_PORT and port not in taken.values() and is_free(port)

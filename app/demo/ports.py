"""The ports of the demonstration: chosen once, remembered, and replaced when somebody has them."""

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
    """The portal's port as asked, the others as before, or just above the portal's, or free."""
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
    """Whether nobody listens there."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def lasting_ports() -> Iterator[int]:
    """Ports that the kernel gives no outgoing connection (ip(7)), in an order of chance.

    Such a connection would keep a part from starting again on its own port. Where the kernel
    leaves none, all ports.
    """
    first = int(EPHEMERAL.read_text().split()[0]) if EPHEMERAL.exists() else FIRST_EPHEMERAL
    ports = range(FIRST_PORT, first) or range(FIRST_PORT, LAST_PORT)
    yield from random.sample(ports, len(ports))


def answers(port: int) -> bool:
    """Whether somebody listens there."""
    try:
        socket.create_connection(("127.0.0.1", port), 0.5).close()
    except OSError:
        return False
    return True


def _is_usable(port: int, taken: dict[str, int]) -> bool:
    return 0 < port <= LAST_PORT and port not in taken.values() and is_free(port)

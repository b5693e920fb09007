"""The ports of the demonstration: chosen once, remembered, and replaced when somebody has them."""

import json
import socket
from pathlib import Path

FIXED_OFFSET = {"mailbox": 1, "login": 2, "smtp": 3, "broker": 4}
LAST_PORT = 65_535


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
        ports[name] = next((port for port in wishes if _is_usable(port, ports)), 0) or _any_free()
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


def answers(port: int) -> bool:
    """Whether somebody listens there."""
    try:
        socket.create_connection(("127.0.0.1", port), 0.5).close()
    except OSError:
        return False
    return True


def _is_usable(port: int, taken: dict[str, int]) -> bool:
    return 0 < port <= LAST_PORT and port not in taken.values() and is_free(port)


def _any_free() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port

"""Simulated hosts on one machine: network namespaces on a bridge (root).

python -m tests.reliability.network says what keeps this machine from it.
"""

import ctypes
import os
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from types import TracebackType
from typing import Self

LONGEST_NAME = 8  # with what comes behind it, a network interface may have fifteen letters


NEW_NETWORK = 0x40000000  # CLONE_NEWNET of unshare(2)


def leave_the_others() -> None:
    """Give this process, and what it starts from now on, a network of its own.

    A browser of another test stops what it loads when the network of its machine changes. Raises
    NetworkRefusedError.
    """
    kernel = ctypes.CDLL(None, use_errno=True)
    if kernel.unshare(NEW_NETWORK):
        raise NetworkRefusedError(os.strerror(ctypes.get_errno()))
    _ip("link", "set", "lo", "up")


def why_not() -> str:
    """What keeps this process from it; empty when nothing does. Leaves the others' network."""
    if os.geteuid() != 0:
        return "not root: network namespaces cannot be made"
    if not shutil.which("ip"):
        return "the command ip is not here (Debian: apt-get install iproute2)"
    if not shutil.which("setpriv"):
        return "the command setpriv is not here (Debian: apt-get install util-linux)"
    try:
        leave_the_others()
        with Network("lkt") as network:
            network.add("probe")
    except NetworkRefusedError as refused:
        return f"the kernel allows no network namespaces here: {refused}"
    return ""


class NetworkRefusedError(Exception):
    """The machine does not let us make one."""


class Network:
    """A bridge, whose own address is the world outside, and hosts that only it connects."""

    def __init__(self, name: str) -> None:
        self._name = f"{name}{os.getpid()}"[:LONGEST_NAME]
        self._prefix = f"10.213.{os.getpid() % 250 + 1}"
        self._hosts: list[str] = []

    def __enter__(self) -> Self:
        _ip("link", "add", self._name, "type", "bridge")
        _ip("addr", "add", f"{self.gateway}/24", "dev", self._name)
        _ip("link", "set", self._name, "up")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for host in self._hosts:
            with suppress(NetworkRefusedError):
                _ip("netns", "del", self._namespace(host))
        with suppress(NetworkRefusedError):
            _ip("link", "del", self._name)

    @property
    def gateway(self) -> str:
        """The address of this machine itself, as the hosts see it."""
        return f"{self._prefix}.1"

    @property
    def range(self) -> str:
        return f"{self._prefix}.0/24"

    def add(self, host: str) -> str:
        """A new host; returns its address."""
        self._hosts.append(host)
        space, outer = self._namespace(host), self._link(host)
        _ip("netns", "add", space)
        inner = f"{outer}i"
        _ip("link", "add", outer, "type", "veth", "peer", "name", inner)
        _ip("link", "set", inner, "netns", space)
        _ip("link", "set", outer, "master", self._name)
        _ip("-n", space, "addr", "add", f"{self.address_of(host)}/24", "dev", inner)
        for interface in ("lo", inner):
            _ip("-n", space, "link", "set", interface, "up")
        _ip("-n", space, "route", "add", "default", "via", self.gateway)
        _ip("link", "set", outer, "up")
        return self.address_of(host)

    def address_of(self, host: str) -> str:
        return f"{self._prefix}.{self._hosts.index(host) + 2}"

    def on(self, host: str, command: list[str]) -> list[str]:
        """The same command, run on that host."""
        return ["ip", "netns", "exec", self._namespace(host), *command]

    def cut_off(self, host: str, seconds: float) -> None:
        """For so long nobody reaches it, and it reaches nobody: nothing is refused, all is lost."""
        _ip("link", "set", self._link(host), "down")
        try:
            time.sleep(seconds)
        finally:
            _ip("link", "set", self._link(host), "up")

    def _namespace(self, host: str) -> str:
        return f"{self._name}-{host}"

    def _link(self, host: str) -> str:
        return f"{self._name}v{self._hosts.index(host)}"


def _ip(*words: str) -> None:
    command = ["ip", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        message = f"{' '.join(command)}: {done.stderr.strip()}"
        raise NetworkRefusedError(message)


if __name__ == "__main__":
    sys.stdout.write(why_not())

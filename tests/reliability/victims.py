"""The product for a chaos run: parts that are killed, paused and restarted."""

import re
import shutil
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from app.demo.part import Part, loket
from tests import patience
from tests.product import ROOT, Product
from tests.reliability.database_server import DatabaseServer
from tests.reliability.older_register import OlderRegister
from tests.reliability.trees import send, tree_of
from tests.servers import free_port

WORKERS = ("worker", "other worker")
LONGEST_SLEEP = 90.0  # seconds


class Victims(Product):
    """The real product; around it, a database server and an outside world of our own."""

    outside = "127.0.0.1"  # address of what is not ours: mail server, trade register, …

    def __init__(
        self,
        folder: Path,
        *,
        on_postgresql: bool,
        seed: int,
        kvks: list[str],
        offers: Sequence[int],
        mails: str,
    ) -> None:
        self.server = self._server() if on_postgresql else None
        if self.server:
            self.server.begin()
        url = self.server.url if self.server else f"sqlite:///{folder}/loket.db"
        super().__init__(url, folder)
        self.root, self.kvks = folder / "root", kvks
        self.asleep: list[threading.Thread] = []
        self.older_register = OlderRegister(kvks, offers)
        http, legacy = free_port(), free_port()
        self.environment |= {
            "LOKET_KVK_API_URL": f"http://{self.outside}:{http}",
            "LOKET_LEGACY_URL": f"postgresql+psycopg://loket@{self.outside}:{legacy}/postgres",
            "PYTHONPATH": str(ROOT),
        }
        del self.parts["scheduler"]  # every worker sweeps: nothing may need it
        for name in WORKERS:
            ready = folder / f"{name}.ready"
            command = loket("worker", "--concurrency", "1")
            self.parts[name] = Part(name, command, is_ready=ready.exists, folder=folder)
        self.parts["mailbox"] = self._outside(folder, (http, legacy), seed, mails)

    def _server(self) -> DatabaseServer:
        return DatabaseServer()

    def _outside(self, folder: Path, ports: tuple[int, int], seed: int, mails: str) -> Part:
        ours = (self.ports["smtp"], *ports)
        words = map(str, (folder / "mailbox", self.outside, *ours, self.older_register.port, seed))
        command = [sys.executable, "-m", "tests.reliability.outside", *words, mails]
        return Part(
            "mailbox", command, is_ready=partial(_all_answer, self.outside, ours), folder=folder
        )

    def start(self) -> None:
        """As the product starts, on diagrams that retry soon and an older register of our own."""
        make_root(self.root)
        self.older_register.begin()
        self.prepare(self.root)
        for name in self.parts:
            self.begin(name)
        for name in self.parts:
            self.wait(name)

    def weaken(self, safeguard: str) -> None:
        """Let the worker and the portal run without one of the safeguards (a null test)."""
        unsafe = [sys.executable, "-m", "tests.reliability.unsafe", safeguard]
        for name in (*WORKERS, "web"):
            part = self.parts[name]
            part.command = [*unsafe, *part.command[len(loket()) :]]

    def pids_of(self, name: str) -> list[int]:
        """All processes of a part, the one we started first; none when it is not running."""
        whose = self.server if name == "database" and self.server else self.parts[name]
        process = whose.process
        return tree_of(process.pid) if process and process.poll() is None else []

    def kill(self, name: str) -> None:
        if name == "database" and self.server:
            self.server.kill()
        else:
            super().kill(name)

    def bring_back(self, name: str) -> None:
        """As an init system does; it may take a while to be ready."""
        if name == "database" and self.server:
            self.server.begin()
        else:
            self.begin(name)

    def wait_until_up(self, name: str) -> None:
        """Until a part that was killed before is ready again; the database is, when it is back."""
        deadline = time.monotonic() + patience.SECONDS
        while name in self.parts and time.monotonic() < deadline:
            if self.parts[name].is_ready() and not self.parts[name].has_ended():
                return
            self.revive()
            time.sleep(0.05)

    def revive(self) -> None:
        """Bring back what ended by itself, as when it began while another part was away."""
        for name, part in self.parts.items():
            if part.has_ended():
                self.begin(name)

    def put_to_sleep(self, pids: list[int], seconds: float, *, until: Callable[[], bool]) -> None:
        """Stop these, at least so long, and until this holds; other things go wrong meanwhile."""
        send(pids, signal.SIGSTOP)
        self.asleep.append(threading.Thread(target=_wake, args=(pids, seconds, until)))
        self.asleep[-1].start()

    def wait_for_sleepers(self) -> None:
        """Until all are awake again."""
        for sleeper in self.asleep:
            sleeper.join()

    def cut_off(self, name: str, seconds: float) -> None:
        """Keep the host of a part from reaching any other; see hosts.py."""
        raise NotImplementedError

    def stop(self) -> None:
        super().stop()
        self.older_register.close()
        if self.server:
            self.server.close()


def _wake(pids: list[int], seconds: float, until: Callable[[], bool]) -> None:
    began = time.monotonic()
    while time.monotonic() < began + seconds or not until():
        if time.monotonic() > began + LONGEST_SLEEP:
            break
        time.sleep(0.2)
    send(pids, signal.SIGCONT)


def _all_answer(host: str, ports: tuple[int, ...]) -> bool:
    return all(answers(host, port) for port in ports)


def answers(host: str, port: int) -> bool:
    """Whether somebody listens there."""
    try:
        socket.create_connection((host, port), 0.5).close()
    except OSError:
        return False
    return True


def make_root(root: Path) -> None:
    """What `loket prepare` loads: the diagrams, of which the jobs are tried again soon."""
    shutil.copytree(ROOT / "bpmn", root / "bpmn")
    diagram = root / "bpmn" / "provider_onboarding.bpmn"
    soon = re.sub(r">R(\d+)/PT\w+<", r">R30/PT1S<", diagram.read_text("utf-8"))
    diagram.write_text(soon, "utf-8")

"""The product for a chaos run: parts that may be killed and stopped, and come back."""

import re
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

from app.demo.part import Part, loket
from app.demo.ports import answers
from tests.product import ROOT, Product
from tests.reliability.database_server import DatabaseServer
from tests.reliability.trees import tree_of
from tests.servers import free_port

WORKERS = ("worker", "other worker")
OFFERS_EACH = 3
COLUMNS = "activiteit_id;account;kvknummer;aanbieder;titel;type;inhoud en opzet;contacturen"


class Victims(Product):
    """The real product; around it, a database server and an outside world of our own."""

    def __init__(self, folder: Path, *, on_postgresql: bool, seed: int, kvks: list[str]) -> None:
        self.server = DatabaseServer() if on_postgresql else None
        if self.server:
            self.server.begin()
        url = self.server.url if self.server else f"sqlite:///{folder}/loket.db"
        super().__init__(url, folder)
        self.root, self.kvks = folder / "root", kvks
        http = free_port()
        self.environment |= {
            "LOKET_KVK_API_URL": f"http://127.0.0.1:{http}",
            "PYTHONPATH": str(ROOT),
        }
        del self.parts["scheduler"]  # every worker sweeps: nothing may need it
        for name in WORKERS:
            ready = folder / f"{name}.ready"
            command = loket("worker", "--concurrency", "1")
            self.parts[name] = Part(name, command, is_ready=ready.exists, folder=folder)
        self.parts["mailbox"] = self._outside(folder, http, seed)

    def _outside(self, folder: Path, http: int, seed: int) -> Part:
        ports = (self.ports["smtp"], http)
        numbers = [str(folder / "mailbox"), *map(str, ports), str(seed)]
        command = [sys.executable, "-m", "tests.reliability.outside", *numbers]
        return Part("mailbox", command, is_ready=partial(_all_answer, ports), folder=folder)

    def start(self) -> None:
        """As the product starts, on diagrams that retry soon and an older register of our own."""
        make_root(self.root, self.kvks)
        done = subprocess.run(
            loket("prepare", str(self.root)),
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
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
        """All processes of a part, the one we started first."""
        process = self.server.process if name == "database" and self.server else None
        process = process or self.parts[name].process
        return tree_of(process.pid) if process else []

    def kill(self, name: str) -> None:
        if name == "database" and self.server:
            self.server.kill()
        else:
            super().kill(name)

    def restart(self, name: str) -> None:
        if name == "database" and self.server:
            self.server.begin()
        else:
            super().restart(name)

    def stop(self) -> None:
        super().stop()
        if self.server:
            self.server.close()


def _all_answer(ports: tuple[int, ...]) -> bool:
    return all(answers(port) for port in ports)


def make_root(root: Path, kvks: list[str]) -> None:
    """What `loket prepare` loads: the diagrams, and offers of these companies."""
    shutil.copytree(ROOT / "bpmn", root / "bpmn")
    diagram = root / "bpmn" / "provider_onboarding.bpmn"
    soon = re.sub(r">R(\d+)/PT\w+<", r">R30/PT2S<", diagram.read_text("utf-8"))
    diagram.write_text(soon, "utf-8")
    sample = root / "processes" / "register" / "sample" / "registerleraar.csv"
    sample.parent.mkdir(parents=True)
    sample.write_text("\n".join([COLUMNS, *(line for kvk in kvks for line in _lines(kvk))]))


def _lines(kvk: str) -> list[str]:
    return [
        f"{kvk}{number};account-{kvk};{kvk};Bedrijf {kvk};Rekenen {number};cursus;Oefenen;{number}"
        for number in range(OFFERS_EACH)
    ]


def legacy_ids(kvk: str) -> set[str]:
    """The offers that this company has in the older register."""
    return {f"{kvk}{number}" for number in range(OFFERS_EACH)}

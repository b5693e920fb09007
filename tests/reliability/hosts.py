"""The product on several hosts that are cut off and joined again."""

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from app.demo.part import Part
from tests.product import ROOT
from tests.reliability.chaos import run_on
from tests.reliability.database_server import DatabaseServer
from tests.reliability.faults import CUT, Fault
from tests.reliability.network import Network, leave_the_others
from tests.reliability.outcome import Outcome
from tests.reliability.setups import Size
from tests.reliability.victims import WORKERS, Victims, answers

NAME = "several hosts"
HOSTS = {
    "web": "web",
    "worker": "work1",
    "other worker": "work2",
    "broker": "broker",
    "database": "data",
}
PORT = 8000  # of each host's own part: they have their own addresses
CUTS = (  # workers for longer than a lease, so that another does their work meanwhile
    Fault(CUT, "worker", 15),
    Fault(CUT, "broker", 6),
    Fault(CUT, "web", 6),
    Fault(CUT, "database", 6),
    Fault(CUT, "other worker", 15),
)


def run(size: Size, folder: Path) -> Outcome:
    """Onboardings on web, two workers, broker and database, each on its own host."""
    leave_the_others()
    with Network("lk") as network:
        for host in HOSTS.values():
            network.add(host)
        victims = Hosts(
            network,
            folder,
            kvks=[f"{10_000_000 + number}" for number in range(size.onboardings)],
            size=size,
        )
        try:
            victims.start()
            return run_on(victims, NAME, size, list(CUTS))
        finally:
            victims.stop()


class DatabaseHost(DatabaseServer):
    """PostgreSQL on a host of its own, that lets the others in."""

    def __init__(self, network: Network) -> None:
        self.network, self.host = network, network.address_of(HOSTS["database"])
        super().__init__()
        with (self.root / "data" / "pg_hba.conf").open("a") as rules:
            rules.write(f"host all all {network.range} trust\n")

    def _command(self) -> list[str]:
        command = super()._command()
        if self.user:
            ids = (f"--reuid={self.user['user']}", f"--regid={self.user['group']}")
            command = ["setpriv", *ids, "--clear-groups", "--pdeathsig=KILL", *command]
        return self.network.on(HOSTS["database"], [*command, "-c", "listen_addresses=*"])

    def _runs_as(self) -> dict[str, Any]:
        return {}  # only root may enter a namespace; setpriv becomes the other user there


class Hosts(Victims):
    """The parts, each on its host; the world outside is this machine itself."""

    def __init__(self, network: Network, folder: Path, *, kvks: list[str], size: Size) -> None:
        self.network, self.outside = network, network.gateway
        super().__init__(
            folder,
            on_postgresql=True,
            seed=size.seed,
            kvks=kvks,
            offers=size.offers,
            mails=size.mails,
        )
        web, broker = (network.address_of(HOSTS[name]) for name in ("web", "broker"))
        own = {"public_url": f"http://{web}:{PORT}", "redis_url": f"redis://{broker}:{PORT}/0"}
        self.settings = self.settings.model_copy(update=own)
        self.environment |= {
            "LOKET_PUBLIC_URL": self.settings.public_url,
            "LOKET_REDIS_URL": self.settings.redis_url,
            "LOKET_SMTP_HOST": network.gateway,
            "LOKET_HOSTS": str(len(HOSTS)),
            "LOKET_BIND": f"{web}:{PORT}",
        }
        self._move("web", _gunicorn(), partial(answers, web, PORT), folder)
        command = _broker(self.parts["broker"].command, broker)
        self._move("broker", command, partial(answers, broker, PORT), folder)
        for name in WORKERS:
            self._move(name, self.parts[name].command, self.parts[name].is_ready, folder)
        self._lead_to_login(folder)

    def cut_off(self, name: str, seconds: float) -> None:
        self.network.cut_off(HOSTS[name], seconds)

    def _server(self) -> DatabaseServer:
        return DatabaseHost(self.network)

    def _move(
        self, name: str, command: list[str], is_ready: Callable[[], bool], folder: Path
    ) -> None:
        on_host = self.network.on(HOSTS[name], command)
        self.parts[name] = Part(name, on_host, is_ready=is_ready, folder=folder)

    def _lead_to_login(self, folder: Path) -> None:
        """The login simulator answers to 127.0.0.1 alone: it is so for browser and web both."""
        port, gateway = str(self.ports["login"]), self.network.gateway
        way = [sys.executable, "-m", "tests.reliability.lossy"]
        ways = {
            "way out": [*way, gateway, port, "127.0.0.1", port],
            "way in": self.network.on(HOSTS["web"], [*way, "127.0.0.1", port, gateway, port]),
        }
        for name, command in ways.items():
            self.parts[name] = Part(name, command, is_ready=lambda: True, folder=folder)


def _gunicorn() -> list[str]:
    config = str(ROOT / "deploy" / "gunicorn.conf.py")
    return [sys.executable, "-m", "gunicorn", "-c", config, "app.wsgi:app"]


def _broker(alone: list[str], address: str) -> list[str]:
    """As on one machine; of what is said twice, the last counts."""
    return [*alone, "--port", str(PORT), "--bind", address, "--protected-mode", "no"]

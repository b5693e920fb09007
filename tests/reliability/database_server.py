"""A durable PostgreSQL that is killed and restarted on the same data."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg

from tests import patience, servers
from tests.reliability.trees import send, tree_of

# fsync guards against the loss of power, which no test can cause; a kill it cannot tell apart.
SETTINGS = ("fsync=off", "full_page_writes=off", "synchronous_commit=on", "shared_buffers=64MB")


class DatabaseServer:
    """Has the same two verbs as the other parts: begin and kill."""

    host = "127.0.0.1"

    def __init__(self) -> None:
        self.programs, self.user = servers.postgresql_programs(), servers.unprivileged()
        self.root = Path(tempfile.mkdtemp(prefix="loket-chaos-"))
        if self.user:
            os.chown(self.root, self.user["user"], self.user["group"])
        servers.init_database(self.programs, self.root, self.user)
        self.port = servers.free_port()
        self.address = f"postgresql://loket@{self.host}:{self.port}/postgres"
        self.url = self.address.replace("postgresql", "postgresql+psycopg", 1)
        self.process: subprocess.Popen[bytes] | None = None

    def begin(self) -> None:
        """Start it, as often as it takes until what the kill left behind has gone."""
        deadline = time.monotonic() + patience.SECONDS
        while not self._answers():
            assert time.monotonic() < deadline, "PostgreSQL does not come back"
            if self.process is None or self.process.poll() is not None:
                self.process = self._started()
            time.sleep(0.1)

    def kill(self) -> None:
        if self.process is not None:
            send(tree_of(self.process.pid), signal.SIGKILL)
            self.process.wait()

    def close(self) -> None:
        self.kill()
        shutil.rmtree(self.root, ignore_errors=True)

    def _started(self) -> subprocess.Popen[bytes]:
        with suppress(FileNotFoundError):
            (self.root / "data" / "postmaster.pid").unlink()
        with (self.root / "log").open("ab") as log:
            return subprocess.Popen(
                self._command(),
                stdout=log,
                stderr=log,
                cwd=self.root,
                env={**os.environ, "LC_ALL": "C.UTF-8", "TZ": "UTC"},
                preexec_fn=servers.end_with_parent,  # noqa: PLW1509 - it only asks the kernel
                **self._runs_as(),
            )

    def _command(self) -> list[str]:
        return servers.postgres_command(self.programs, self.root, self.port, SETTINGS)

    def _runs_as(self) -> dict[str, Any]:
        return self.user

    def _answers(self) -> bool:
        with suppress(psycopg.Error), psycopg.connect(self.address, connect_timeout=2):
            return True
        return False

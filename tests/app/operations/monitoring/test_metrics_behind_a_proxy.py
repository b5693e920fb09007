"""/metrics answers this machine alone, never through a proxy, under both servers."""

import http.client
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from app.demo.ports import answers
from app.setup.schema import upgrade
from processes.database import open_database
from tests import patience
from tests.product import until
from tests.servers import free_port

ROOT = Path(__file__).parents[4]
SERVERS = {
    "waitress": ["-m", "app.cli", "web", "--port"],
    "gunicorn": ["-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", "app.wsgi:app", "--bind"],
}


@contextmanager
def serving(server: str, folder: Path) -> Iterator[int]:
    url = f"sqlite:///{folder / 'loket.db'}"
    engine = open_database(url)
    upgrade(engine)
    engine.dispose()
    port = free_port()
    where = str(port) if server == "waitress" else f"127.0.0.1:{port}"
    given = {"LOKET_VAR": str(folder), "LOKET_DATABASE_URL": url, "LOKET_WEB_PROCESSES": "1"}
    command = [sys.executable, *SERVERS[server], where]
    with subprocess.Popen(command, cwd=ROOT, env={**os.environ, **given}) as process:
        try:
            until(lambda: answers(port))
            yield port
        finally:
            process.terminate()


def status(port: int, headers: dict[str, str]) -> int:
    with closing(
        http.client.HTTPConnection("127.0.0.1", port, timeout=patience.SECONDS)
    ) as connection:
        connection.request("GET", "/metrics", headers=headers)
        with connection.getresponse() as response:
            return response.status


@pytest.mark.parametrize("server", SERVERS)
def test_a_proxied_request_gets_no_metrics(server: str, tmp_path: Path) -> None:
    with serving(server, tmp_path) as port:
        assert status(port, {}) == 200
        for header in ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"):
            assert status(port, {header: "203.0.113.9"}) == 404

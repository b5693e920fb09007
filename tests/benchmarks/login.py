"""./run bench login: from the login page to the first page, by OIDC and by SAML, in turns.

The broker is the login simulator, which listens in a thread of this process; the browser is
Flask's test client, and at the broker it loads the page and sends its form. What the simulator
does is in the time of each kind.
"""

import json
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit

import click
import requests
from flask import Flask
from flask.testing import FlaskClient
from pydantic import SecretStr
from werkzeug.serving import make_server

from app.demo.login_simulator import create_login_simulator
from app.demo.saml_setup import prepared_saml
from app.factory import create_app
from app.web.db import db
from processes.platform.running_demonstration import OIDC_NAME, SAML_NAME
from processes.platform.settings import Settings
from tests.app.auth.saml.test_simulator import DONALD, at_the_broker, back
from tests.app.onboarding import field, prepare
from tests.benchmarks import machine
from tests.benchmarks.databases import sqlite

RESULTS = Path(__file__).parents[2] / "bench" / "login.json"
MOST = 1.5  # times the 95th percentile of OIDC
FIRST_PAGE, OK = "/aanmelding", 200


@click.command()
@click.option("--rounds", default=100, show_default=True, help="logins of each kind")
@click.option("--tiny", is_flag=True, help="writes no file")
def main(rounds: int, *, tiny: bool) -> None:
    """Measure, and write bench/login.json."""
    first = not tiny and machine.go_first()
    with sqlite() as database, tempfile.TemporaryDirectory() as folder:
        taken = _measure(database.url, Path(folder), rounds)
    result: dict[str, Any] = {name: _figures(each, taken["oidc"]) for name, each in taken.items()}
    for name, figures in result.items():
        click.echo(f"{name:<14} {figures} (ratio at most {MOST})")
    if not tiny:
        result |= {"target": MOST, "rounds": rounds, "machine": machine.facts(first=first)}
        RESULTS.write_text(json.dumps(result, indent=2) + "\n", "utf-8")
        click.echo(f"written: {RESULTS}")


def _figures(seconds: list[float], by_oidc: list[float]) -> dict[str, float]:
    return {
        "p50_ms": round(median(seconds) * 1000, 1),
        "p95_ms": round(_p95(seconds) * 1000, 1),
        "ratio": round(_p95(seconds) / _p95(by_oidc), 2),
    }


def _p95(seconds: list[float]) -> float:
    return quantiles(seconds, n=20, method="inclusive")[-1]


def _measure(database_url: str, folder: Path, rounds: int) -> dict[str, list[float]]:
    with _simulator(folder) as url:
        app = _portal(database_url, folder, url)
        kinds: dict[str, Callable[[FlaskClient], str | None]] = {
            "oidc": _by_oidc,
            "saml_post": lambda client: _by_saml(client, "post"),
            "saml_artifact": lambda client: _by_saml(client, "artifact"),
        }
        taken: dict[str, list[float]] = {name: [] for name in kinds}
        for number in range(rounds + 1):
            for name, log_in in kinds.items():
                client = app.test_client()
                began = perf_counter()
                location = log_in(client)
                status = client.get(FIRST_PAGE).status_code
                took = perf_counter() - began
                if (location, status) != (FIRST_PAGE, OK):
                    message = f"{name}: {location}, {status}"
                    raise RuntimeError(message)
                if number:  # the first is to warm up
                    taken[name].append(took)
        return taken


def _by_oidc(client: FlaskClient) -> str | None:
    begun = _begin(client, OIDC_NAME)
    requests.get(begun.location, timeout=10)  # the page of the broker, as with SAML
    answer = requests.post(begun.location, DONALD, timeout=10, allow_redirects=False)
    parts = urlsplit(answer.headers["Location"])
    return str(client.get(f"{parts.path}?{parts.query}").location)


def _by_saml(client: FlaskClient, binding: str) -> str | None:
    answer = at_the_broker(_begin(client, SAML_NAME), binding=binding)
    return str(back(client, answer).location)


def _begin(client: FlaskClient, broker: str) -> Any:
    token = field(client.get("/inloggen"), "csrf_token")
    form = {"csrf_token": token, "via": "eherkenning", "makelaar": broker}
    return client.post("/inloggen", data=form)


def _portal(database_url: str, folder: Path, url: str) -> Flask:
    app = create_app(_settings(folder, url, database_url=database_url))
    app.testing = True
    app.config["RATELIMIT_ENABLED"] = False
    app.extensions["rate_limits"].enabled = False
    with app.test_request_context(method="POST"):
        prepare(db.session())
    return app


def _settings(folder: Path, url: str, **more: Any) -> Settings:
    return Settings(
        var=folder,
        public_url="http://localhost",
        redis_url="redis://127.0.0.1:1/0",
        secret_key=SecretStr("only for benchmarks, thirty-two characters"),
        oidc_eherkenning_issuer=f"{url}/eherkenning",
        oidc_accounts_issuer=f"{url}/accounts",
        **prepared_saml(folder, url),
        **more,
    )


@contextmanager
def _simulator(folder: Path) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, lambda *_: [], threaded=True)
    url = f"http://127.0.0.1:{server.server_port}"
    server.app = create_login_simulator(_settings(folder, url))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield url
    server.shutdown()
    thread.join()
    server.server_close()


if __name__ == "__main__":
    main()

"""./run bench pages: lists and dashboards as the tables behind them grow, beside an older build."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import click
from flask import Flask, g
from flask.testing import FlaskClient

from app.auth import sessions
from app.factory import create_app
from app.web.access import Role, User
from app.web.db import db
from processes.base import new_id
from processes.platform.settings import use_settings
from tests.benchmarks import machine, onboarding
from tests.benchmarks.databases import DATABASES
from tests.benchmarks.pages_filling import fill
from tests.benchmarks.product import settings_for
from tests.benchmarks.visitors import ISSUER, prepare
from workers.schedule import sweep

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "bench" / "pages.json"
HAVE = (1_000, 100_000)
OK = 200
PAGES: Mapping[str, tuple[str, Role]] = {
    "dashboard": ("/beheer", Role.OPERATOR),
    "cases": ("/beheer/processen", Role.OPERATOR),
    "open cases": ("/beheer/processen?status=active", Role.OPERATOR),
    "incidents": ("/beheer/incidenten", Role.OPERATOR),
    "jobs": ("/beheer/taken", Role.OPERATOR),
    "providers": ("/register", Role.REGISTRAR),
    "tasks": ("/taken", Role.REGISTRAR),
    "processes": ("/processen", Role.PROCESS_OWNER),
    "insight": (f"/processen/{onboarding.KEY}/inzicht", Role.PROCESS_OWNER),
    "site map": ("/sitemap.xml", Role.REGISTRAR),
}


@click.command()
@click.option("--have", multiple=True, type=int, default=HAVE, help="cases and offers, in fifties")
@click.option("--rounds", default=9, show_default=True)
@click.option("--only", type=click.Choice(list(DATABASES)), help="one database; writes no file")
@click.option("--before", type=click.Path(exists=True, file_okay=False), help="an older checkout")
@click.option("--as-json", is_flag=True, hidden=True)
def main(
    have: tuple[int, ...], rounds: int, only: str | None, before: str | None, as_json: bool
) -> None:
    """Measure pages at each size and write bench/pages.json."""
    names = [only] if only else list(DATABASES)
    first = only is None and machine.go_first()
    took = {name: measure(name, have, rounds) for name in names}
    if as_json:
        click.echo(json.dumps(took))
        return
    older = _older(before, have, rounds, names) if before else {}
    result = {page: _page(took, older, page, have) for page in PAGES}
    for page, figures in result.items():
        for name, figure in figures.items():
            before = figure.get("times_before", "not measured")
            growth, ms = figure["growth"], figure["ms"]
            click.echo(f"{page:<11} {name:<11} ratio {growth:>5}   times before {before}   {ms} ms")
    if only is None and before:
        facts = {"machine": machine.facts(first=first), "have": have, "rounds": rounds}
        RESULTS.write_text(json.dumps({**result, **facts}, indent=2) + "\n", "utf-8")
        click.echo(f"written: {RESULTS}")


def measure(name: str, have: Sequence[int], rounds: int) -> dict[str, dict[str, float]]:
    """The median of each page in ms at each size, on one of the databases."""
    found: dict[str, dict[str, float]] = {page: {} for page in PAGES}
    with DATABASES[name]() as database, tempfile.TemporaryDirectory() as folder:
        app = create_app(settings_for(database, Path(folder)))
        with app.app_context():
            prepare(db.session())
            people = {role: _signed_in(app, role) for _path, role in PAGES.values()}
        there = 0
        for wanted in have:
            fill(database.open(), onboarding.KEY, there, wanted)
            there = wanted
            with app.app_context():
                sweep()  # as a worker does every second
            for page, (path, role) in PAGES.items():
                times = [
                    _get(app.test_client(use_cookies=False), path, people[role])
                    for _ in range(rounds + 1)
                ]
                found[page][str(wanted)] = round(median(times[1:]) * 1000, 1)
        with app.app_context():
            db.engine.dispose()
    use_settings(None)
    return found


def _get(client: FlaskClient, path: str, cookie: str) -> float:
    began = perf_counter()
    response = client.get(path, headers={"Cookie": cookie}, base_url="http://127.0.0.1")
    size = len(response.data)
    took = perf_counter() - began
    if response.status_code != OK or not size:
        message = f"{path}: {response.status_code}"
        raise RuntimeError(message)
    return took


def _signed_in(app: Flask, role: Role) -> str:
    """The cookie of somebody who has this role."""
    with app.test_request_context(method="POST"):
        user = User(new_id(), "medewerker 1", frozenset({role}), ISSUER, str(role), email=None)
        sessions.start(db.session(), user)
        db.session().commit()
        return f"{sessions.cookie_name(app.config['LOKET_SETTINGS'])}={g.new_token}"


def _older(
    checkout: str, have: Sequence[int], rounds: int, names: Sequence[str]
) -> Mapping[str, Any]:
    """The same measurement by the code of an older checkout, which has these files in it."""
    found: dict[str, Any] = {}
    for name in names:
        command = [sys.executable, "-m", "tests.benchmarks.pages", "--as-json", "--only", name]
        command += [f"--rounds={rounds}", *(f"--have={number}" for number in have)]
        answer = subprocess.run(
            command,
            cwd=checkout,
            env={**os.environ, "PYTHONPATH": checkout},
            check=True,
            capture_output=True,
            text=True,
        )
        found |= json.loads(answer.stdout.splitlines()[-1])
    return found


def _page(
    took: Mapping[str, Any], older: Mapping[str, Any], page: str, have: Sequence[int]
) -> dict[str, Any]:
    few, many = str(have[0]), str(have[-1])
    found: dict[str, Any] = {}
    for name, pages in took.items():
        ours = pages[page]
        found[name] = {"ms": ours, "growth": round(ours[many] / ours[few], 1)}
        if name in older:
            found[name]["times_before"] = round(older[name][page][many] / ours[many], 1)
    return found


if __name__ == "__main__":
    main()

"""Pages of the public catalogue on a filled database: how long each takes, and the memory."""

import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter, thread_time

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.factory import create_app
from app.web.db import db
from processes.base import own_clock
from processes.platform.database import close_databases
from processes.platform.settings import use_settings
from processes.register.catalogue.catalogue import site_map_parts
from processes.register.offers.rules import Offer
from processes.register.providers.providers import Provider
from tests.benchmarks.databases import Database
from tests.benchmarks.product import settings_for
from tests.processes.register.search.library import NOON

OK = 200
COMMON = "rekenen"
ASKED = {
    "common word": f"/catalogus?zoek={COMMON}",
    "two words": "/catalogus?zoek=rekenen+coachen",
    "one facet": "/catalogus?sector=po",
}


def pages(engine: Engine, rounds: int) -> dict[str, dict[str, float]]:
    """The median of each page in ms, by the clock and of the processor of this process."""
    url = engine.url.render_as_string(hide_password=False)
    database = Database(engine.dialect.name, url, "")
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(settings_for(database, Path(folder)))
        use_settings(app.config["LOKET_SETTINGS"])
        try:
            with own_clock(lambda: NOON):  # the day on which it was filled
                return _measured(app, _addresses(engine), rounds)
        finally:
            with app.app_context():
                db.engine.dispose()
            close_databases()
            use_settings(None)


def _addresses(engine: Engine) -> dict[str, str]:
    with Session(engine) as session:
        offer_id = session.scalar(select(Offer.id).order_by(Offer.id).limit(1))
        kvk = session.scalar(select(Provider.kvk).order_by(Provider.kvk.desc()).limit(1))
        parts = site_map_parts(session)
    return {
        "catalogue": "/catalogus",
        "catalogue, last page": "/catalogus?pagina=999999",
        **ASKED,
        "offer": f"/catalogus/{offer_id}",
        "provider": f"/catalogus/aanbieder/{kvk}",
        "site map": "/sitemap.xml",
        "file of the site map": f"/sitemap-{parts}-0.xml" if parts > 1 else "/sitemap.xml",
    }


def _measured(app: Flask, addresses: dict[str, str], rounds: int) -> dict[str, dict[str, float]]:
    client = app.test_client(use_cookies=False)
    found: dict[str, dict[str, float]] = {}
    for name, address in addresses.items():
        times = [_seconds(client, address) for _ in range(rounds + 1)][1:]
        clock, processor = (median(each) for each in zip(*times, strict=True))
        found[name] = {"ms": round(clock * 1000, 1), "cpu_ms": round(processor * 1000, 1)}
    return found


def _seconds(client: FlaskClient, address: str) -> tuple[float, float]:
    began = perf_counter(), thread_time()
    response = client.get(address, base_url="http://127.0.0.1")
    size = len(response.data)
    took = perf_counter() - began[0], thread_time() - began[1]
    if response.status_code != OK or not size:
        message = f"{address}: {response.status_code}"
        raise RuntimeError(message)
    return took


def memory() -> float:
    """MB that this process holds for itself; not of files that are mapped."""
    for line in Path("/proc/self/smaps_rollup").read_text("ascii").splitlines():
        if line.startswith("Anonymous:"):
            return round(int(line.split()[1]) / 1024, 1)
    return 0.0

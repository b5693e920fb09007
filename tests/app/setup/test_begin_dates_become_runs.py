"""An offer that had a begin date has a run of that day after the upgrade, as its versions have."""

from datetime import date
from typing import Any

from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.setup.schema import MIGRATIONS
from processes.register.offers import offers
from processes.register.offers.offers import Offer
from processes.register.offers.runs import Run
from processes.register.offers.versions import versions_of
from tests.processes.register.conftest import make_offer, make_provider

BEGIN = date(2027, 3, 1)
RUNS = (Run(start=BEGIN, place="Utrecht"), Run(start=date(2027, 9, 1)), Run(online=True))


def _kept(session: Session) -> list[Any]:
    """What the version that an earlier release left says of the begin."""
    session.expire_all()
    row = session.execute(text("SELECT fields FROM offer_version")).scalar_one()
    return ["start_date" in str(row), "runs" in str(row)]


def test_a_begin_date_becomes_a_run_and_back(session: Session) -> None:
    provider = make_provider()
    session.add(provider)
    session.flush()
    offer, other = make_offer(provider, runs=RUNS), make_offer(provider)
    offer.legacy_fields = {"title": "Oud", "runs": [RUNS[0].as_json()]}
    session.add_all([offer, other])
    session.flush()
    offers.edit(session, offer.id, {"runs": RUNS[:1]}, based_on=1, by="x")
    session.flush()
    script = ScriptDirectory(str(MIGRATIONS)).get_revision("8d27b6f4e0c3")
    assert script is not None

    with Operations.context(MigrationContext.configure(session.connection())):
        script.module.downgrade()
        was = _kept(session)
        script.module.upgrade()

    assert was == [True, False]
    assert _kept(session) == [False, True]
    begun = Run(start=BEGIN)
    found = session.get_one(Offer, offer.id)
    assert (found.runs, found.start_date) == ((begun,), BEGIN)
    assert found.touched == {"runs"}
    assert found.legacy_fields == {"title": "Oud", "runs": [begun.as_json()]}
    assert versions_of(session, found, 1).items[0].fields["runs"] == [begun.as_json()]
    assert session.get_one(Offer, other.id).runs == ()

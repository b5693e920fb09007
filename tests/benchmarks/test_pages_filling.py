"""What fills the database of a benchmark with copies is whole: counts, references, the trail."""

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from processes.engine.insight import case_figures, counts
from processes.engine.store.models import ActivityInstance, Job, ProcessInstance, UserTask
from processes.register.audit import sealing
from processes.register.audit.verifying import verify
from processes.register.changes import AuditEvent
from processes.register.offers.rules import Offer
from processes.register.providers.providers import Provider
from processes.register.search import kept_counts
from tests.benchmarks import onboarding, pages_filling
from tests.benchmarks.visitors import prepare


@pytest.mark.parametrize("offers_each", [1, 10])
def test_copies_of_cases_have_rows_of_their_own(
    own_engine: Engine, monkeypatch: pytest.MonkeyPatch, offers_each: int
) -> None:
    monkeypatch.setattr(pages_filling, "WRITTEN", 20)
    with Session(own_engine) as session:
        prepare(session)
        events = select(func.count()).select_from(AuditEvent)
        before = 3 * (session.scalar(events) or 0)  # of the deployment, copied twice

    pages_filling.fill(own_engine, onboarding.KEY, 60, offers_each)

    with Session(own_engine) as session:
        cases = select(ProcessInstance.id, ProcessInstance.tenant, ProcessInstance.ended_at)
        rows = session.execute(cases).all()
        assert len({row.tenant for row in rows}) == 60
        running = sum(row.ended_at is None for row in rows)
        ended = 60 - running
        of_case = func.count(ActivityInstance.instance_id.distinct())
        assert session.scalar(select(of_case)) == 60
        for model, number in (
            (ActivityInstance, 10 * ended + 2 * running),
            (UserTask, 3 * ended + running),
            (AuditEvent, before + 5 * ended + running),
            (Job, 60),
            (Offer, 60),
            (Provider, 60 // offers_each),
        ):
            assert session.scalar(select(func.count()).select_from(model)) == number, model
        names = select(Provider.kvk).where(Provider.kvk.not_in([row.tenant for row in rows]))
        assert not session.scalars(names).all()
        sealing.seal_all(session)
        trail = verify(session)
        assert (trail.links, trail.waiting, trail.broken) == (before + 5 * ended + running, 0, [])
        counts.rebuild(session)
        case_figures.rebuild(session)
        for each in (counts, case_figures, kept_counts):
            assert not list(each.differences(session))

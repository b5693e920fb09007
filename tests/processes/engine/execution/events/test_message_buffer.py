"""A message of a process that reaches nobody because of what runs leaves an incident, and is kept.

The same as `messages.send` answers to a sender outside; a process has nobody to answer to.
"""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.engine.execution import incidents, instances
from processes.engine.execution.events import messages
from processes.engine.repair import suspension
from processes.engine.store.message_models import BufferedMessage
from processes.engine.store.models import (
    Incident,
    IncidentStatus,
    MessageSubscription,
    ProcessInstance,
)
from tests.processes.engine.diagrams import (
    chain,
    define,
    flow,
    message,
    node,
    process,
    straight,
    user,
)
from tests.processes.engine.playing import at, do

pytestmark = pytest.mark.usefixtures("nothing_kept")

SENDS = process(
    straight(
        user("a"),
        node("intermediateThrowEvent", "tell", message("m")),
        user("sent"),
        ids=("a", "tell", "sent"),
    ),
    key="sends",
    messages=("m",),
)
BEGINS = process(
    node("startEvent", "s", message("m"))
    + user("b")
    + node("endEvent", "e")
    + chain("s", "b", "e"),
    key="begins",
    messages=("m",),
)
BREAKS = process(
    node("startEvent", "s", message("m"))
    + node("exclusiveGateway", "g")
    + user("b")
    + node("endEvent", "e")
    + chain("s", "g")
    + flow("g", "b", "${missing}")
    + chain("b", "e"),
    key="breaks",
    messages=("m",),
)


def waits(key: str) -> bytes:
    wait = node("intermediateCatchEvent", "wait", message("m"))
    return process(straight(wait, user("got"), ids=("wait", "got")), key=key, messages=("m",))


def begin(session: Session, key: str, business_key: str | None = "1") -> ProcessInstance:
    return instances.start_process(session, key, business_key=business_key, started_by="test")


def throw(session: Session, business_key: str | None = "1") -> None:
    begin(session, "sends", business_key)
    do(session, "a")


def sweep(session: Session) -> list[bool]:
    found = messages.matching_buffered_messages(session, 10)
    return [messages.deliver_buffered(session, message_id) for message_id in found]


def kept(session: Session) -> list[UUID]:
    return list(session.scalars(select(BufferedMessage.id)))


@pytest.fixture(name="two")
def two_that_wait(session: Session) -> tuple[ProcessInstance, ProcessInstance]:
    """Two instances of different processes that wait for message `m` with key 1."""
    define(session, SENDS, "sends")
    define(session, waits("p"), "p")
    define(session, waits("q"), "q")
    return begin(session, "p"), begin(session, "q")


def test_of_two_that_wait_nobody_gets_it_and_an_incident_says_so(
    session: Session, two: tuple[ProcessInstance, ProcessInstance]
) -> None:
    throw(session)

    assert at(session) == ["sent"]
    (incident,) = incidents.open_incidents(session)
    assert (incident.kind, incident.instance_id) == ("message-ambiguous", None)
    assert "“m” wacht meer dan één zaak" in incident.message
    assert set(incident.details.splitlines()) == {str(each.id) for each in two}
    assert len(kept(session)) == 1


def test_it_goes_to_the_one_that_is_left_and_the_incident_ends(
    session: Session, two: tuple[ProcessInstance, ProcessInstance]
) -> None:
    throw(session)
    instances.cancel(session, two[0].id, by="olga")

    assert sweep(session) == [True]
    tasks = {each.element_id: each.instance_id for each in instances.open_user_tasks(session)}
    assert tasks["got"] == two[1].id
    assert (kept(session), incidents.open_incidents(session)) == ([], [])


@pytest.mark.usefixtures("two")
def test_messages_of_one_name_and_key_have_one_incident_until_one_is_left(session: Session) -> None:
    throw(session)
    messages.send_message(session, "m", correlation_key="1")
    (incident,) = incidents.open_incidents(session)
    assert len(kept(session)) == 2

    assert messages.send_to(session, begin_of(session, "p"), "m")
    assert sweep(session) == [True, True]
    assert at(session) == ["got", "got", "sent"]
    assert len(kept(session)) == 1
    assert incident.status == IncidentStatus.RESOLVED


def begin_of(session: Session, key: str) -> UUID:
    query = select(ProcessInstance.id).where(ProcessInstance.process_key == key)
    return session.scalars(query).one()


@pytest.mark.usefixtures("two")
def test_the_sweep_holds_it_for_no_one_and_lets_the_others_by(session: Session) -> None:
    throw(session)
    other = begin(session, "p", "2")
    suspension.suspend(session, other.id)
    messages.send_message(session, "m", correlation_key="2")
    suspension.resume(session, other.id)
    (incident,) = incidents.open_incidents(session)
    incidents.retry_incident(session, incident.id, by="olga")

    (first,) = messages.matching_buffered_messages(session, 1)
    assert messages.deliver_buffered(session, first)
    assert sweep(session) == [False]
    assert at(session) == ["got", "sent"]
    (again,) = incidents.open_incidents(session)
    assert (again.kind, again.id != incident.id) == ("message-ambiguous", True)
    assert len(kept(session)) == 1


def test_one_that_comes_to_wait_beside_another_does_not_take_what_is_kept(
    session: Session,
) -> None:
    define(session, waits("p"), "p")
    define(session, waits("q"), "q")
    one = begin(session, "p")
    suspension.suspend(session, one.id)
    messages.send_message(session, "m", correlation_key="1")

    begin(session, "q")

    assert at(session) == []
    suspension.resume(session, one.id)
    assert sweep(session) == [False]
    (incident,) = incidents.open_incidents(session)
    assert incident.kind == "message-ambiguous"


def test_without_a_key_two_that_wait_without_one_are_ambiguous_too(session: Session) -> None:
    define(session, SENDS, "sends")
    define(session, waits("p"), "p")
    begin(session, "p", None)
    begin(session, "p", None)

    throw(session, None)

    assert at(session) == ["sent"]
    (incident,) = incidents.open_incidents(session)
    assert "“m” wacht meer dan één zaak" in incident.message


def test_of_a_company_only_its_own_cases_count(session: Session) -> None:
    define(session, waits("p"), "p")
    define(session, waits("q"), "q")
    for key, tenant in (("p", "12345678"), ("q", "87654321")):
        instances.start_process(session, key, business_key="1", tenant=tenant, started_by="test")

    assert messages.send_message(session, "m", correlation_key="1", tenant="12345678")
    assert (at(session), incidents.open_incidents(session)) == (["got"], [])
    messages.send_message(session, "m", correlation_key="1", tenant="12345678")
    assert (sweep(session), len(kept(session))) == ([], 1)


def test_a_message_that_would_start_what_runs_is_kept_and_an_incident_says_so(
    session: Session,
) -> None:
    define(session, SENDS, "sends")
    define(session, BEGINS, "begins")
    running = messages.send(session, "m", correlation_key="1").ids

    throw(session)

    assert at(session) == ["b", "sent"]
    (incident,) = incidents.open_incidents(session)
    assert (incident.kind, incident.details) == ("message-running", str(running[0]))
    assert "“m” zou een zaak beginnen" in incident.message
    assert len(kept(session)) == 1


def test_a_start_by_message_that_fails_leaves_its_incident_and_the_sender_goes_on(
    session: Session,
) -> None:
    define(session, SENDS, "sends")
    define(session, BREAKS, "breaks")

    throw(session)

    assert at(session) == ["sent"]
    (incident,) = session.scalars(select(Incident))
    assert (incident.kind, incident.element_id, incident.instance_id) == ("expression", "g", None)
    assert len(kept(session)) == 1


def test_what_two_processes_begin_with_begins_neither_and_an_incident_names_them(
    session: Session,
) -> None:
    define(session, SENDS, "sends")
    define(session, BEGINS, "begins")
    define(session, BEGINS.replace(b'id="begins"', b'id="also"'), "also")

    throw(session)

    assert at(session) == ["sent"]
    (incident,) = incidents.open_incidents(session)
    assert (incident.kind, incident.details) == ("message-ambiguous-start", "also\nbegins")
    assert "“m” begint meer dan één proces" in incident.message
    assert len(kept(session)) == 1


@pytest.mark.usefixtures("two")
def test_the_incident_ends_with_the_last_message_that_expires(session: Session) -> None:
    throw(session)
    messages.send_message(session, "m", correlation_key="1")
    (incident,) = incidents.open_incidents(session)
    first, second = session.scalars(select(BufferedMessage).order_by(BufferedMessage.created_at))
    second.expires_at = first.expires_at + timedelta(days=1)
    session.flush()

    messages.drop_expired_messages(session, first.expires_at)
    assert incidents.open_incidents(session) == [incident]
    messages.drop_expired_messages(session, second.expires_at)

    assert (kept(session), incidents.open_incidents(session)) == ([], [])
    session.refresh(incident)
    assert (incident.status, incident.resolved_by) == (IncidentStatus.RESOLVED, "engine")


def test_each_message_has_a_cause_of_its_own_and_all_of_one_name_share_it(
    session: Session,
) -> None:
    waiting = node("intermediateCatchEvent", "wait", message("m"))
    for name in ("m", "n"):
        drawn = process(straight(waiting, ids=("wait",)), key=name, messages=("m",))
        define(session, drawn.replace(b'name="m"', f'name="{name}"'.encode()), name)
        for key in ("1", "2"):
            for _ in range(2):
                begun = instances.start_process(session, name, business_key=None, started_by="t")
                subscription = select(MessageSubscription).where(
                    MessageSubscription.instance_id == begun.id
                )
                session.scalars(subscription).one().correlation_key = key
            session.flush()
            messages.send_message(session, name, correlation_key=key)
    found = incidents.open_incidents(session)
    causes = {each.message.split("“")[1].split("”")[0]: each.cause for each in found}
    assert len(found) == 4
    assert set(causes) == {"m", "n"}
    assert len({each.cause for each in found}) == 2

"""What programs outside send: who may, what they are told, and that each message counts once."""

from collections.abc import Callable
from datetime import timedelta
from gzip import compress
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from processes.base import now
from processes.engine import registry
from processes.engine.execution.instances import start_process, variables
from processes.engine.openings import received
from processes.engine.openings.clients import Rights, make
from processes.engine.store import beginnings
from processes.engine.store.message_models import BufferedMessage
from processes.engine.store.models import Incident, MessageSubscription, ProcessInstance
from processes.engine.store.opening_models import ReceivedMessage
from processes.register.changes import AuditEvent
from processes.statements import Statement
from tests.app.api.programs import Program, program
from tests.app.begin.complaints import ADDRESS, KEY, STORY, SUBJECT, complaint, place
from tests.processes.engine.diagrams import chain, define, message, node, process, signal, straight
from tests.processes.engine.execution.events.test_messages_from_outside import BEGINS, BREAKS, WAITS
from tests.processes.engine.form_fields import field

MINE, THEIRS = "12345678", "87654321"


@pytest.fixture(autouse=True)
def companies(monkeypatch: pytest.MonkeyPatch) -> None:
    """The two companies of the register."""
    known = [lambda _session, text: text in {MINE, THEIRS}]
    monkeypatch.setattr(registry, "TENANT_CHECKS", known)


@pytest.fixture
def sender(client: FlaskClient, session: Session) -> Program:
    return program(client, session, messages=["m"], signals=["x"], processes=[KEY, "q"])


def begun(session: Session, key: str, *, tenant: str | None = None) -> ProcessInstance:
    instance = start_process(session, "p", business_key=key, tenant=tenant, started_by="test")
    session.commit()
    return instance


def number(session: Session, model: type[Any]) -> int:
    session.expire_all()
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_a_message_is_delivered_with_its_variables(sender: Program, session: Session) -> None:
    define(session, WAITS)
    instance = begun(session, "1")
    sent = sender.post("berichten/m", {"correlationKey": "1", "variables": {"x": [1, "é"]}})
    assert sent.status_code == 200
    assert sent.json == {"outcome": "delivered", "instances": [str(instance.id)]}
    session.expire_all()
    assert variables(session, instance)["x"] == [1, "é"]
    event = session.scalars(select(AuditEvent)).one()
    assert (event.action, event.subject) == ("message-received", "message:m")
    assert event.details["outcome"] == "delivered"


@pytest.mark.parametrize("name", ["initiator", "taker"])
@pytest.mark.parametrize("address", ["berichten/m", "signalen/x", "processen/q"])
def test_nobody_outside_says_who_may_do_a_task(
    sender: Program, session: Session, address: str, name: str
) -> None:
    define(session, BEGINS)
    define(session, process(straight(ids=()), "q"), "q")
    given = {"variables": {name: "staff:0f8fad5b-d9cb-469f-a165-70867728950e", "x": 1}}
    refused = sender.post(address, given)
    assert refused.status_code == 400
    (error,) = refused.json["errors"]  # type: ignore[index]
    assert error["pointer"] == f"#/variables/{name}"
    assert number(session, ProcessInstance) == 0


@pytest.mark.parametrize(("what", "address"), [(message, "berichten/m"), (signal, "signalen/x")])
def test_nobody_outside_says_who_began_by_the_name_that_the_diagram_gives_that(
    sender: Program, session: Session, what: Callable[[str], str], address: str
) -> None:
    name = address[-1]
    define(session, kept_by("melder", what(name)))
    define(session, kept_by("indiener", what(name), key="q"), "q")
    instance = begun(session, "1")
    start_process(session, "q", business_key="2", variables={"melder": "a"}, started_by="test")
    session.commit()
    given: dict[str, Any] = {"variables": {"melder": "staff:1", "x": 1}}
    given |= {"correlationKey": "1"} if what is message else {}
    refused = sender.post(address, given)
    assert refused.status_code == 400
    (error,) = refused.json["errors"]  # type: ignore[index]
    assert error["pointer"] == "#/variables/melder"
    assert "who may do a task" in error["detail"]
    session.expire_all()
    assert "x" not in variables(session, instance)
    assert number(session, MessageSubscription) == 2  # both still wait
    del given["variables"]["melder"]
    assert sender.post(address, given).status_code == 200
    session.expire_all()
    assert variables(session, instance)["x"] == 1


def test_who_starts_a_case_does_not_say_who_began_it(sender: Program, session: Session) -> None:
    begins = node("startEvent", "start", camunda_initiator="melder") + node("endEvent", "end")
    define(session, process(begins + chain("start", "end"), "q"), "q")
    refused = sender.post("processen/q", {"variables": {"melder": "staff:1"}})
    assert refused.status_code == 400
    (error,) = refused.json["errors"]  # type: ignore[index]
    assert error["pointer"] == "#/variables/melder"
    assert number(session, ProcessInstance) == 0


def kept_by(name: str, definition: str, key: str = "p") -> bytes:
    """A process that keeps who began it under this name, and waits for something."""
    start = node("startEvent", "start", camunda_initiator=name)
    wait = node("intermediateCatchEvent", "wait", definition)
    body = start + wait + node("endEvent", "end") + chain("start", "wait", "end")
    return process(body, key, messages=("m",), signals=("x",))


def test_a_message_starts_what_begins_with_it_and_then_runs_already(
    sender: Program, session: Session
) -> None:
    define(session, BEGINS)
    first = sender.post("berichten/m", {"correlationKey": "1"})
    assert (first.status_code, first.json["outcome"]) == (200, "started")  # type: ignore[index]
    second = sender.post("berichten/m", {"correlationKey": "1"})
    assert second.status_code == 409
    assert second.content_type == "application/problem+json"
    assert second.json["outcome"] == "running"  # type: ignore[index]
    assert second.json["instances"] == first.json["instances"]  # type: ignore[index]
    assert number(session, ProcessInstance) == 1


def test_a_message_that_nobody_waits_for_is_kept(sender: Program, session: Session) -> None:
    define(session, WAITS)
    kept = sender.post("berichten/m", {"correlationKey": "1"})
    assert (kept.status_code, kept.json) == (202, {"outcome": "kept", "instances": []})
    assert number(session, BufferedMessage) == 1


def test_two_that_wait_are_ambiguous(sender: Program, session: Session) -> None:
    define(session, WAITS)
    define(session, WAITS.replace(b'id="p"', b'id="q"').replace(b'name="p"', b'name="q"'), "q")
    begun(session, "1")
    start_process(session, "q", business_key="1", started_by="test")
    session.commit()
    sent = sender.post("berichten/m", {"correlationKey": "1"})
    assert (sent.status_code, sent.json["outcome"]) == (409, "ambiguous")  # type: ignore[index]
    assert len(sent.json["instances"]) == 2  # type: ignore[index]


def test_a_step_that_fails_leaves_its_incident_and_may_be_sent_again(
    sender: Program, session: Session
) -> None:
    define(session, BREAKS)
    sent = sender.post("berichten/m", {"correlationKey": "1"}, id_="same")
    assert (sent.status_code, sent.json["outcome"]) == (500, "failed")  # type: ignore[index]
    assert number(session, Incident) == 1
    again = sender.post(
        "berichten/m", {"correlationKey": "1", "variables": {"missing": True}}, id_="same"
    )
    assert (again.status_code, again.json["outcome"]) == (200, "started")  # type: ignore[index]


def test_a_signal_reaches_all_that_wait(sender: Program, session: Session) -> None:
    catch = node("intermediateCatchEvent", "wait", signal("x"))
    define(session, process(straight(catch, ids=("wait",)), signals=("x",)))
    begun(session, "1")
    begun(session, "2")
    sent = sender.post("signalen/x", {"variables": {"y": 1}})
    assert (sent.status_code, sent.json) == (200, {"outcome": "delivered", "caught": 2})


def test_a_process_is_started_once_for_each_business_key(sender: Program, session: Session) -> None:
    place(session, complaint(SUBJECT, business_key="${onderwerp}"))
    body = {"variables": {"onderwerp": "cursus"}}
    first = sender.post(f"processen/{KEY}", body)
    assert (first.status_code, first.json["outcome"]) == (200, "started")  # type: ignore[index]
    instance = session.scalars(select(ProcessInstance)).one()
    assert instance.business_key == "cursus"
    assert instance.started_by.startswith("opening ")
    assert sender.post(f"processen/{KEY}", body).status_code == 409
    other = sender.post(f"processen/{KEY}", {**body, "businessKey": "anders"})
    assert other.status_code == 200


def test_a_case_without_a_business_key_is_refused(sender: Program, session: Session) -> None:
    optional = field("onderwerp", "string", label="Onderwerp")
    place(session, complaint(optional, business_key="${onderwerp}"))
    wrong = sender.post(f"processen/{KEY}")
    assert wrong.status_code == 400
    assert wrong.json["errors"][0]["pointer"] == "#/variables"  # type: ignore[index]


def test_the_start_form_is_judged_as_on_its_page(sender: Program, session: Session) -> None:
    place(session, complaint(SUBJECT, ADDRESS, STORY))
    given = {"onderwerp": " ", "adres": "geen adres", "verhaal": 5, "rest": 1}
    wrong = sender.post(f"processen/{KEY}", {"variables": given})
    assert wrong.status_code == 400
    assert {each["pointer"]: each["detail"] for each in wrong.json["errors"]} == {  # type: ignore[index]
        "#/variables/onderwerp": "Beantwoord de vraag: Waar gaat uw klacht over?",
        "#/variables/adres": "Vul één e-mailadres in met een @, bijvoorbeeld naam@bedrijf.nl.",
        "#/variables/verhaal": "Geef hier een tekst (string).",
        "#/variables/rest": "Dit formulier vraagt dit niet.",
    }
    assert number(session, ProcessInstance) == 0
    begun = sender.post(f"processen/{KEY}", {"variables": {"onderwerp": "x"}})
    assert begun.status_code == 200
    instance = session.scalars(select(ProcessInstance)).one()
    known = variables(session, instance)
    assert (known["onderwerp"], known["adres"]) == ("x", None)
    assert known["reference"] == begun.json["reference"]  # type: ignore[index]


@pytest.mark.parametrize("text", ["{", "[]", "null", '{"variables": 5}'])
def test_of_a_body_that_cannot_be_read_only_that_is_told(
    sender: Program, session: Session, text: str
) -> None:
    place(session, complaint(SUBJECT, ADDRESS, STORY))
    headers = {"Authorization": f"Bearer {sender.token}", "Message-Id": "unreadable"}
    wrong = sender.client.post(
        f"/api/v1/processen/{KEY}", data=text, content_type="application/json", headers=headers
    )
    assert wrong.status_code == 400
    assert "Beantwoord" not in wrong.text


def test_a_message_that_begins_two_processes_is_ambiguous(
    sender: Program, session: Session
) -> None:
    define(session, BEGINS)
    define(session, BEGINS.replace(b'id="p"', b'id="q"').replace(b'name="p"', b'name="q"'), "q")
    sent = sender.post("berichten/m", {"correlationKey": "1"})
    assert (sent.status_code, sent.json["outcome"]) == (409, "ambiguous")  # type: ignore[index]
    assert number(session, ProcessInstance) == 0


def test_a_process_that_is_not_there_or_begins_with_a_message_is_not_found(
    sender: Program, session: Session
) -> None:
    assert sender.post("processen/q").status_code == 404
    define(session, BEGINS.replace(b'id="p"', b'id="q"').replace(b'name="p"', b'name="q"'), "q")
    session.commit()
    assert sender.post("processen/q").status_code == 404


def test_the_same_message_again_has_the_same_answer_and_no_effect(
    sender: Program, session: Session
) -> None:
    define(session, BEGINS)
    first = sender.post("berichten/m", {"correlationKey": "1"}, id_="one")
    again = sender.post("berichten/m", {"correlationKey": "1"}, id_="one")
    assert (again.status_code, again.json) == (first.status_code, first.json)
    assert again.headers["Message-Repeated"] == "true"
    assert "Message-Repeated" not in first.headers
    other = sender.post("berichten/m", {"correlationKey": "2"}, id_="one")
    assert other.status_code == 422
    assert other.json["errors"][0]["header"] == "Message-Id"  # type: ignore[index]
    assert number(session, ProcessInstance) == 1
    assert number(session, AuditEvent) == 1


def test_message_ids_of_two_openings_are_apart(
    sender: Program, client: FlaskClient, session: Session
) -> None:
    define(session, BEGINS)
    other = program(client, session, messages=["m"])
    for each, key in ((sender, "1"), (other, "2")):
        assert each.post("berichten/m", {"correlationKey": key}, id_="one").status_code == 200
    assert number(session, ProcessInstance) == 2


def test_message_ids_are_forgotten_after_thirty_days(sender: Program, session: Session) -> None:
    sender.post("berichten/m", id_="one")
    sent_at = now()
    assert not received.EXPIRED.ask(session, sent_at + timedelta(days=29))
    later = sent_at + timedelta(days=30, minutes=1)
    assert received.EXPIRED.ask(session, later)
    received.drop_expired(session, later)
    assert number(session, ReceivedMessage) == 0


@pytest.mark.parametrize("path", ["berichten/n", "signalen/m", "processen/x", "berichten/a/b"])
def test_what_the_opening_does_not_name_is_refused(sender: Program, path: str) -> None:
    refused = sender.post(path)
    assert (refused.status_code, refused.content_type) == (403, "application/problem+json")


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer x", "Bearer é", "Basic {token}", "Bearer {token}x", "Bearer {id}."],
)
def test_without_a_valid_token_nothing_is_taken(
    sender: Program, session: Session, header: str
) -> None:
    id_ = sender.token.partition(".")[0]
    given = header.format(token=sender.token, id=id_)
    refused = sender.post("berichten/m", Authorization=given)
    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"] == "Bearer"
    assert number(session, BufferedMessage) == 0


def test_no_secret_is_stored(session: Session) -> None:
    opening, token = make(session, "crm", Rights(messages=["m"]), by="test")
    secret = token.partition(".")[2]
    assert len(secret) >= 43
    assert secret not in str(vars(opening))


def test_more_than_its_number_a_minute_is_refused_before_anything_is_judged(
    client: FlaskClient, session: Session
) -> None:
    quick = program(client, session, messages=["m"], per_minute=2)
    other = program(client, session, messages=["m"], per_minute=2)
    codes = [quick.post("berichten/m", {"wrong": 1}).status_code for _ in range(3)]
    assert codes == [400, 400, 429]
    refused = quick.post("berichten/m")
    assert refused.content_type == "application/problem+json"
    assert other.post("berichten/m").status_code == 202


def test_all_errors_come_together(sender: Program) -> None:
    body = {"correlationKey": 5, "variables": [], "extra": 1}
    refused = sender.post("berichten/m", body, id_="not allowed")
    assert refused.status_code == 400
    found = [each.get("pointer") or each["header"] for each in refused.json["errors"]]  # type: ignore[index]
    assert sorted(found) == ["#/correlationKey", "#/extra", "#/variables", "Message-Id"]


@pytest.mark.parametrize(
    ("text", "pointer"),
    [
        ("{", "#"),
        ("[]", "#"),
        ('"x"', "#"),
        ('{"variables": {"1x": 1}}', "#/variables/1x"),
        ('{"variables": {"a b/c~d%é": 1}}', "#/variables/a%20b~1c~0d%25%C3%A9"),
        ('{"variables": {"x": {"y": "a\\u0000b"}}}', "#/variables/x"),
        ('{"variables": {"x": 9223372036854775808}}', "#/variables/x"),
        ('{"variables": {"x": NaN}}', "#/variables/x"),
        ('{"correlationKey": ""}', "#/correlationKey"),
        ('{"correlationKey": "a\\u0000"}', "#/correlationKey"),
        ('{"variables": {"x": 1}, "variables": {}}', "#/variables"),
        ('{"variables": {"x": 1, "x": 1}}', "#/variables/x"),
        ('{"variables": {"x": [1, {"y": 1, "z": 2, "y": 3}]}}', "#/variables/x/1/y"),
        ('{"variables": {"x": 1, "x": 1}, "extra": 1}', "#/variables/x"),
        ('{"variables": {"x": 1, "x": 1}, "extra": 1}', "#/extra"),
        (f'{{"variables": {{"x": {"9" * 5000}, "x": 1}}}}', "#/variables/x"),
    ],
)
def test_a_wrong_body_is_told_at_its_place(sender: Program, text: str, pointer: str) -> None:
    refused = sender.client.post(
        "/api/v1/berichten/m",
        data=text,
        content_type="application/json",
        headers={"Authorization": f"Bearer {sender.token}", "Message-Id": "one"},
    )
    assert refused.status_code == 400
    assert pointer in [each["pointer"] for each in refused.json["errors"]]  # type: ignore[index]


@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=b"]
)
def test_a_body_that_is_not_said_to_be_json_is_refused_not_passed_over(
    sender: Program, kind: str
) -> None:
    text = '--b\r\nContent-Disposition: form-data; name="x"\r\n\r\n1\r\n--b--\r\n'
    refused = sender.client.post(
        "/api/v1/berichten/m",
        data=text,
        content_type=kind,
        headers={"Authorization": f"Bearer {sender.token}", "Message-Id": "one"},
    )
    assert (refused.status_code, refused.content_type) == (415, "application/problem+json")


def test_a_compressed_body_is_refused_as_such(sender: Program) -> None:
    headers = {
        "Authorization": f"Bearer {sender.token}",
        "Message-Id": "one",
        "Content-Encoding": "gzip",
    }
    given: dict[str, Any] = {"content_type": "application/json", "headers": headers}
    path, text = "/api/v1/berichten/m", b'{"correlationKey": "1"}'
    refused = sender.client.post(path, data=compress(text), **given)
    assert (refused.status_code, refused.content_type) == (415, "application/problem+json")
    assert refused.headers["Accept-Encoding"] == "identity"
    assert "Content-Encoding" in refused.json["detail"]  # type: ignore[index]
    headers["Content-Encoding"] = "identity"
    taken = sender.client.post(path, data=text, **given)
    assert taken.status_code == 202


def test_a_body_of_more_than_64_kilobytes_is_refused(sender: Program) -> None:
    assert sender.post("berichten/m", {"variables": {"x": "a" * 64_000}}).status_code == 202
    refused = sender.post("berichten/m", {"variables": {"x": "a" * 66_000}})
    assert (refused.status_code, refused.content_type) == (413, "application/problem+json")


def test_a_message_of_a_company_reaches_its_own_cases_alone(
    client: FlaskClient, session: Session
) -> None:
    define(session, WAITS)
    mine = program(client, session, messages=["m"], tenant=MINE)
    begun(session, "1", tenant=THEIRS)
    begun(session, "2")
    for key in ("1", "2"):
        assert mine.post("berichten/m", {"correlationKey": key}).status_code == 202
    own = begun(session, "3", tenant=MINE)
    sent = mine.post("berichten/m", {"correlationKey": "3"})
    assert sent.json == {"outcome": "delivered", "instances": [str(own.id)]}


def test_a_kept_message_of_a_company_waits_for_a_case_of_that_company(
    client: FlaskClient, session: Session
) -> None:
    define(session, WAITS)
    mine = program(client, session, messages=["m"], tenant=MINE)
    assert mine.post("berichten/m", {"correlationKey": "1"}).status_code == 202
    start_process(session, "p", business_key="1", tenant=THEIRS, started_by="test")
    assert number(session, BufferedMessage) == 1
    define(session, WAITS.replace(b'id="p"', b'id="q"').replace(b'name="p"', b'name="q"'), "q")
    start_process(session, "q", business_key="1", tenant=MINE, started_by="test")
    assert number(session, BufferedMessage) == 0


@pytest.mark.parametrize("tenant", [MINE, None])
def test_what_an_opening_starts_belongs_to_its_company(
    client: FlaskClient, session: Session, tenant: str | None
) -> None:
    place(session, complaint())
    sender = program(client, session, processes=[KEY], tenant=tenant)
    assert sender.post(f"processen/{KEY}", {"variables": {"kvk": THEIRS}}).status_code == 200
    instance = session.scalars(select(ProcessInstance)).one()
    assert instance.tenant == tenant
    assert variables(session, instance)["kvk"] == (tenant or THEIRS)


def test_of_another_company_no_case_is_named(client: FlaskClient, session: Session) -> None:
    define(session, BEGINS)
    theirs = program(client, session, messages=["m"], tenant=THEIRS)
    mine = program(client, session, messages=["m"], tenant=MINE)
    assert theirs.post("berichten/m", {"correlationKey": "1"}).status_code == 200
    refused = mine.post("berichten/m", {"correlationKey": "1"})
    assert (refused.status_code, refused.json["instances"]) == (409, [])  # type: ignore[index]


def test_a_message_with_an_odd_name_has_an_address(client: FlaskClient, session: Session) -> None:
    name = "antwoord/van de aanbieder"
    waits = straight(node("intermediateCatchEvent", "wait", message("m")), ids=("wait",))
    define(session, process(waits, messages=("m",)).replace(b'name="m"', f'name="{name}"'.encode()))
    begun(session, "1")
    sender = program(client, session, messages=[name])
    sent = sender.post(f"berichten/{name}", {"correlationKey": "1"})
    assert sent.json["outcome"] == "delivered"  # type: ignore[index]


def test_a_start_looks_nothing_up_twice(
    sender: Program, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    place(session, complaint(SUBJECT))
    answers = {"variables": {"onderwerp": "De deur was dicht"}}
    assert sender.post(f"processen/{KEY}", answers).status_code == 200  # reads the diagram
    compiled, answered, by_orm = [], [], []
    for name in ("first", "send"):
        run = getattr(Statement, name)

        def noting(self: Statement, *given: Any, run: Any = run, name: str = name) -> Any:
            compiled.append(self)
            answered.extend([self] if name == "first" else [])
            return run(self, *given)

        monkeypatch.setattr(Statement, name, noting)
    listen = (session.get_bind(), "before_cursor_execute", lambda *told: by_orm.append(told[2]))
    event.listen(*listen)
    try:
        assert sender.post(f"processen/{KEY}", answers).status_code == 200
    finally:
        event.remove(*listen)
    asked = [text for text in by_orm if text.startswith(("SELECT", "UPDATE", "INSERT"))]
    assert asked == []  # the ORM is for pages
    assert len(compiled) == len(set(map(id, compiled)))
    # The token, which tells the message and the newest version too; then the case, its history
    # and its task, the audit trail, the answer. Nobody can have a business key that was made now.
    assert len(compiled) <= 6
    assert len(answered) == 1
    assert beginnings._LATEST not in compiled  # noqa: SLF001 - it has no exchange of its own

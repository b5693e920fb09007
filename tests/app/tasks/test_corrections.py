"""A reviewer sends a task back with comments; the next reviewer sees what was corrected."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.web.access import Role
from processes.engine.execution import instances
from processes.engine.store.models import UserTask
from tests.app.onboarding import heading, prepare
from tests.app.signing_in import KVK
from tests.app.tasks.test_drawn_fields import place
from tests.app.tasks.test_worklist import Browser, browser
from tests.processes.engine.diagrams import chain, flow, node, process
from tests.processes.engine.form_fields import field as drawn
from tests.processes.engine.form_fields import form

FIELDS = form(
    drawn("titel", "string", label="Titel"),
    drawn("uren", "long", label="Hoeveel uren?"),
)
JUDGE = node(
    "userTask", "judge", camunda_formKey="review-answers", camunda_candidateGroups="registrar"
)
DIAGRAM = process(
    node("startEvent", "start")
    + node("userTask", "ask", FIELDS, camunda_candidateGroups="provider")
    + JUDGE
    + node("exclusiveGateway", "good", default="good_to_end")
    + node("endEvent", "end")
    + chain("start", "ask", "judge", "good", "end")
    + flow("good", "ask", "${review_decision == 'returned'}"),
    "aanvraag",
).decode()
TYPED = {"veld_titel": "Rekenen", "veld_uren": "12"}


@pytest.fixture
def people(app: Flask, session: Session) -> tuple[Browser, Browser]:
    """A provider and a registrar, with a case of the provider."""
    prepare(session)
    place(session, DIAGRAM)
    instances.start_process(session, "aanvraag", tenant=KVK, started_by="test")
    session.commit()
    return browser(app, session, Role.PROVIDER), browser(app, session, Role.REGISTRAR)


def task(session: Session) -> UserTask:
    session.expire_all()
    return instances.open_user_tasks(session, process_key="aanvraag")[0]


def test_a_task_goes_back_with_comments_and_comes_again_with_its_changes(
    people: tuple[Browser, Browser], session: Session
) -> None:
    provider, anna = people
    provider.answer(provider.at(task(session)), TYPED)

    page = anna.at(task(session))
    assert heading(page) == "judge"
    assert "Hoeveel uren?" in page.text
    assert "veranderd" not in page.text
    page = anna.answer(page, {"decision": "returned"})
    assert page.status_code == 422
    anna.answer(page, {"decision": "returned", "opmerking_uren": "Klopt <b>12</b>?"})

    page = provider.at(task(session))
    assert "Wij vragen u iets aan te passen" in page.text
    assert "Klopt &lt;b&gt;12&lt;/b&gt;?" in page.text
    assert 'value="Rekenen"' in page.text
    provider.answer(page, {**TYPED, "veld_uren": "10"})

    page = anna.at(task(session))
    assert page.text.count("veranderd") == 1
    assert "Was: 12" in page.text
    assert "Klopt" not in page.text  # this review begins empty
    anna.answer(page, {"decision": "approved"})
    session.expire_all()
    assert not instances.open_user_tasks(session, process_key="aanvraag")


def test_a_case_that_was_never_sent_back_asks_no_correction(
    people: tuple[Browser, Browser], session: Session
) -> None:
    provider, _anna = people
    assert "Wij vragen u iets aan te passen" not in provider.at(task(session)).text


ASKED = form(
    drawn("naam", "string", label="Hoe heet u?"),
    drawn("uren", "long", label="Hoe veel?"),
    drawn("plaats", "string", label="Waar?"),
)
BEGUN = process(
    node("startEvent", "start", ASKED)
    + node(
        "userTask", "judge", camunda_formKey="review-answers", camunda_candidateGroups="registrar"
    )
    + node("exclusiveGateway", "good", default="good_to_read")
    + node("userTask", "supplement", FIELDS, camunda_candidateGroups="provider")
    + node(
        "userTask",
        "read",
        form(drawn("cijfer", "long", label="Welk cijfer?")),
        camunda_candidateGroups="provider",
    )
    + node("endEvent", "end")
    + chain("start", "judge", "good", "read", "end")
    + flow("good", "supplement", "${review_decision == 'returned'}")
    + chain("supplement", "judge"),
    "aanvraag",
).decode()


def test_a_comment_on_what_no_task_asks_is_shown_where_the_answers_go_back(
    app: Flask, session: Session
) -> None:
    prepare(session)
    place(session, BEGUN)
    known = {"naam": "J.", "plaats": "Ede", "uren": 12, "cijfer": 8}
    instances.start_process(session, "aanvraag", tenant=KVK, started_by="test", variables=known)
    session.commit()
    provider = browser(app, session, Role.PROVIDER)
    anna = browser(app, session, Role.REGISTRAR)
    page = anna.at(task(session))
    questions = [page.text.index(each) for each in ("Hoe heet u?", "Hoe veel?", "Waar?")]
    assert questions == sorted(questions)  # as they were asked first
    said = {"naam": "Uw hele naam?", "uren": "Klopt dat?", "cijfer": "Zo hoog?"}
    anna.answer(
        page, {"decision": "returned"} | {f"opmerking_{name}": text for name, text in said.items()}
    )

    page = provider.at(task(session))
    assert "Hoe heet u?: Uw hele naam?" in page.text
    assert "Klopt dat?" in page.text
    assert "Zo hoog?" not in page.text  # is asked by another task, which shows it


def test_a_step_that_is_drawn_to_come_back_is_told_to_be_open_again(
    app: Flask, session: Session
) -> None:
    prepare(session)
    again = form(drawn("nog_een", "boolean", label="Nog een?"))
    place(
        session,
        process(
            node("startEvent", "start")
            + node("userTask", "add", again, camunda_candidateGroups="provider")
            + node("exclusiveGateway", "more", default="more_to_end")
            + node("endEvent", "end")
            + chain("start", "add", "more", "end")
            + flow("more", "add", "${nog_een}"),
            "aanvraag",
        ).decode(),
    )
    instances.start_process(session, "aanvraag", tenant=KVK, started_by="test")
    session.commit()
    provider = browser(app, session, Role.PROVIDER)
    sent = provider.answer(provider.at(task(session)), {"veld_nog_een": "ja"})
    assert "is verstuurd, en staat opnieuw open" in sent.text
    sent = provider.answer(provider.at(task(session)), {"veld_nog_een": "nee"})
    assert "is afgerond" in sent.text

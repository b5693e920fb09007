"""Two submits at the same instant, on a database where commits stay (R14, R15)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.web.access import Role
from processes.engine.store.models import Job, ProcessInstance, UserTask
from processes.register.providers.providers import Provider
from tests.app.onboarding import DECLARATION, Employee, field, heading, prepare, step_address
from tests.app.signing_in import sign_in

Send = Callable[[], TestResponse]


@pytest.fixture
def portal(app_with_threads: Flask, own_engine: Engine) -> Flask:
    with Session(own_engine) as session:
        prepare(session)
    return app_with_threads


def employee(portal: Flask, number: int, kvk: str) -> Employee:
    browser = portal.test_client()
    sign_in(portal, browser, Role.PROVIDER, kvk=kvk, employee=f"{number:064d}")
    return Employee(browser)


def answer_with(complaints_url: str) -> dict[str, str]:
    return DECLARATION | {"complaints_url": complaints_url}


def at_once(*sends: Send) -> list[TestResponse]:
    barrier = Barrier(len(sends))

    def fire(send: Send) -> TestResponse:
        barrier.wait()
        return send()

    with ThreadPoolExecutor(len(sends)) as pool:
        return list(pool.map(fire, sends))


@pytest.mark.rule("R15")
def test_a_double_click_registers_once(portal: Flask, own_engine: Engine) -> None:
    for kvk in ("68750110", "69599084", "90001354"):
        first = employee(portal, 1, kvk)
        page = first.to_review()
        second = Employee(portal.test_client())
        for cookie in ("loket", "loket-login"):
            kept = first.client.get_cookie(cookie)
            assert kept
            second.client.set_cookie(cookie, kept.value)
        address = step_address(page)
        answers = at_once(
            partial(first.press, page, address, {}, follow=False),
            partial(second.press, page, address, {}, follow=False),
        )
        assert [answer.status_code for answer in answers] == [303, 303]
        assert len({answer.location for answer in answers}) == 1
        with Session(own_engine) as session:
            mine = select(func.count()).where(Job.topic == "send-confirmation", Job.tenant == kvk)
            assert session.scalar(mine) == 1
            assert session.scalar(select(func.count()).where(Provider.kvk == kvk)) == 1


@pytest.mark.rule("R14")
def test_of_two_colleagues_one_wins_and_the_other_loses_nothing(
    portal: Flask, own_engine: Engine
) -> None:
    for number, kvk in enumerate(("68750110", "69599084", "90001354"), start=1):
        one, two = employee(portal, number, kvk), employee(portal, number + 10, kvk)
        pages = one.begin(), two.open("/aanmelding")
        address = step_address(pages[0])
        answers = at_once(
            partial(one.press, pages[0], address, answer_with("https://een.example")),
            partial(two.press, pages[1], address, answer_with("https://twee.example")),
        )
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        lost = next(answer for answer in answers if answer.status_code == 409)
        assert heading(lost) == "Deze stap is al afgerond"
        assert "https://een.example" in lost.text
        assert "https://twee.example" in lost.text
        with Session(own_engine) as session:
            tasks = session.scalars(
                select(UserTask).join(UserTask.instance).where(ProcessInstance.tenant == kvk)
            ).all()
            assert sorted(task.element_id for task in tasks) == [
                "company_details",
                "quality_requirements",
            ]


@pytest.mark.rule("R2")
def test_two_colleagues_begin_one_registration(portal: Flask, own_engine: Engine) -> None:
    for number, kvk in enumerate(("68750110", "69599084", "90001354"), start=1):
        colleagues = [employee(portal, number + offset, kvk) for offset in (0, 20)]
        pages = [who.open("/aanmelding") for who in colleagues]
        assert all(field(page, "csrf_token") for page in pages)
        answers = at_once(
            *(
                partial(who.press, page, "/aanmelding", {})
                for who, page in zip(colleagues, pages, strict=True)
            )
        )
        assert [heading(answer) for answer in answers] == ["Voldoet u aan de kwaliteitseisen?"] * 2
        with Session(own_engine) as session:
            cases = select(func.count()).where(ProcessInstance.business_key == kvk)
            assert session.scalar(cases) == 1


def test_a_form_that_is_refused_waits_for_no_other_writer(
    portal: Flask, own_engine: Engine
) -> None:
    first = employee(portal, 1, "68750110")
    page = first.begin()
    with own_engine.begin() as writer:
        writer.execute(select(func.count()).select_from(Job))  # on SQLite it has the one lock now
        answer = first.press(page, step_address(page), {})
    assert answer.status_code == 422

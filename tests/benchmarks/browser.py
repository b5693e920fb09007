"""A browser that registers a company, page by page, and knows how long each page took."""

import re
from dataclasses import dataclass, field
from http.client import HTTPConnection
from time import perf_counter

from tests.benchmarks.visitors import ANSWERS, Visitor, form_of, send

SEE_OTHER, OK = 303, 200
NAME = "Donald Nascholing"
TASK = re.compile(r'action="(/taken/[0-9a-f-]{36})"')
SUBMISSION = re.compile(r'name="submission_id"[^>]*value="([^"]*)"')


class WrongAnswerError(Exception):
    """The portal answered with another page than the one that follows."""


@dataclass
class Browser:
    """One employee's browser: how long each of their steps took, in milliseconds."""

    visitor: Visitor
    connection: HTTPConnection
    took: dict[str, float] = field(default_factory=dict)

    def register(self) -> None:
        """From the first page to the confirmation."""
        began = perf_counter()
        self._page("page: welcome", "/aanmelding")
        page = self._press("begin", "page: requirements", "/aanmelding", {})
        page = self._answer("requirements", "page: company", page, ANSWERS)
        page = self._answer("company", "page: review", page, self._company())
        self._answer("review", "page: confirmed", page, {})
        self.took["whole onboarding"] = (perf_counter() - began) * 1000

    def begin(self) -> str:
        """As far as the first step."""
        return self._press("begin", "page: requirements", "/aanmelding", {})

    def _company(self) -> dict[str, str]:
        contact = {
            "contact_name": "Noor de Wit",
            "contact_email": f"noor@{self.visitor.kvk}.example",
        }
        return {"display_name": NAME, **contact, "next": "review"}

    def _answer(self, step: str, then: str, page: str, answers: dict[str, str]) -> str:
        task, submission = TASK.search(page), SUBMISSION.search(page)
        if task is None or submission is None:
            raise WrongAnswerError(page[:2000])
        return self._press(step, then, task[1], {**answers, "submission_id": submission[1]})

    def _press(self, step: str, then: str, path: str, fields: dict[str, str]) -> str:
        began = perf_counter()
        response = send(self.connection, form_of(self.visitor, path, fields))
        text = response.read()
        self.took[step] = (perf_counter() - began) * 1000
        if response.status != SEE_OTHER:
            raise WrongAnswerError(response.status, path, text[:2000])
        return self._page(then, response.headers["Location"])

    def _page(self, name: str, path: str) -> str:
        """A page, with the redirects on the way to it."""
        began = perf_counter()
        while True:
            self.connection.request("GET", path, headers={"Cookie": self.visitor.cookie})
            response = self.connection.getresponse()
            text = response.read().decode()
            if response.status != SEE_OTHER:
                break
            path = response.headers["Location"]
        self.took[name] = (perf_counter() - began) * 1000
        if response.status != OK or "inloggen" in path:
            raise WrongAnswerError(response.status, path, text[:2000])
        return text

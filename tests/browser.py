"""The test client of Flask, as far as a browser does more: it fetches a kept page."""

from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.web.kept_pages import PARAMETER


class Browser(FlaskClient):
    """Shows the page that answers a form, as people see it: by the redirect that leads to it."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        response = super().open(*args, **kwargs)
        address = response.headers.get("Location", "")
        if response.status_code == 303 and f"{PARAMETER}=" in address:
            return super().open(address, method="GET")
        return response

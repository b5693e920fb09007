"""The OpenAPI document, and a page that shows it: in HTML, without a script or another host."""

from flask import current_app, jsonify, render_template
from flask.typing import ResponseReturnValue

from app.api.blueprint import entrance as bp
from app.api.openapi import Document, document
from app.api.operation import DESCRIPTION, Operation, describes
from app.api.problems import KINDS
from app.web.access import public
from app.web.limits import Rate, limited
from processes.platform.settings import current_settings
from processes.webhooks.events import OF_COMPANIES


@bp.get("/openapi.json")
@public
@limited(Rate.SEARCH)
@describes(Operation(DESCRIPTION, {200: "application/json"}, is_open=True))
def openapi() -> ResponseReturnValue:
    """The description of this API, in OpenAPI 3.1."""
    response = jsonify(_document())
    # NLGov REST API Design Rules, /core/publish-openapi: readable from every site.
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@bp.get("/documentatie")
@public
@limited(Rate.SEARCH)
@describes(Operation(DESCRIPTION, {200: "text/html"}, is_open=True))
def documentation() -> ResponseReturnValue:
    """The description of this API, to read."""
    return render_template(
        "api/documentation.html", api=_document(), kinds=KINDS.values(), event_types=OF_COMPANIES
    )


def _document() -> Document:
    return document(current_app, current_settings().public_url.rstrip("/"))

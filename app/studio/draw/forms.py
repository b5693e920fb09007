"""Preview of the forms of a draft; nothing is stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    jsonify,
    make_response,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from app.studio.draw.example_case import ExampleCase, example_variables
from app.web.access import STUDIO_READERS, requires
from app.web.db import db
from app.web.form_pages.uploads import form_sent
from app.web.limits import Rate, limited
from app.web.pages import add_helpers
from app.web.serving.request_size import takes_files
from forms.drawn.generated import with_fields
from forms.registry import FORMS, UserTaskForm, form_class_for, form_of
from processes.engine.deployment import drafts
from processes.engine.deployment.drafts import ProcessDraft, UnknownDraftError
from processes.engine.diagram import elements as diagram
from processes.engine.diagram.elements import Element, UnreadableDiagramError
from processes.tryout import world

bp = Blueprint("forms", __name__, url_prefix="/processen/concepten/<uuid:draft_id>")
add_helpers(bp)


@dataclass(frozen=True)
class TaskPreview:
    """A user task of the draft, or a start event with fields, with its form."""

    element: Element
    href: str

    @property
    def coded(self) -> type[UserTaskForm] | None:
        """The coded form that the task names, if there is one."""
        return FORMS.get(self.element.form_key or "")

    @property
    def title(self) -> str:
        """The form in Dutch."""
        if self.coded is not None:
            return self.coded.form_title
        if self.element.form_key:
            return f'onbekend formulier "{self.element.form_key}"'
        return "velden uit het diagram" if self.element.form_fields else "toelichting en één knop"


@bp.get("/formulieren")
@requires(*STUDIO_READERS)
def index(draft_id: UUID) -> ResponseReturnValue:
    draft = _draft(draft_id)
    tasks = _tasks(draft)
    wanted = request.args.get("element")
    shown = next((each for each in tasks if each.element.id == wanted), None)
    return render_template("studio/forms.html", draft=draft, tasks=tasks, shown=shown)


@bp.get("/formulieren.json")
@requires(*STUDIO_READERS)
def listed(draft_id: UUID) -> ResponseReturnValue:
    """The form and its address per task, for the editor."""
    found = [
        {
            "element": each.element.id,
            "name": each.element.name,
            "form_key": each.element.form_key,
            "title": each.title,
            "fields": len(each.element.form_fields),
            "href": each.href,
        }
        for each in _tasks(_draft(draft_id))
    ]
    return jsonify(found)


@bp.get("/formulieren/<element_id>")
@requires(*STUDIO_READERS)
def show(draft_id: UUID, element_id: str) -> ResponseReturnValue:
    """The form of one task, bare, for a frame beside the diagram."""
    draft = _draft(draft_id)
    element, case = _asking(draft, element_id)
    form_class = _form_class(element, case)
    form = form_class(None, data=form_class.data_from({}))
    return _in_frame(_page(draft, element, form, case))


@bp.post("/formulieren/<element_id>")
@requires(*STUDIO_READERS)
@takes_files
@limited(Rate.TRY_OUT)
def try_out(draft_id: UUID, element_id: str) -> ResponseReturnValue:
    """Validation of these answers, and the resulting variables; nothing is stored."""
    draft = _draft(draft_id)
    element, case = _asking(draft, element_id)
    form_class = _form_class(element, case)
    form = form_class(form_sent(form_class, None))
    if not form.is_going_back and not form.validate():
        page = _page(draft, element, form, case)
        return _in_frame(page, HTTPStatus.UNPROCESSABLE_ENTITY)
    return _in_frame(_page(draft, element, form, case, tried=_rows(form.variables())))


def _page(
    draft: ProcessDraft, element: Element, form: UserTaskForm, case: ExampleCase, **more: Any
) -> str:
    page = form_of(element.form_key).page
    instance = SimpleNamespace(process_key=draft.key, tenant=world.KNOWN)
    return render_template(
        page.template,
        layout="studio/form_frame.html",
        form_action=url_for("forms.show", draft_id=draft.id, element_id=element.id),
        task=SimpleNamespace(name=element.name, form_key=element.form_key, instance=instance),
        form=form,
        documentation=element.documentation,
        **page.around(case),
        **more,
    )


def _in_frame(page: str, status: HTTPStatus = HTTPStatus.OK) -> Response:
    """A page that may stand in a frame, on pages of ours alone."""
    policy: str = current_app.config["CONTENT_SECURITY_POLICY"]
    response = make_response(page, status)
    own = policy.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
    response.headers["Content-Security-Policy"] = own
    return response


def _form_class(element: Element, case: ExampleCase) -> type[UserTaskForm]:
    form_class = form_class_for(element.form_key, case)
    return with_fields(form_class, element.form_fields, case.variables)


def _tasks(draft: ProcessDraft) -> list[TaskPreview]:
    try:
        elements = diagram.read(draft.xml.encode()).elements.values()
    except UnreadableDiagramError:
        return []
    return [
        TaskPreview(each, url_for("forms.show", draft_id=draft.id, element_id=each.id))
        for each in elements
        if each.type == "userTask" or (each.type == "startEvent" and each.form_fields)
    ]


def _asking(draft: ProcessDraft, element_id: str) -> tuple[Element, ExampleCase]:
    """The element with its form, in a case where the other forms were answered with nothing."""
    drawn = [each.element for each in _tasks(draft)]
    found = next((each for each in drawn if each.id == element_id), None) or abort(404)
    others = [each for each in drawn if each.id != element_id]
    empty = {field.id: None for each in others for field in each.form_fields}
    return found, ExampleCase(world.KNOWN, {**empty, **example_variables()}, others)


def _draft(draft_id: UUID) -> ProcessDraft:
    try:
        return drafts.draft_of(db.session(), draft_id)
    except UnknownDraftError:
        abort(404)


def _rows(variables: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(name, _written(value)) for name, value in variables.items()]


def _written(value: Any) -> str:
    """A variable as an expression would write it."""
    words = {True: "true", False: "false", None: "null"}
    plain = value is None or isinstance(value, bool)
    return words[value] if plain else current_app.json.dumps(value, ensure_ascii=False)

"""Pages for editing mails and help texts: versions, preview, restore."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app.studio.texts import search_words
from app.web.access import Role, current_user, requires
from app.web.db import db
from app.web.form_pages.help_texts import HELP, key_of
from app.web.markdown import markdown
from app.web.pages import add_helpers, whole_number
from forms.owners.texts import LetterForm, TextForm, WordsForm
from forms.registry import FORMS
from processes.letters import layout
from processes.letters.example import EXAMPLE
from processes.letters.templates import LETTERS
from processes.register import texts
from processes.register.declarations import current_requirements
from processes.register.search import unanswered
from processes.register.texts import StaleTextError, TextVersion, filled, newest
from processes.unit_of_work import unit_of_work

bp = Blueprint("texts", __name__, url_prefix="/processen/teksten")
add_helpers(bp)

WORD_LISTS = {
    "synoniemen": (
        "Synoniemen",
        "Wie op een van deze woorden zoekt, vindt ook activiteiten met de andere.",
    ),
    "uitzonderingen": (
        "Woordvormen",
        "Vormen van één woord die zoeken niet vanzelf herkent: het woord zelf, en zijn vormen.",
    ),
}
ELSEWHERE = frozenset({"offer", "requirements-not-met"})  # their pages have no room for help


@dataclass(frozen=True)
class Editable:
    """One text: its key, its default, and its preview."""

    kind: str  # mail, hulp: as in the address
    name: str
    key: str
    title: str
    about: str
    form: type[TextForm]
    text: str
    look: Callable[[str], Markup]
    subject: str | None = None
    variables: Mapping[str, str] = field(default_factory=dict)

    def subject_of(self, version: TextVersion | None) -> str | None:
        return self.subject if version is None or version.is_default else version.subject

    def text_of(self, version: TextVersion | None) -> str:
        return self.text if version is None or version.text is None else version.text


@bp.get("")
@requires(Role.PROCESS_OWNER)
def index() -> ResponseReturnValue:
    return render_template(
        "studio/texts.html",
        requirements=current_requirements(db.session()),
        mails=[_mail(kind) for kind in LETTERS],
        helps=[_help(form_key) for form_key in _helped()],
        unanswered=unanswered.most_asked(db.session()),
        word_lists=[_words(name) for name in WORD_LISTS],
        changed=texts.all_newest(db.session()),
    )


@bp.get("/zoeken")
@requires(Role.PROCESS_OWNER, Role.REGISTRAR)
def words() -> ResponseReturnValue:
    """What the staff of the register keeps: the lists of words, and what found nothing."""
    return render_template(
        "studio/search_words.html",
        word_lists=[_words(name) for name in WORD_LISTS],
        unanswered=unanswered.most_asked(db.session()),
        changed=texts.all_newest(db.session()),
    )


@bp.post("/zoekvragen")
@requires(Role.PROCESS_OWNER, Role.REGISTRAR)
def forget_questions() -> ResponseReturnValue:
    """Empty the list of questions that found nothing."""
    unanswered.forget_all(db.session(), by=current_user().label)
    unit_of_work(db.session()).commit()
    flash("De lijst met zoekvragen is leeg.", "ok")
    return redirect(url_for("texts.words"), 303)


@bp.get("/<kind>/<name>")
@requires(Role.PROCESS_OWNER, Role.REGISTRAR)
def show(kind: str, name: str) -> ResponseReturnValue:
    """The current text, or one of its versions (versie=)."""
    one = _editable(kind, name)
    if request.headers.get("HX-Request"):
        job = search_words.job_of(db.session(), one.key)
        return render_template("studio/words_progress.html", one=one, job=job)
    current = newest(db.session(), one.key)
    wanted = request.args.get("versie", type=whole_number)
    shown = next((v for v in texts.history(db.session(), one.key) if v.version == wanted), current)
    form = one.form(
        text=one.text_of(shown),
        subject=one.subject_of(shown),
        based_on=str(current.version if current else 0),
        note=f"Terug naar versie {wanted}" if shown is not current and shown else "",
    )
    return _page(one, form)


@bp.post("/<kind>/<name>")
@requires(Role.PROCESS_OWNER, Role.REGISTRAR)
def save(kind: str, name: str) -> ResponseReturnValue:
    """Preview (wat=voorbeeld), or save."""
    one = _editable(kind, name)
    form = one.form(request.form)
    if not form.validate():
        return _page(one, form), HTTPStatus.UNPROCESSABLE_ENTITY
    if request.form.get("wat") == "voorbeeld":
        return _page(one, form)
    subject = form.subject.data if isinstance(form, LetterForm) else None
    return _keep(one, form, form.text.data or "", subject)


@bp.post("/<kind>/<name>/standaard")
@requires(Role.PROCESS_OWNER, Role.REGISTRAR)
def restore(kind: str, name: str) -> ResponseReturnValue:
    """Restore the default of the code."""
    one = _editable(kind, name)
    form = one.form(request.form)
    form.note.data = form.note.data or "Terug naar de standaardtekst"
    return _keep(one, form, None, None)


def _keep(
    one: Editable, form: TextForm, text: str | None, subject: str | None
) -> ResponseReturnValue:
    try:
        version = texts.change(
            db.session(),
            one.key,
            text=text,
            subject=subject,
            based_on=form.version,
            by=current_user().label,
            note=form.note.data or "",
        )
    except StaleTextError as error:
        form.based_on.data = str(error.theirs.version)
        return _page(one, form, theirs=error.theirs), HTTPStatus.CONFLICT
    if one.kind == "zoeken":
        search_words.begin(db.session(), version)
    unit_of_work(db.session()).commit()
    flash("De tekst is bewaard en geldt vanaf nu.", "ok")
    return redirect(url_for("texts.show", kind=one.kind, name=one.name), 303)


def _page(one: Editable, form: TextForm, theirs: TextVersion | None = None) -> str:
    history = texts.history(db.session(), one.key)
    is_right = not form.errors
    subject = form.subject.data if isinstance(form, LetterForm) else None
    return render_template(
        "studio/text.html",
        one=one,
        form=form,
        history=history,
        is_default=not history or history[0].is_default,
        job=search_words.job_of(db.session(), one.key),
        theirs=theirs,
        preview=one.look(form.text.data or "") if is_right else None,
        preview_subject=filled(subject or "", EXAMPLE.values) if is_right else "",
    )


def _editable(kind: str, name: str) -> Editable:
    """One text; of the register's staff the lists of words alone."""
    if kind != "zoeken" and Role.PROCESS_OWNER not in current_user().roles:
        abort(403)
    if kind == "mail" and name in LETTERS:
        return _mail(name)
    if kind == "hulp" and name in _helped():
        return _help(name)
    if kind == "zoeken" and name in WORD_LISTS:
        return _words(name)
    return abort(404)


def _mail(kind: str) -> Editable:
    letter = LETTERS[kind]
    return Editable(
        kind="mail",
        name=kind,
        key=letter.key,
        title=letter.title,
        about=letter.about,
        form=LetterForm.about(letter.variables, letter.required),
        text=letter.body,
        look=_as_mail,
        subject=letter.subject,
        variables=letter.variables,
    )


def _as_mail(text: str) -> Markup:
    return layout.html(text, EXAMPLE, styles={})


def _help(form_key: str) -> Editable:
    return Editable(
        kind="hulp",
        name=form_key,
        key=key_of(form_key),
        title=FORMS[form_key].form_title,
        about="Staat bij deze stap, onder “Hulp bij deze stap”.",
        form=TextForm,
        text=HELP.get(form_key, ""),
        look=markdown,
    )


def _words(name: str) -> Editable:
    title, about = WORD_LISTS[name]
    return Editable(
        kind="zoeken",
        name=name,
        key=search_words.KEYS[name],
        title=title,
        about=about,
        form=WordsForm,
        text="",
        look=search_words.look,
    )


def _helped() -> list[str]:
    """The forms whose pages have room for help."""
    return [form_key for form_key in FORMS if form_key not in ELSEWHERE]

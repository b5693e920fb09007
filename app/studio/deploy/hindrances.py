"""What stands in the way of deploying a draft: faults, approval, and what changed meanwhile."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import request, url_for

from app.studio.deploy.people import four_eyes
from app.web.db import db
from app.web.pages import whole_number
from processes.engine.checks import sandbox
from processes.engine.checks.findings import is_deployable
from processes.engine.deployment import reviews
from processes.engine.deployment.definitions import deployed_xml, keys_of, latest_of
from processes.engine.deployment.drafts import ProcessDraft
from processes.engine.deployment.reviews import ReviewState
from workers.vocabulary import vocabulary


@dataclass(frozen=True)
class Hindrance:
    """Why a draft cannot be deployed yet, and where to solve that."""

    title: str
    text: str
    link: tuple[str, str] | None = None
    is_late: bool = False  # found when the button was pressed, and gone when it is mended


def hindrances(draft: ProcessDraft) -> Iterator[Hindrance]:
    """All that must be done before this draft can be deployed."""
    if not draft.is_deployable:
        yield faults(draft)
    if four_eyes() and reviews.state_of(db.session(), draft) is not ReviewState.APPROVED:
        yield Hindrance(
            "Nog niet goedgekeurd",
            "Iemand anders moet dit concept goedkeuren, zoals het nu is.",
            ("Naar de beoordeling", "#beoordeling"),
        )


def is_faulty(draft: ProcessDraft) -> bool:
    """Checked again in a process of its own: what it may name can have changed since.

    No transaction is open meanwhile: read the draft again afterwards.
    """
    xml, deployed = draft.xml.encode(), deployed_xml(db.session())
    db.session().rollback()
    return not is_deployable(sandbox.check(xml, vocabulary(), deployed=deployed))


def faults(draft: ProcessDraft) -> Hindrance:
    return Hindrance(
        "Het diagram is nog niet klaar",
        "Er is nog iets in te vullen of te herstellen.",
        ("Bekijk wat er nog te doen is", url_for("drafts.show", draft_id=draft.id)),
    )


def changed_since(draft: ProcessDraft) -> Iterator[Hindrance]:
    """What happened since the page was opened: what was looked at must be what is replaced."""
    if draft.version != number("version"):
        yield Hindrance(
            "Dit concept is intussen gewijzigd",
            f"{draft.saved_by} bewaarde een nieuwe versie van het concept. Kijk het opnieuw na.",
            is_late=True,
        )
    if newest(draft) != number("latest"):
        yield Hindrance(
            "Er is intussen een nieuwe versie geplaatst",
            "Bekijk eerst wat er tussen die versie en uw concept verschilt.",
            ("Verschillen", url_for("compare.draft", draft_id=draft.id)),
            is_late=True,
        )


def newest(draft: ProcessDraft) -> int:
    """The versions in use of all that stands in the file, added up: one more is seen at once."""
    found = (latest_of(db.session(), key) for key in keys(draft))
    return sum(each.version for each in found if each is not None)


def keys(draft: ProcessDraft) -> dict[str, str]:
    return keys_of(draft.xml.encode()) or {draft.key: draft.name}


def number(name: str) -> int:
    return request.form.get(name, 0, type=whole_number)

"""The one way into use for diagrams and decision tables: scenarios, four eyes, note, trail.

The pages and the command line both come by here. What already runs is told beside it: `askers_of`
for a table; for a diagram, app/studio/deploy/impact.py tries the running instances on copies.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from processes.engine.checks.findings import Vocabulary
from processes.engine.deployment import drafts, reviews
from processes.engine.deployment.definitions import (
    DECISION,
    RejectedDeploymentError,
    deploy,
    keys_of,
    latest_of,
)
from processes.engine.deployment.drafts import ProcessDraft
from processes.engine.deployment.reviews import Person, ReviewState
from processes.engine.deployment.start_rights import beginning_of
from processes.engine.diagram.xml import UnreadableDiagramError
from processes.engine.execution.events.delivery import OPEN
from processes.engine.store.models import ProcessDefinition, ProcessInstance
from processes.engine.words.who_begins import begins_in_words
from processes.reading import characters
from processes.register.changes import record_event
from processes.tryout.gate import (
    FailedScenario,
    ScenarioPlay,
    askers_of,
    detached_plays,
    failed,
    failing,
    failing_tests,
    played,
    plays,
)
from processes.tryout.models import KeptScenario

DEPLOYED, ROLLED_BACK = "process-deployed", "process-rolled-back"


class Hindrance(StrEnum):
    """What keeps a draft or file from being put into use."""

    NOT_APPROVED = "not-approved"
    NO_NOTE = "no-note"
    SCENARIOS = "scenarios"


class HinderedError(Exception):
    """It is not put into use; `failing` are the scenarios that end otherwise."""

    def __init__(self, hindrance: Hindrance, failing: Sequence[FailedScenario] = ()) -> None:
        super().__init__(hindrance.value)
        self.hindrance = hindrance
        self.failing = failing


@dataclass(frozen=True)
class Order:
    """Who puts it into use, why, and under which rules of the house."""

    person: Person
    note: str
    vocabulary: Vocabulary
    four_eyes: bool
    action: str = DEPLOYED  # how the audit trail calls it


def scenarios_for(session: Session, draft: ProcessDraft) -> list[KeptScenario]:
    """The scenarios that a draft must pass: of its processes, or of those that ask its table."""
    return [play.kept for play in plays(session, draft.xml)] if draft.is_deployable else []


def is_open(session: Session, draft: ProcessDraft) -> bool:
    """Whether there is nothing (more) to run."""
    if not scenarios_for(session, draft):
        return True
    return reviews.has_passed(session, draft, all_that_counts(session, draft))


def judge(session: Session, draft: ProcessDraft) -> list[FailedScenario]:
    """What fails on a deployable draft: its tests, and scenarios, in processes of their own.

    Call it before anything is changed, and read the draft again afterwards: where scenarios play,
    no transaction is open, and somebody else may put the draft into use.
    """
    if is_open(session, draft):
        return failing_tests(session, draft.xml) if draft.is_deployable else []
    return failing(session, draft.xml)


def remember(session: Session, draft: ProcessDraft, person: Person, judged: str) -> None:
    """Every scenario passed on what had this checksum; says nothing of what came after."""
    if judged == all_that_counts(session, draft) and not is_open(session, draft):
        reviews.note_passed(session, draft, person, judged)


def all_that_counts(session: Session, draft: ProcessDraft) -> str:
    """A checksum of the file, what stands beside it, and every scenario."""
    told = [draft.xml]
    for play in plays(session, draft.xml):
        told += [play.xml, *(f"{key}\n{file}" for key, file in sorted(play.files.items()))]
        told.append(f"{play.kept.id}\n{play.kept.yaml}")
    return sha256("\0".join(told).encode()).hexdigest()


def hindrance_of(session: Session, draft: ProcessDraft, order: Order) -> Hindrance | None:
    """What can be told without running anything."""
    if order.four_eyes and reviews.state_of(session, draft) is not ReviewState.APPROVED:
        return Hindrance.NOT_APPROVED
    return None if characters.is_visible(order.note) else Hindrance.NO_NOTE


def deploy_draft(
    session: Session, draft: ProcessDraft, version: int, order: Order
) -> list[ProcessDefinition]:
    """Make the draft, as it was read, a version; `judge` came before, and found nothing.

    Raises HinderedError, RejectedDeploymentError, StaleDraftError.
    """
    if hindrance := hindrance_of(session, draft, order):
        raise HinderedError(hindrance)
    deployed = drafts.deploy_draft(
        session,
        draft.id,
        version=version,
        vocabulary=order.vocabulary,
        by=order.person.label,
        note=order.note,
    )
    for one in deployed:
        reviews.note_deployed(session, draft, order.person, one.version, order.note)
        _record(session, one, order)
    return deployed


def deploy_files(
    session: Session,
    files: Mapping[str, bytes],
    order: Order,
    *,
    approved_by: str | None = None,
    first: Callable[[], object] = lambda: None,
) -> list[ProcessDefinition]:
    """Deploy files, by name, that replace no version of the web; a first has no scenarios yet.

    Call it before anything else is changed: what must play is found by deploying, which is undone
    before it plays, so that no transaction is open meanwhile, and done again after. `first` begins
    each time. With four eyes somebody else than who deploys must have approved a new version.
    Raises HinderedError, RejectedDeploymentError: roll back then.
    """
    passed: list[ScenarioPlay] = []
    while True:
        first()
        attempt = _Attempt(session, order, approved_by)
        for name, xml in files.items():
            try:
                attempt.deploy(xml)
            except RejectedDeploymentError as error:
                error.file = name
                raise
        unplayed = [each for each in attempt.plays if not any(map(each.is_as, passed))]
        if not unplayed and not attempt.failing:
            return attempt.deployed
        session.rollback()
        if failing := attempt.failing + failed(played(unplayed)):
            raise HinderedError(Hindrance.SCENARIOS, failing)
        passed += unplayed


class _Attempt:
    """Files that are deployed in the transaction of this session, and what must pass for that."""

    def __init__(self, session: Session, order: Order, approved_by: str | None) -> None:
        self._session = session
        self._order = order
        self._approved_by = approved_by
        self.deployed: list[ProcessDefinition] = []
        self.plays: list[ScenarioPlay] = []
        self.failing: list[FailedScenario] = []  # tests of tables

    def deploy(self, xml: bytes) -> None:
        """Raises HinderedError, RejectedDeploymentError."""
        session, order = self._session, self._order
        keys = keys_of(xml) if _is_readable(xml) else ()
        before = {key: latest_of(session, key) for key in keys}
        deployed = deploy(
            session,
            xml,
            vocabulary=order.vocabulary,
            deployed_by=order.person.label,
            note=order.note,
            from_file=True,
        )
        new = [one for one in deployed if before.get(one.key) != one]
        if new and any(before.values()):
            if order.four_eyes and _same_name(self._approved_by or "", order.person.label):
                raise HinderedError(Hindrance.NOT_APPROVED)
            self.failing += failing_tests(session, xml.decode())
            self.plays += detached_plays(session, xml.decode())
        more = {"approved_by": self._approved_by} if self._approved_by else {}
        for one in new:
            _record(session, one, order, **more)
        self.deployed += deployed


def running_in_words(session: Session, one: ProcessDefinition) -> list[str]:
    """What a new version begins by, and means for what runs: lines for the command line."""
    if one.key.startswith(DECISION):
        askers = askers_of(session, [one.key])
        running = _running(session, ProcessInstance.process_key.in_(askers))
        names = ", ".join(sorted(askers))
        return [f"  asked by {names} ({running} running instances)"] if askers else []
    older = _running(
        session,
        (ProcessInstance.process_key == one.key) & (ProcessInstance.definition_id != one.id),
    )
    told = [f"  {line}" for line in begins_in_words(beginning_of(session, one.id))]
    if older:
        told.append(f"  {older} running instances stay on an earlier version")
    return told


def _running(session: Session, which: ColumnElement[bool]) -> int:
    query = select(func.count()).select_from(ProcessInstance)
    return session.scalar(query.where(ProcessInstance.status.in_(OPEN), which)) or 0


def _is_readable(xml: bytes) -> bool:
    try:
        return bool(keys_of(xml))
    except UnreadableDiagramError:
        return False  # `deploy` says why


def _same_name(one: str, other: str) -> bool:
    """Whether these name one person, or the first nobody; letters and spaces do not tell apart."""
    names = [" ".join(name.split()).casefold() for name in (one, other)]
    return not names[0] or names[0] == names[1]


def _record(session: Session, one: ProcessDefinition, order: Order, **more: str) -> None:
    record_event(
        session,
        order.action,
        actor=order.person.label,
        subject=f"process:{one.key}",
        version=one.version,
        note=order.note,
        **more,
    )

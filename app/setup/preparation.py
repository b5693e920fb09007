"""Initial content: tables, requirements, diagrams, export of the older register."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.setup.schema import upgrade
from processes.engine.deployment.definitions import RejectedDeploymentError
from processes.engine.deployment.reviews import Person
from processes.engine.store.models import ProcessDefinition
from processes.register.audit.protection import protect
from processes.register.audit.sealing import seal_all
from processes.register.declarations import seed_requirements
from processes.register.legacy.staging import LegacyImport, stage
from processes.register.offers.search import indexing
from processes.tryout.deployment import HinderedError, Hindrance, Order, deploy_files
from processes.tryout.scenarios.files import load as load_scenarios
from processes.unit_of_work import unit_of_work
from workers.vocabulary import vocabulary

LOKET = Person("loket", "", "")
SAMPLE = Path("processes/register/sample/registerleraar.csv")


def upgrade_database(session: Session) -> bool:
    """Migrate the schema, insert the example requirements, index and seal what is not yet.

    False if up to date.
    """
    changed = upgrade(_engine(session))
    seed_requirements(session)
    indexing.complete(session)
    protect(session.connection())
    unit_of_work(session).commit()
    seal_all(session)
    return changed


def deploy_folder(
    session: Session,
    folder: Path,
    *,
    order: Order | None = None,
    approved_by: str | None = None,
) -> list[ProcessDefinition]:
    """Deploy every diagram and table of this folder, or none when one of them is hindered.

    A file that replaces a version must pass its scenarios; those of the folder are taken over
    first. What was deployed on the web since is left alone, and returned as it is; see `in_words`.
    Raises HinderedError, RejectedDeploymentError; nothing is kept then.
    """
    given = order or Order(LOKET, f"Uit de map {folder.name}.", vocabulary(), four_eyes=False)
    files = (*sorted(folder.glob("*.dmn")), *sorted(folder.glob("*.bpmn")))
    try:
        deployed = deploy_files(
            session,
            {file.name: file.read_bytes() for file in files},
            given,
            approved_by=approved_by,
            first=partial(load_scenarios, session, folder / "scenarios"),
        )
    except (HinderedError, RejectedDeploymentError):
        session.rollback()
        raise
    unit_of_work(session).commit()
    return deployed


def hindered_in_words(error: HinderedError) -> list[str]:
    """Why a folder was not deployed, for the command line."""
    if error.hindrance is Hindrance.NOT_APPROVED:
        return ["four eyes: name with --approved-by who else looked at the new version"]
    lines = ["not all scenarios pass; adjust the diagram, the scenario's file, or it on the web"]
    return lines + [f"{each.name}: {' '.join(each.differences)}" for each in error.failing]


def in_words(definition: ProcessDefinition) -> str:
    """The result of deploying a file, in Dutch."""
    line = f"{definition.key} version {definition.version}"
    if definition.from_file:
        return line
    return f"{line} (deployed on the web by {definition.deployed_by}; its file was left alone)"


def import_legacy_file(session: Session, file: Path, source: str) -> str:
    """Stage an export of the older register; returns a summary in Dutch."""
    staged = stage(session, file, source=source)
    unit_of_work(session).commit()
    return "\n".join([f"{staged.rows} rows", *staged.problems])


def prepare_demonstration(session: Session, root: Path, source: str) -> Iterator[str]:
    """All of the above for a demonstration; idempotent."""
    upgraded = upgrade_database(session)
    yield "created or upgraded" if upgraded else "up to date"
    try:
        yield ", ".join(map(in_words, deploy_folder(session, root / "bpmn")))
    except HinderedError as error:  # what is in use goes on
        yield "; ".join(["the diagrams are left as they were", *hindered_in_words(error)])
    sample = root / SAMPLE
    if sample.exists() and session.scalar(select(LegacyImport.id).limit(1)) is None:
        yield import_legacy_file(session, sample, source)


def _engine(session: Session) -> Engine:
    bind = session.get_bind()
    return bind if isinstance(bind, Engine) else bind.engine

"""Initial content: tables, requirements, diagrams, export of the older register."""

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.setup.schema import upgrade
from processes.engine.deployment.definitions import deploy
from processes.engine.store.models import ProcessDefinition
from processes.register.declarations import seed_requirements
from processes.register.legacy.staging import LegacyImport, stage
from processes.tryout.files import load as load_scenarios
from processes.unit_of_work import unit_of_work
from workers.vocabulary import vocabulary

SAMPLE = Path("processes/register/sample/registerleraar.csv")


def upgrade_database(session: Session) -> bool:
    """Migrate the schema and insert the example requirements; False if up to date."""
    changed = upgrade(_engine(session))
    seed_requirements(session)
    unit_of_work(session).commit()
    return changed


def deploy_folder(session: Session, folder: Path) -> list[ProcessDefinition]:
    """Deploy every diagram in this folder, or none when one has a fault.

    A version that was deployed on the web since is left alone, and returned; see `in_words`. Raises
    RejectedDeploymentError.
    """
    known = vocabulary()
    deployed = [
        definition
        for file in (*sorted(folder.glob("*.dmn")), *sorted(folder.glob("*.bpmn")))
        for definition in deploy(
            session, file.read_bytes(), vocabulary=known, deployed_by="loket", from_file=True
        )
    ]
    load_scenarios(session, folder / "scenarios")
    unit_of_work(session).commit()
    return deployed


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
    deployed = deploy_folder(session, root / "bpmn")
    yield ", ".join(map(in_words, deployed))
    sample = root / SAMPLE
    if sample.exists() and session.scalar(select(LegacyImport.id).limit(1)) is None:
        yield import_legacy_file(session, sample, source)


def _engine(session: Session) -> Engine:
    bind = session.get_bind()
    return bind if isinstance(bind, Engine) else bind.engine

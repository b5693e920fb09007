"""Housekeeping of a sweep: drops what expired, makes digests, releases claims, keeps figures."""

import logging
from collections.abc import Callable
from datetime import date, datetime
from functools import partial

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from processes.base import now
from processes.casework import orphaned_tasks
from processes.casework.exports import asking as data_exports
from processes.casework.mail import notices, search_digests
from processes.casework.webhooks import webhook_log
from processes.engine.execution.events import messages
from processes.engine.execution.starting import public_start
from processes.engine.insight import case_figures, counts, rule_hits, running_figures, stuck
from processes.engine.openings import access, received
from processes.engine.tasks import files, upkeep
from processes.engine.tasks.digest import working_day
from processes.platform.database import open_reading_session
from processes.platform.settings import current_settings
from processes.questions import Question
from processes.register.audit import checkpoints, sealing
from processes.register.offers.search import indexing
from processes.register.providers import expired_invitations
from processes.register.search import answers, kept_counts, unanswered
from processes.unit_of_work import unit_of_work
from workers.enqueue import open_session
from workers.kinds_of_work import Work

log = logging.getLogger(__name__)

BATCHES = 10  # of audit events that one sweep seals
FOLDS = 5  # of ended cases, in one sweep
RUNNING_FOLDS = 20  # of cases that run, in one sweep
CATALOGUE_FOLDS = 20  # of changes of the catalogue
SCANS = {each.name: each for each in (stuck.SCAN, orphaned_tasks.SCAN, counts.STEPS)}
KEPT_FOR_A_WHILE: tuple[tuple[Question, Callable[..., object]], ...] = (
    (messages.EXPIRED, messages.drop_expired_messages),
    (public_start.EXPIRED, public_start.drop_expired),
    (received.EXPIRED, received.drop_expired),
    (access.EXPIRED, access.drop_expired),
    (files.EXPIRED, files.drop_expired),
    (webhook_log.EXPIRED, webhook_log.drop_expired),
    (data_exports.EXPIRED, data_exports.drop_expired),
    (expired_invitations.EXPIRED, expired_invitations.drop_expired),
    (rule_hits.ANY_UNCOUNTED, rule_hits.count),
    (unanswered.EXPIRED, unanswered.drop_expired),
    (indexing.ANY_OUTDATED, indexing.bring_up_to_date),
    (answers.ANY_STAMPS, answers.put_together),
)
"""Whether any of these rows is done with at a moment, and what drops them, or follows them up."""


def _moments(question: Question) -> list[datetime]:
    """Asked first, so that is written only where there is something: SQLite has one writer."""
    moment = now()
    with open_reading_session() as session:
        return [moment] if question.ask(session, moment) else []


def _dropped(drop: Callable[..., object], moment: datetime) -> None:
    with open_session() as session:
        drop(session, moment)
        unit_of_work(session).commit()


def _due_digests() -> list[date]:
    """The working day whose digests are still to be made."""
    day = working_day(now())
    if day is None:
        return []
    with open_reading_session() as session:
        return [] if notices.are_made(session, day) else [day]


def _make_digests(day: date) -> None:
    with open_session() as session:
        upkeep.copy_tenants(session)
        notices.make_digests(session, day)
        unit_of_work(session).commit()


def _due_search_digests() -> list[date]:
    """A day of a week whose digests of saved searches are still to be made."""
    day = working_day(now())
    if day is None:
        return []
    with open_reading_session() as session:
        return [] if search_digests.are_made(session, day) else [day]


def _make_search_digests(day: date) -> None:
    with open_session() as session:
        search_digests.make(session, day)
        unit_of_work(session).commit()


def _due_releases() -> list[date]:
    """The day of which the claims of who can do their task no more are still to be released."""
    with open_reading_session() as session:
        day = orphaned_tasks.night_of(session, now())
    return [] if day is None else [day]


def _release_claims(day: date) -> None:
    with open_session() as session:
        orphaned_tasks.release_lapsed_claims(session, day)
        unit_of_work(session).commit()


def _due_figures() -> list[str]:
    """The figures over all cases and jobs that are to be kept anew."""
    with open_reading_session() as session:
        moment = now()
        scans = [name for name, scan in SCANS.items() if scan.due.ask(session, moment)]
        return [*counts.due(session), *scans]


def _due_folds() -> list[int]:
    """How many times to fold cases into their figures at most, where some wait."""
    with open_reading_session() as session:
        return [FOLDS] if case_figures.DUE.ask(session, now()) else []


def _fold_cases(times: int) -> None:
    for _ in range(times):
        with open_session() as session:
            more = case_figures.fold(session)
            unit_of_work(session).commit()
        if not more:
            return


def _due_running() -> list[int]:
    """How many times to fold cases that run into their figures at most, where it is time."""
    with open_reading_session() as session:
        return [RUNNING_FOLDS] if running_figures.DUE.ask(session, now()) else []


def _fold_running(times: int) -> None:
    for _ in range(times):
        with open_session() as session:
            more = running_figures.fold(session)
            unit_of_work(session).commit()
        if not more:
            return


def _due_changes_of_catalogue() -> list[int]:
    """How many times to fold changes of the catalogue at most, where many wait."""
    with open_reading_session() as session:
        return [CATALOGUE_FOLDS] if kept_counts.ANY_WAITING.ask(session, now()) else []


def _fold_catalogue(times: int) -> None:
    for _ in range(times):
        with open_reading_session() as session:
            counted = kept_counts.waiting(session, now())
        if not _folded(counted) or len(counted.ids) < kept_counts.BATCH:
            return


def _recounted_catalogue() -> list[kept_counts.Counted]:
    """What the counts of the catalogue lack, where older code wrote entries."""
    with open_reading_session() as session:
        if not kept_counts.ANY_UNKNOWN.ask(session, now()):
            return []
    with open_reading_session() as session:
        return [kept_counts.recount(session)]


def _folded(counted: kept_counts.Counted) -> bool:
    with open_session() as session:
        if is_folded := kept_counts.fold(session, counted):
            unit_of_work(session).commit()
    return is_folded


def _keep_figure(name: str) -> None:
    with open_session() as session:
        SCANS[name].keep(session) if name in SCANS else counts.fold(session, name)
        unit_of_work(session).commit()


def _due_seals() -> list[int]:
    """How many batches of audit events to seal at most, where some wait."""
    with open_reading_session() as session:
        return [BATCHES] if sealing.is_due(session) else []


def _seal(batches: int) -> None:
    for _ in range(batches):
        with open_session() as session:
            sealed = sealing.seal(session)
            unit_of_work(session).commit()
        if sealed < sealing.BATCH:
            return


def _due_checkpoints() -> list[Ed25519PrivateKey]:
    """The key to sign with, where it is set and today has no checkpoint yet."""
    file = current_settings().audit_key
    if file is None:
        return []
    with open_reading_session() as session:
        if not checkpoints.is_due(session):
            return []
    try:
        return [checkpoints.private_key(file)]
    except checkpoints.AuditKeyError as error:  # `loket doctor` says it too
        log.warning("no checkpoint of the audit trail: %s", error)
        return []


def _sign_checkpoint(key: Ed25519PrivateKey) -> None:
    with open_session() as session:
        checkpoints.sign(session, key)
        unit_of_work(session).commit()


WORK: tuple[Work, ...] = (
    *(
        Work(partial(_moments, question), partial(_dropped, drop), [question])
        for question, drop in KEPT_FOR_A_WHILE
    ),
    Work(_due_digests, _make_digests, [notices.DUE]),
    Work(_due_search_digests, _make_search_digests, [search_digests.DUE]),
    Work(_due_releases, _release_claims, [orphaned_tasks.RELEASE_DUE]),
    Work(
        _due_figures,
        _keep_figure,
        [*counts.DUE.values(), *(scan.due for scan in SCANS.values())],
    ),
    Work(_due_folds, _fold_cases, [case_figures.DUE]),
    Work(_due_running, _fold_running, [running_figures.DUE]),
    Work(_due_changes_of_catalogue, _fold_catalogue, [kept_counts.ANY_WAITING]),
    Work(_recounted_catalogue, _folded, [kept_counts.ANY_UNKNOWN]),
    Work(_due_seals, _seal),
    Work(_due_checkpoints, _sign_checkpoint),
)
"""What finds what is due, and what does it for each."""

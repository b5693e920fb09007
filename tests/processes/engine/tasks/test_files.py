"""Uploaded files as rows: of whom, of which case, how many, who may read them, when they go."""

from datetime import timedelta
from hashlib import sha256
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.base import now
from processes.engine.store.file_models import UploadedFile
from processes.engine.store.models import InstanceStatus, ProcessInstance, TaskStatus
from processes.engine.tasks import files
from processes.engine.tasks.files import (
    DAY,
    FileGoneError,
    Limit,
    NewFile,
    Place,
    TooManyFilesError,
)
from processes.engine.tasks.rights import Person
from tests.processes.engine.tasks.people import (
    ANNA,
    BAS,
    EMPLOYEE,
    EVERYBODY,
    KVK,
    OF_ANOTHER,
    OTHER_TEACHER,
    TEACHER,
    add_case,
    add_task,
)

START = Place(TEACHER.reference)


@pytest.fixture
def case(session: Session) -> ProcessInstance:
    return add_case(session, initiator=TEACHER.reference)


def kept(session: Session, place: Place = START, content: bytes = b"%PDF-1.7") -> UploadedFile:
    return files.keep(session, place, NewFile("scan.pdf", "application/pdf", content, None))


def there(session: Session) -> set[UUID]:
    session.expire_all()
    return set(session.scalars(select(UploadedFile.id)))


def readers(session: Session, file: UploadedFile) -> set[Person]:
    session.expire_all()
    return {each for each in EVERYBODY if files.may_read(session, each, file)}


def test_a_row_holds_the_bytes_and_their_hash(session: Session) -> None:
    file = kept(session)
    session.expire_all()
    assert (file.content, file.size, file.sent_at) == (b"%PDF-1.7", 8, None)
    assert file.sha256 == sha256(b"%PDF-1.7").hexdigest()


def test_before_it_is_sent_it_is_of_who_added_it(session: Session) -> None:
    assert readers(session, kept(session)) == {TEACHER}


def test_a_file_of_a_start_form_is_read_by_who_follows_the_case_or_has_a_task(
    session: Session, case: ProcessInstance
) -> None:
    file = kept(session)
    files.send(session, START, case.id, {file.id})
    assert readers(session, file) == {TEACHER}
    add_task(session, case, "registrar", tenant=None)
    assert readers(session, file) == {TEACHER, ANNA, BAS}


def test_a_file_of_a_task_is_read_by_who_may_see_a_task_of_the_case(
    session: Session, case: ProcessInstance
) -> None:
    """What the staff adds is shown to who began the case in no task, so that it is not theirs."""
    task = add_task(session, case, "registrar", tenant=None)
    place = Place(ANNA.reference, case.id, task.id)
    file = kept(session, place)
    assert readers(session, file) == {ANNA, BAS}
    files.send(session, place, case.id, {file.id})
    task.status = TaskStatus.COMPLETED
    session.flush()
    assert readers(session, file) == {ANNA, BAS}
    add_task(session, case, TEACHER.reference, tenant=None)
    assert readers(session, file) == {ANNA, BAS, TEACHER}


def test_a_file_of_a_company_is_of_its_employees(session: Session) -> None:
    case = add_case(session, "q", tenant=KVK)
    task = add_task(session, case, "provider", tenant=KVK)
    file = kept(session, Place(f"provider:{uuid4()}", case.id, task.id))
    assert readers(session, file) == {EMPLOYEE}
    assert not files.may_read(session, OF_ANOTHER, file)


@pytest.mark.parametrize(
    "place", [Place(OTHER_TEACHER.reference), Place(TEACHER.reference, uuid4(), uuid4())]
)
def test_a_file_is_sent_from_where_it_was_added(
    session: Session, case: ProcessInstance, place: Place
) -> None:
    file = kept(session)
    with pytest.raises(FileGoneError):
        files.send(session, place, case.id, {file.id})
    session.refresh(file)
    assert (file.instance_id, file.sent_at) == (None, None)


def test_what_was_sent_cannot_begin_another_case(session: Session, case: ProcessInstance) -> None:
    file = kept(session)
    files.send(session, START, case.id, {file.id})
    with pytest.raises(FileGoneError):
        files.send(session, START, add_case(session, "q").id, {file.id})


def test_the_same_file_is_kept_once_until_it_is_sent(
    session: Session, case: ProcessInstance
) -> None:
    file = kept(session)
    assert kept(session).id == file.id
    assert kept(session, content=b"%PDF-1.8").id != file.id
    assert kept(session, Place(OTHER_TEACHER.reference)).id != file.id
    files.send(session, START, case.id, {file.id})
    assert kept(session).id != file.id


def test_what_was_sent_is_not_taken_away(session: Session, case: ProcessInstance) -> None:
    sent, unsent, of_another = (
        kept(session, content=b"1"),
        kept(session, content=b"2"),
        kept(session, Place(OTHER_TEACHER.reference)),
    )
    ids = {sent.id, unsent.id, of_another.id}
    files.send(session, START, case.id, {sent.id})
    gone = unsent.id
    files.take_away(session, START, ids)
    assert there(session) == ids - {gone}


def test_a_person_and_a_case_have_a_limit(
    session: Session, case: ProcessInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MOST_OF_PERSON", 20)
    monkeypatch.setattr(files, "MOST_OF_CASE", 10)
    kept(session)
    files.refuse_many(session, START, 12)
    with pytest.raises(TooManyFilesError) as of_person:
        files.refuse_many(session, START, 13)
    in_case = Place(ANNA.reference, case.id, uuid4())
    kept(session, in_case)
    files.refuse_many(session, in_case, 2)
    with pytest.raises(TooManyFilesError) as of_case:
        files.refuse_many(session, Place(BAS.reference, case.id, uuid4()), 3)
    assert [of_person.value.limit, of_case.value.limit] == [Limit.PERSON, Limit.CASE]
    monkeypatch.setattr(files, "MOST_FILES", 1)
    with pytest.raises(TooManyFilesError):
        files.refuse_many(session, START, 1)
    for file in session.scalars(select(UploadedFile)):
        file.uploaded_at = now() - DAY
    files.refuse_many(session, START, 1)


def test_what_a_person_keeps_outside_cases_has_a_quota_and_stays_until_it_is_deleted(
    session: Session, case: ProcessInstance
) -> None:
    place = Place(TEACHER.reference, quota=20)
    first = kept(session, place)
    in_case = kept(session, place, b"sent")
    files.send(session, START, case.id, {in_case.id})
    files.keep_outside_cases(session, place, {first.id})
    files.refuse_many(session, place, 20 - first.size)
    with pytest.raises(TooManyFilesError) as full:
        files.refuse_many(session, place, 21 - first.size)
    assert full.value.limit is Limit.QUOTA
    files.drop_expired(session, now() + 2 * DAY)
    ids = {first.id, in_case.id}
    assert there(session) == ids
    files.delete_outside_cases(session, OTHER_TEACHER.reference, ids)
    assert there(session) == ids
    files.delete_outside_cases(session, TEACHER.reference, ids)
    assert there(session) == {in_case.id}
    with pytest.raises(FileGoneError):
        files.keep_outside_cases(session, place, ids)


def test_what_nobody_sent_goes_after_a_day(session: Session, case: ProcessInstance) -> None:
    still, over = add_task(session, case, "registrar"), add_task(session, case, "registrar")
    left = kept(session)
    sent = kept(session, content=b"sent")
    files.send(session, START, case.id, {sent.id})
    in_draft = kept(session, Place(ANNA.reference, case.id, still.id))
    in_done = kept(session, Place(ANNA.reference, case.id, over.id), b"other")
    over.status = TaskStatus.COMPLETED
    session.flush()
    before = {left.id, sent.id, in_draft.id, in_done.id}
    soon, later = now() + DAY - timedelta(hours=1), now() + DAY
    assert not files.EXPIRED.ask(session, soon)
    files.drop_expired(session, soon)
    assert there(session) == before
    assert files.EXPIRED.ask(session, later)
    gone = {left.id, in_done.id}
    files.drop_expired(session, later)
    assert there(session) == before - gone
    assert not files.EXPIRED.ask(session, later)


def test_of_a_stopped_case_it_stays_as_long_as_that_may_be_taken_back(
    session: Session, case: ProcessInstance
) -> None:
    task = add_task(session, case, "registrar")
    in_draft = kept(session, Place(ANNA.reference, case.id, task.id))
    task.status, case.status = TaskStatus.CANCELLED, InstanceStatus.CANCELLED
    case.ended_at = now()
    session.flush()
    files.drop_expired(session, now() + timedelta(days=29))
    assert there(session) == {in_draft.id}
    files.drop_expired(session, now() + timedelta(days=31))
    assert there(session) == set()

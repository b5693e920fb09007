"""Every table is in the exports of AVG article 15 and 20, or it is said why not."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.setup.tables import all_tables
from processes.casework.exports.person import person_contents
from processes.casework.exports.provider import provider_contents
from tests.app.offers.offer_world import a_provider

KVK = "68750110"

EXPORTED = frozenset(
    [
        "audit_event",
        "declaration",
        "delegation",
        "known_person",
        "former_kvk_number",
        "legacy_claim",
        "legacy_offer",
        "legacy_provider",
        "migration_result",
        "notice",
        "offer",
        "offer_evaluation",
        "offer_import",
        "offer_version",
        "opening",
        "outgoing_mail",
        "portfolio_entry",
        "process_instance",
        "provider",
        "provider_invitation",
        "provider_user",
        "saved_search",
        "teacher",
        "trade_register_extract",
        "uploaded_file",
        "user_task",
        "webhook_address",
    ]
)
ABOUT_NOBODY = frozenset(
    [
        "audit_checkpoint",
        "case_term",
        "health_check",
        "case_figures",
        "running_figures",
        "running_case",
        "kept_figure",
        "search_stamp",
        "legacy_import",
        "migration_item",
        "migration_run",
        "outage_notice",
        "process_definition",
        "process_draft",
        "process_permission",
        "process_start_right",
        "public_start",
        "requirement",
        "requirement_set",
        "retention_run",
        "retry_item",
        "retry_run",
        "rule_hits",
        "scenario",
        "start_timer",
        "text_version",
        "topic_fetch",
        "unanswered_question",
        "webhook_subscription",
        "worker_heartbeat",
        "declaration_campaign",
        "draft_event",
        "search_count",
        "search_word",
        "tryout",
    ]
)
ELSEWHERE = {
    "access_token": "a hash with an hour to live; the opening that it belongs to is exported",
    "activity_instance": "the steps of a case, whose tasks and outcome are exported",
    "audit_seal": "hashes of events that are exported",
    "begun_case": "the receipt of a case; its answers are in the case",
    "break_glass_account": "a name and secrets of staff; each use is in the trail",
    "break_glass_key": "public keys of staff; each use is in the trail",
    "buffered_message": "waits for a case for some days, then becomes part of it or goes",
    "bulk_action": "each of its offers has its own version, and the trail has the action",
    "bulk_item": "as bulk_action",
    "data_export": "the export itself",
    "incident": "a fault of ours; masked, and gone with its case",
    "instance_snapshot": "an earlier state of a case, to undo what an operator did",
    "job": "work that waits; what it did is in the case, the mail or the trail",
    "kept_page": "a page that was just shown; gone after a day",
    "login_attempt": "minutes: between leaving for the login provider and coming back",
    "message_subscription": "what a case waits for, with no answers in it",
    "offer_import_row": "the rows of a file that is exported",
    "offer_report": "what a visitor wrote, without a name; the case about it is exported",
    "pending_start": "a visitor's form until the e-mail is confirmed; see loket visitors",
    "received_message": "a hash, to answer a message that came twice",
    "search_change": "counts made of offers that are exported",
    "search_entry": "made of offers that are exported",
    "search_run": "made of offers that are exported",
    "search_state": "made of offers that are exported",
    "taken_decision": "what a table decided in a case; its inputs are the answers of the case",
    "timer": "when a case goes on, with no answers in it",
    "user_task_group": "the group of a task that is exported",
    "web_session": "shown on 'Mijn sessies'; gone a day after its end",
    "webhook_delivery": "what was sent to a system of the register; gone after a while",
}


@pytest.fixture
def read(session: Session) -> Iterator[set[str]]:
    """The tables that are read meanwhile."""
    tables: set[str] = set()

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        tables.update(re.findall(r"\b(?:FROM|JOIN) (\w+)", statement))

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", note)
    yield tables
    event.remove(connection, "before_cursor_execute", note)


def test_each_table_is_exported_or_it_is_said_why_not() -> None:
    placed = [*EXPORTED, *ABOUT_NOBODY, *ELSEWHERE]
    assert sorted(placed) == sorted(all_tables().tables)


def test_what_is_said_to_be_exported_is(session: Session, read: set[str]) -> None:
    a_provider(session, KVK)
    read.clear()
    provider_contents(session, KVK)
    for kind in ("provider", "teacher", "staff"):
        person_contents(session, f"{kind}:{uuid4()}")
    assert read >= EXPORTED
    assert not read & ABOUT_NOBODY - {"process_definition"}

"""Imports every model, so that the metadata of the database is complete."""

from sqlalchemy import MetaData

from app.auth import sessions
from app.auth.break_glass import accounts
from app.web import kept_pages
from processes.base import Base
from processes.casework.exports import tables as export_tables
from processes.casework.retention import tables as retention_tables
from processes.engine.deployment import drafts, reviews, start_timers
from processes.engine.store import (
    decision_models,
    figure_models,
    file_models,
    message_models,
    models,
    opening_models,
    permission_models,
    retry_models,
    snapshot_models,
    start_models,
    term_models,
    work_models,
)
from processes.platform import observed, outages
from processes.register import campaigns, changes, declarations, mail, texts
from processes.register.audit import models as audit_models
from processes.register.legacy import staging
from processes.register.offers import bulk_actions, evaluations, rules
from processes.register.offers.reports import reports
from processes.register.portfolio import entries, saved_searches, teachers
from processes.register.providers import former_numbers, providers
from processes.register.search import answers, unanswered
from processes.register.search import tables as search_tables
from processes.register.sheets import imports
from processes.tryout import models as tryout_models
from processes.webhooks import models as webhook_models

# Importing these is what puts their tables into the metadata.
DEFINED_BY = (
    *(sessions, accounts, kept_pages, drafts, models, retry_models, reviews, snapshot_models),
    start_models,
    *(start_timers, observed, opening_models, work_models, message_models, file_models),
    *(permission_models, term_models, search_tables, decision_models, figure_models),
    *(answers, unanswered),
    export_tables,
    outages,
    retention_tables,
    tryout_models,
    webhook_models,
    audit_models,
    *(bulk_actions, imports),
    *(
        campaigns,
        changes,
        declarations,
        former_numbers,
        mail,
        rules,
        evaluations,
        reports,
        entries,
        saved_searches,
        teachers,
        providers,
        staging,
        texts,
    ),
)


def all_tables() -> MetaData:
    """The complete metadata."""
    return Base.metadata

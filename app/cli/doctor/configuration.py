"""Diagnoses the whole configuration, also one that nothing could start with."""

from collections.abc import Iterator
from typing import Self

from pydantic import ValidationError, model_validator

from app.cli.doctor.audit import audit_key_findings
from app.cli.doctor.database import database_findings
from app.cli.doctor.findings import Finding, wrong
from app.cli.doctor.oidc import id_token_findings
from app.cli.doctor.saml import saml_findings
from app.cli.doctor.systems import (
    broker_findings,
    disk_findings,
    login_findings,
    mail_findings,
    scanner_findings,
    settings_findings,
)
from processes.platform.production import sentences
from processes.platform.settings import Settings, current_settings


class _UnsafeSettings(Settings):
    """The settings as they are, so that a doctor can also look at unsafe ones."""

    @model_validator(mode="after")
    def _safe_in_production(self) -> Self:
        return self


def examine() -> list[Finding]:
    """All findings, in the order in which they are best mended."""
    try:
        settings = current_settings()
    except ValidationError:
        try:
            settings = _UnsafeSettings()
        except ValidationError as error:
            mend = "docs/operate/settings.md says what it may be"
            return [wrong("settings", line, mend) for line in sentences(error)]
    return list(_examine(settings))


def _examine(settings: Settings) -> Iterator[Finding]:
    yield from settings_findings(settings)
    yield from database_findings(settings)
    yield from broker_findings(settings)
    yield from mail_findings(settings)
    yield from login_findings(settings)
    yield from id_token_findings(settings)
    yield from saml_findings(settings)
    yield from audit_key_findings(settings)
    yield from scanner_findings(settings)
    yield from disk_findings(settings)

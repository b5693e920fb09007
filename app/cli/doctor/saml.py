"""Diagnoses logging in by SAML: our keys, the metadata of brokers, certificates that end."""

from collections.abc import Iterator
from pathlib import Path

from cryptography.x509 import Certificate

from app.auth.attempts import LoginFaultError
from app.auth.saml.brokers import read_broker
from app.auth.saml.service import service_provider
from app.cli.doctor.findings import Finding, warning, well, wrong
from processes.base import now
from processes.platform.settings import Settings

SOON = 60  # days: a rollover takes a broker some weeks


def saml_findings(settings: Settings) -> Iterator[Finding]:
    """Whether our keys and the metadata of each SAML broker can be used, and for how long."""
    if not settings.saml_brokers:
        return
    try:
        service = service_provider(settings)
    except LoginFaultError as error:
        yield wrong("login saml", str(error), "LOKET_SAML_KEY and LOKET_SAML_CERTIFICATE")
        return
    yield _certificate("login saml", "our certificate", service.pair.certificate)
    for name, file in settings.saml_brokers.items():
        try:
            broker = read_broker(name, Path(file), settings.saml_metadata_certificates)
        except LoginFaultError as error:
            yield wrong(f"login {name}", str(error), "LOKET_SAML_BROKERS, or the file")
            continue
        last = max(broker.certificates, key=lambda each: each.not_valid_after_utc)
        yield _certificate(f"login {name}", "the certificate of the broker", last)


def _certificate(check: str, whose: str, certificate: Certificate) -> Finding:
    until = certificate.not_valid_after_utc
    left = (until - now()).days
    if left < 0:
        return wrong(check, f"{whose} ended on {until:%Y-%m-%d}", "a new one: see eherkenning.md")
    if left < SOON:
        says = f"{whose} ends on {until:%Y-%m-%d}"
        return warning(check, says, "a rollover: see docs/operate/eherkenning.md")
    return well(check, f"{whose} is valid until {until:%Y-%m-%d}")

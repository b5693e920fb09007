"""Everything that is kept about a provider, for its export (R46; AVG article 20)."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from processes.casework.exports.case_parts import cases_part, files_part, tasks_part
from processes.casework.exports.log_parts import mails_part, trail_part
from processes.casework.exports.parts import BACKUPS, Contents, Part, part
from processes.engine.store.file_models import UploadedFile
from processes.engine.store.models import ProcessInstance, UserTask
from processes.engine.store.opening_models import Opening
from processes.register.changes import AuditEvent
from processes.register.declarations import Declaration
from processes.register.legacy.staging import LegacyClaim, LegacyOffer, LegacyProvider
from processes.register.mail import OutgoingMail
from processes.register.migration_report import MigrationResult
from processes.register.offers.rules import Offer
from processes.register.offers.versions import OfferVersion
from processes.register.providers.former_numbers import former_numbers, numbers_of
from processes.register.providers.people import Invitation, ProviderUser
from processes.register.providers.providers import Provider, TradeRegisterExtract
from processes.register.sheets.imports import OfferImport
from processes.webhooks.models import WebhookAddress

LEFT_OUT = (
    (
        "Het portfolio van leraren en hun beoordelingen: die zijn van de leraar. U ziet daarvan "
        "alleen hoeveel het er zijn, en gemiddelden vanaf vijf beoordelingen."
    ),
    (
        "De code waarmee eHerkenning een medewerker aanduidt: die is van de medewerker. Een "
        "medewerker kan de eigen gegevens zelf downloaden, onder 'Mijn gegevens'."
    ),
    "Sleutels voor uw eigen programma's: die bewaren wij zo dat niemand ze kan teruglezen.",
    (
        "Kladversies van formulieren die niemand verstuurde, en taken van medewerkers van het "
        "register over hun eigen werk."
    ),
    BACKUPS,
)
SECRETS = frozenset({"secret_hash", "previous_hash", "signing_key", "previous_signing_key"})
WEBHOOK_SECRETS = frozenset({"secret", "previous_secret"})
PSEUDONYM = frozenset({"subject", "issuer"})


def provider_contents(session: Session, kvk: str) -> Contents:
    """The parts of a provider's export. Raises LookupError for a number without a provider."""
    provider = session.scalar(select(Provider).where(Provider.kvk == kvk))
    if provider is None:
        raise LookupError(kvk)
    numbers = numbers_of(session, kvk)
    is_theirs = ProcessInstance.tenant.in_(numbers)  # the case of a transfer stays where it began
    cases = select(ProcessInstance.id).where(is_theirs)
    sent = UploadedFile.instance_id.in_(cases) & UploadedFile.sent_at.is_not(None)
    files, contents = files_part(session, sent)
    parts = [
        *_company(session, provider),
        *_people(session, kvk),
        *_programs(session, kvk),
        *_offers(session, provider),
        *_older_register(session, kvk),
        cases_part(session, is_theirs),
        tasks_part(session, UserTask.instance_id.in_(cases)),
        files,
        mails_part(session, OutgoingMail.kvk == kvk),
        trail_part(session, AuditEvent.kvk.in_(numbers), without_pseudonyms=True),
    ]
    title = f"Alles wat wij bewaren over {provider.display_name} (KvK {kvk})"
    return Contents(title, parts, LEFT_OUT, contents)


PROVIDER_COLUMNS = {
    "reference": "Kenmerk",
    "name": "Naam",
    "display_name": "Naam in de catalogus",
    "status": "Stand",
    "registered_at": "Aangemeld op",
    "registered_by": "Aangemeld door",
    "contact_name": "Contactpersoon",
    "contact_function": "Functie",
    "contact_email": "E-mailadres",
    "contact_phone": "Telefoonnummer",
    "contact_public": "Contactpersoon in de catalogus",
}
DECLARATION_COLUMNS = {
    "answers": "Antwoorden",
    "complaints_url": "Klachtenregeling",
    "answered_by": "Door",
    "answered_at": "Beantwoord op",
    "frozen_at": "Vastgelegd op",
}


def _company(session: Session, provider: Provider) -> Iterable[Part]:
    kvk = provider.kvk
    yield part("aanbieder", "Uw aanmelding", PROVIDER_COLUMNS, [provider])
    had = {"kvk": "KvK-nummer", "name": "Naam", "because": "Waarom", "at": "Wanneer"}
    yield part("nummers", "Eerdere KvK-nummers", had, former_numbers(session, provider))
    extracts = session.scalars(select(TradeRegisterExtract).filter_by(kvk=kvk))
    told = {"outcome": "Antwoord", "source": "Bron", "asked_at": "Gevraagd op", "facts": "Gegevens"}
    yield part("handelsregister", "Gegevens uit het handelsregister", told, extracts)
    declared = session.scalars(
        select(Declaration).filter_by(kvk=kvk).order_by(Declaration.answered_at)
    )
    yield part("verklaringen", "Uw verklaringen", DECLARATION_COLUMNS, declared)


def _people(session: Session, kvk: str) -> Iterable[Part]:
    """Who logs in for the company, and who is invited."""
    people = session.scalars(
        select(ProviderUser).filter_by(kvk=kvk).order_by(ProviderUser.first_login_at)
    )
    logins = {
        "label": "Medewerker",
        "earlier_labels": "Eerder, onder een ander KvK-nummer",
        "name": "Gekozen naam",
        "right": "Recht",
        "ended_at": "Toegang beëindigd op",
        "first_login_at": "Eerste keer ingelogd",
        "last_login_at": "Laatst ingelogd",
    }
    yield part("medewerkers", "Medewerkers die inlogden", logins, people, without=PSEUDONYM)
    invited = session.scalars(select(Invitation).filter_by(kvk=kvk))
    asked = {"email": "Naar", "right": "Recht", "invited_by": "Door", "invited_at": "Op"}
    yield part("uitnodigingen", "Uitnodigingen die open staan", asked, invited)


def _programs(session: Session, kvk: str) -> Iterable[Part]:
    """What the company's own programs reach us by, and where we send."""
    openings = session.scalars(select(Opening).filter_by(tenant=kvk))
    access = {
        "name": "Naam",
        "enabled": "Staat aan",
        "created_by": "Gemaakt door",
        "created_at": "Gemaakt op",
        "last_used_at": "Laatst gebruikt",
    }
    yield part("koppelingen", "Koppelingen", access, openings, without=SECRETS)
    hooks = session.scalars(select(WebhookAddress).filter_by(tenant=kvk))
    posted = {
        "name": "Naam",
        "url": "Webadres",
        "enabled": "Staat aan",
        "created_by": "Gemaakt door",
        "created_at": "Gemaakt op",
    }
    yield part("webhooks", "Webhooks", posted, hooks, without=WEBHOOK_SECRETS)


def _offers(session: Session, provider: Provider) -> Iterable[Part]:
    query = select(Offer).where(Offer.provider_id == provider.id).order_by(Offer.created_at)
    columns = {
        "id": "Nummer",
        "title": "Titel",
        "kind": "Type activiteit",
        "status": "Stand",
        "contact_hours": "Contacturen",
        "self_study_hours": "Uren zelfstudie",
        "start_date": "Begint",
        "end_date": "Einddatum",
        "published_at": "Gepubliceerd",
        "deleted_at": "Verwijderd",
    }
    yield part("aanbod", "Uw aanbod", columns, session.scalars(query))
    own = select(Offer.id).where(Offer.provider_id == provider.id)
    versions = select(OfferVersion).where(OfferVersion.offer_id.in_(own))
    changed = {
        "offer_id": "Nummer",
        "version": "Versie",
        "changed_by": "Door",
        "changed_at": "Gewijzigd op",
        "fields": "Zo was het",
    }
    ordered = versions.order_by(OfferVersion.changed_at)
    yield part("aanbod-eerder", "Uw aanbod, eerdere versies", changed, session.scalars(ordered))
    imports = select(OfferImport).where(OfferImport.provider_id == provider.id)
    sent = {"name": "Bestand", "by": "Door", "created_at": "Aangeleverd", "applied_at": "Toegepast"}
    ordered_imports = session.scalars(imports.order_by(OfferImport.created_at))
    yield part("aangeleverd", "Bestanden met aanbod die u aanleverde", sent, ordered_imports)


def _older_register(session: Session, kvk: str) -> Iterable[Part]:
    accounts = session.scalars(select(LegacyProvider).filter_by(kvk=kvk))
    offers = session.scalars(select(LegacyOffer).filter_by(kvk=kvk))
    results = session.scalars(select(MigrationResult).filter_by(kvk=kvk))
    account = {"source": "Register", "account": "Account", "name": "Naam"}
    yield part("oud-register-account", "Uw account in het oude register", account, accounts)
    raw = {"legacy_id": "Oud nummer", "raw": "Zoals het daar stond"}
    yield part("oud-register", "Uw aanbod in het oude register", raw, offers)
    claims = session.scalars(select(LegacyClaim).filter_by(kvk=kvk))
    claimed = {"account": "Account", "former_kvk": "KvK-nummer van toen", "at": "Toegewezen"}
    yield part("oud-register-toegewezen", "Ouder aanbod dat u opvroeg", claimed, claims)
    moved = {"legacy_id": "Oud nummer", "title": "Titel", "outcome": "Uitkomst", "notes": "Details"}
    yield part("overzetting", "Wat wij hebben overgezet", moved, results)

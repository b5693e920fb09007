"""Dutch texts of audit events, and their export as CSV (R61); details: `trail_details`."""

import json
import re
from collections.abc import Iterable

from processes.letters.csv_files import csv_file
from processes.register.changes import AuditEvent

ACTIONS = {
    "access-denied": "Toegang geweigerd",
    "file-refused": "Bestand met een virus geweigerd",
    "administrator-made": "Een beheerder van het bedrijf aangewezen door het register",
    "arguments-shown": "Gegevens van een taak bekeken door beheer",
    "break-glass-ended": "Noodtoegang beëindigd",
    "break-glass-key-added": "Sleutel toegevoegd aan noodtoegang",
    "break-glass-key-link": "Link gemaakt om een sleutel aan noodtoegang toe te voegen",
    "break-glass-key-removed": "Sleutel verwijderd van noodtoegang",
    "break-glass-made": "Noodtoegang gemaakt",
    "break-glass-used": "Ingelogd met noodtoegang",
    "case-withdrawn": "Zaak ingetrokken",
    "company-assessed": "Bedrijf beoordeeld",
    "company-changed": "Bedrijfsgegevens gewijzigd",
    "company-checked": "Nagekeken in het handelsregister",
    "company-found": "Bedrijf gevonden in het handelsregister",
    "contact-erased": "Contactgegevens gewist",
    "contact-changed": "Contactpersoon gewijzigd",
    "declaration-answered": "Kwaliteitseisen beantwoord",
    "declaration-frozen": "Verklaring vastgelegd",
    "incident-details-shown": "Technische gegevens van een incident bekeken door beheer",
    "incidents-retried": "Incidenten opnieuw geprobeerd",
    "data-exported": "Export van alle gegevens gevraagd",
    "delegation-ended": "Vervanging beëindigd",
    "delegation-made": "Vervanging geregeld",
    "delegation-used": "Taak gedaan als vervanger",
    "external-task-completed": "Taak door een ander programma afgerond",
    "external-task-error": "Taak door een ander programma geëindigd in een fout van het proces",
    "external-task-extended": "Ander programma hield een taak langer vast",
    "external-task-failed": "Taak mislukt bij een ander programma",
    "external-task-locked": "Taak vastgehouden door een ander programma",
    "external-task-unlocked": "Taak losgelaten door een ander programma",
    "external-tasks-fetched": "Taken opgehaald door een ander programma",
    "instance-cancelled": "Zaak gestopt door beheer",
    "instance-cancelled-in-bulk": "Veel zaken tegelijk gestopt door beheer",
    "instance-migrated": "Zaak naar een andere versie gezet door beheer",
    "instance-restored": "Gestopte zaak teruggenomen door beheer",
    "instance-resumed": "Zaak hervat door beheer",
    "instance-resumed-in-bulk": "Veel zaken tegelijk hervat door beheer",
    "instance-suspended": "Zaak stilgezet door beheer",
    "instance-suspended-in-bulk": "Veel zaken tegelijk stilgezet door beheer",
    "invitation-accepted": "Uitnodiging aangenomen",
    "invitation-withdrawn": "Uitnodiging ingetrokken",
    "import-applied": "Bestand met aanbod toegepast",
    "kvk-number-ended": "KvK-nummer overgegaan naar een ander",
    "kvk-transfer-agreed": "Akkoord met overzetten naar dit KvK-nummer",
    "kvk-transfer-begun": "Akkoord gevraagd met een ander KvK-nummer",
    "merge-begun": "Samenvoegen met een andere aanbieder begonnen",
    "legacy-imported": "Oude register ingelezen",
    "login": "Ingelogd",
    "login-refused": "Inloggen geweigerd",
    "logout-by-provider": "Uitgelogd door de inlogdienst",
    "mail-refused": "E-mail geweigerd door de mailserver",
    "mail-sent": "E-mail verzonden",
    "mail-sent-again": "E-mail opnieuw gevraagd",
    "notices-chosen": "Keuze voor e-mail over taken veranderd",
    "offers-looked-at": "Aanbod bekeken door een medewerker van het register",
    "older-offers-asked": "Ouder aanbod opgevraagd",
    "older-offers-assigned": "Ouder aanbod toegewezen door het register",
    "offer-assessment-begun": "Beoordeling van een activiteit begonnen",
    "offer-branch-changed": "Activiteit bij een andere vestiging gezet",
    "offer-checked": "Activiteit gecontroleerd",
    "offer-created": "Activiteit gemaakt",
    "offer-deleted": "Activiteit verwijderd",
    "offer-edited": "Activiteit gewijzigd",
    "offers-exported": "Aanbod als bestand opgehaald",
    "offer-end-date": "Einddatum gewijzigd",
    "offer-hidden": "Activiteit verborgen",
    "offer-migrated": "Activiteit overgezet",
    "offer-moved": "Activiteit naar een andere aanbieder gezet",
    "offer-published": "Activiteit gepubliceerd",
    "offer-put-back": "Activiteit weer in de catalogus gezet door het register",
    "offer-reported": "Melding over een activiteit",
    "offer-shown": "Activiteit weer zichtbaar",
    "offer-taken-out": "Activiteit uit de catalogus gehaald door het register",
    "onboarding-started": "Aanmelding begonnen",
    "message-received": "Bericht van buiten ontvangen",
    "opening-made": "Toegang voor een programma gemaakt",
    "opening-signing-key-made": "Toegang voor een programma: nieuwe sleutel voor handtekeningen",
    "opening-rotated": "Toegang voor een programma: nieuwe sleutel",
    "opening-rotation-ended": "Toegang voor een programma: oude sleutel vervallen",
    "opening-disabled": "Toegang voor een programma uitgezet",
    "opening-enabled": "Toegang voor een programma weer aangezet",
    "person-access-ended": "Toegang van een collega beëindigd",
    "person-access-restored": "Collega weer toegang gegeven",
    "person-invited": "Collega uitgenodigd",
    "person-renamed": "Eigen naam gekozen",
    "person-right-changed": "Recht van een collega gewijzigd",
    "process-deployed": "Nieuwe versie van een proces in gebruik genomen",
    "process-draft-approved": "Concept van een proces goedgekeurd",
    "process-draft-returned": "Concept van een proces teruggegeven",
    "process-draft-saved": "Concept van een proces gewijzigd",
    "process-draft-submitted": "Concept van een proces aangeboden voor goedkeuring",
    "process-migrated": "Lopende zaken naar een nieuwe versie gezet",
    "process-migration-undone": "Lopende zaken teruggezet naar hun oude versie",
    "public-start-opened": "Openbaar formulier opengesteld",
    "public-start-closed": "Openbaar formulier gesloten",
    "process-permissions-changed": "Rechten bij een proces gewijzigd",
    "process-started": "Een proces begonnen",
    "process-rolled-back": "Eerdere versie van een proces teruggezet",
    "processes-exported": "Processen opgeslagen als bestanden",
    "provider-leaving": "Aanbieder vertrekt",
    "provider-left": "Aanbieder is vertrokken",
    "provider-returned": "Aanbieder is teruggekomen",
    "provider-stays": "Aanbieder blijft toch",
    "provider-registered": "Aanbieder aangemeld",
    "provider-reinstated": "Schorsing opgeheven",
    "provider-suspended": "Aanbieder geschorst",
    "redeclaration-asked": "Aanbieders om een nieuwe verklaring gevraagd",
    "requirements-published": "Nieuwe kwaliteitseisen vastgesteld",
    "scenario-changed": "Scenario gewijzigd",
    "scenario-dropped": "Scenario verwijderd",
    "scenario-kept": "Scenario bewaard",
    "outage-ended": "Melding van een storing beëindigd",
    "outage-told": "Storing gemeld op alle pagina's",
    "own-sessions-ended": "Eigen sessies beëindigd",
    "start-refused": "Beginnen van een zaak geweigerd",
    "sessions-ended": "Alle sessies van een bedrijf beëindigd",
    "task-claimed": "Taak opgepakt",
    "task-completed": "Stap afgerond",
    "task-due-changed": "Termijn van een taak veranderd",
    "task-given-to-group": "Taak aan een groep gegeven door beheer",
    "task-handed-over": "Taak overgedragen",
    "task-postponed": "Taak weggezet tot een datum",
    "task-released": "Taak losgelaten",
    "task-taken-over": "Taak overgenomen",
    "text-changed": "Tekst gewijzigd",
    "unanswered-questions-dropped": "Zoekvragen zonder resultaat gewist",
    "token-move": "Zaak verplaatst door beheer",
    "token-repeat": "Stap van de zaak herhaald door beheer",
    "token-skip": "Stap van de zaak overgeslagen door beheer",
    "token-undone": "Wijziging van de zaak teruggedraaid door beheer",
    "trail-erased": "Persoonsgegevens gewist uit gebeurtenissen",
    "trail-exported": "Gebeurtenissen gedownload",
    "visitor-erased": "Gegevens van een bezoeker gewist",
    "variable-set": "Gegeven van de zaak gewijzigd door beheer",
    "variables-shown": "Gegevens van de zaak bekeken door beheer",
    "webhook-added": "Webhook-adres toegevoegd",
    "webhook-allowed": "Webhook van een bedrijf toegestaan",
    "webhook-confirmed": "Webhook bevestigd door het andere systeem",
    "webhook-ended": "Webhook gestopt",
    "webhook-disabled": "Webhook-adres uitgezet",
    "webhook-enabled": "Webhook-adres weer aangezet",
    "webhook-events-changed": "Gebeurtenissen van een webhook-adres gewijzigd",
    "webhook-rotated": "Webhook-adres: nieuwe sleutel",
    "webhook-rotation-ended": "Webhook-adres: oude sleutel vervallen",
    "webhook-sent-again": "Webhook opnieuw verstuurd",
    "webhook-tested": "Testbericht naar een webhook-adres gestuurd",
}
OF_A_KEY = re.compile(r"opening [0-9]{8} (.+)")


def words_of(event: AuditEvent) -> str:
    """The event in Dutch; an action without a text keeps its own name."""
    return ACTIONS.get(event.action, event.action)


def doer_in_words(actor: str) -> str:
    """Who did something, as pages name them: a company's own program by its key."""
    if actor == "worker":
        return "Loket"
    key = OF_A_KEY.fullmatch(actor)
    return f"sleutel {key[1]}" if key else actor


def trail_csv(events: Iterable[AuditEvent]) -> str:
    """The trail as CSV, safe against formula injection (threat 17)."""
    header = ["moment (UTC)", "wie", "wat", "code", "onderwerp", "gegevens"]
    return csv_file(header, map(_row, events))


def _row(event: AuditEvent) -> list[str]:
    details = json.dumps(event.details, ensure_ascii=False)
    said = [event.at.isoformat(), event.actor, words_of(event), event.action]
    return [*said, event.subject or "", details]

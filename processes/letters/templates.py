"""The texts of the e-mails: default subject and body, and their placeholders."""

from collections.abc import Mapping

from processes.letters.case_texts import CASE_LETTERS
from processes.letters.claim_texts import CLAIM_LETTERS
from processes.letters.leaving_texts import LEAVING_LETTERS
from processes.letters.letter_text import BASE, COMMENTS, CONTACT, NAME, OFFER, LetterText
from processes.letters.number_texts import NUMBER_LETTERS
from processes.letters.objection_texts import OBJECTED, REJECTED
from processes.letters.offer_texts import CORRECTION, HIDDEN, SHOWN
from processes.letters.provider_texts import (
    ASK_AGAIN,
    CHANGED,
    CONFIRMED,
    INVITED,
    NOTICE,
    REINSTATED,
    SUSPENDED,
)
from processes.letters.security_texts import NOTICED
from processes.letters.task_texts import DIGEST, HANDED_OVER, LATE, REMINDER, SEARCHES
from processes.letters.webhook_texts import WEBHOOK_OFF

LETTERS: Mapping[str, LetterText] = {
    letter.kind: letter
    for letter in (
        *CASE_LETTERS,
        *LEAVING_LETTERS,
        *CLAIM_LETTERS,
        *NUMBER_LETTERS,
        WEBHOOK_OFF,
        LetterText(
            "security-notice",
            "Bericht over noodtoegang",
            "Naar iedereen die voor het register werkt, als noodtoegang is gemaakt of gebruikt.",
            "Noodtoegang: {website}",
            NOTICED,
            {
                "naam": "de naam van de medewerker",
                "gebeurtenis": "wat er gebeurde, met een hele zin",
                "tijdstip": "dag en tijd",
                "website": BASE["website"],
            },
            frozenset({"gebeurtenis"}),
        ),
        LetterText(
            "task-digest",
            "Taken van vandaag",
            "Op werkdagen om half acht, naar wie taken heeft die te laat zijn, bijna af moeten of "
            "nieuw zijn.",
            "Uw taken: {aantal}",
            DIGEST,
            {
                "naam": "de naam van wie de e-mail krijgt",
                "aantal": "hoeveel taken het zijn",
                "taken": "tabel: de taken, met hun uiterste datum",
                "website": BASE["website"],
            },
            frozenset({"taken"}),
        ),
        LetterText(
            "late-tasks",
            "Taken die lang te laat zijn",
            "Op werkdagen om half acht, naar wie het werk leidt (het adres stelt de beheerder in): "
            "taken waarvan de uiterste datum vijf werkdagen voorbij is, elke taak één keer.",
            "Lang te laat: {aantal}",
            LATE,
            {
                "aantal": "hoeveel taken het zijn",
                "taken": "tabel: het proces en de taak, met de uiterste datum",
                "website": BASE["website"],
            },
            frozenset({"taken"}),
        ),
        LetterText(
            "task-handed-over",
            "Een taak is overgedragen",
            "Naar wie een taak van een collega krijgt, meteen.",
            "U hebt een taak gekregen: {taak}",
            HANDED_OVER,
            {
                "naam": "de naam van wie de e-mail krijgt",
                "taak": "de naam van de taak",
                "pagina": "het adres van de pagina van de taak",
                "website": BASE["website"],
            },
            frozenset({"taak"}),
        ),
        LetterText(
            "provider-reminder",
            "Herinnering aan een aanbieder",
            "Hoogstens een keer per week, naar een aanbieder met activiteiten die bijna aflopen, "
            "oude concepten of een aanmelding die niet is afgerond.",
            "Dit wacht nog op u",
            REMINDER,
            {
                **NAME,
                "punten": "tabel: de activiteiten, of de aanmelding",
                "website": BASE["website"],
            },
            frozenset({"punten"}),
        ),
        LetterText(
            "search-digest",
            "Nieuw in bewaarde zoekopdrachten",
            "Hoogstens één keer per week, naar de leraar die daarom vroeg, als er iets nieuws is.",
            "Nieuwe activiteiten bij uw zoekopdrachten",
            SEARCHES,
            {
                "naam": "de naam van de leraar",
                "nieuw": "tabel: de zoekopdrachten met hun nieuwe activiteiten",
                "afmelden": "het adres van de pagina om te stoppen",
                "website": BASE["website"],
            },
            frozenset({"nieuw", "afmelden"}),
        ),
        LetterText(
            "registration-confirmed",
            "Bevestiging van de aanmelding",
            "Naar de contactpersoon, als de aanmelding is bevestigd.",
            "Uw aanmelding {kenmerk} is bevestigd",
            CONFIRMED,
            {
                **NAME,
                **BASE,
                "aangemeld_op": "dag en tijd van de aanmelding",
                "overzicht": "tabel: kenmerk, datum, bedrijf en KvK-nummer",
                "antwoorden": "tabel: de antwoorden op de kwaliteitseisen",
                "bedrijfsgegevens": "tabel: de bedrijfsgegevens",
                **CONTACT,
            },
            frozenset({"antwoorden", "bedrijfsgegevens", "contactpersoon"}),
        ),
        LetterText(
            "contact-changed",
            "Bericht aan de nieuwe contactpersoon",
            "Naar het nieuwe e-mailadres, als de contactpersoon is gewijzigd.",
            "U bent contactpersoon voor {aanbieder}",
            CHANGED,
            {**NAME, **BASE, **CONTACT},
        ),
        LetterText(
            "contact-notice",
            "Bericht aan de vorige contactpersoon",
            "Naar het oude e-mailadres, als de contactpersoon is gewijzigd.",
            "De contactpersoon van {aanbieder} is gewijzigd",
            NOTICE,
            BASE,
        ),
        LetterText(
            "declaration-asked",
            "Vraag om een nieuwe verklaring",
            "Naar de contactpersoon, als de kwaliteitseisen zijn veranderd.",
            "Verklaart u opnieuw dat {aanbieder} aan de eisen voldoet?",
            ASK_AGAIN,
            {**NAME, **BASE, "uiterlijk": "de laatste dag om te verklaren"},
            frozenset({"uiterlijk"}),
        ),
        LetterText(
            "offer-correction",
            "Vraag om een activiteit aan te passen",
            "Naar de contactpersoon, als een medewerker om een wijziging vraagt.",
            "Wilt u {activiteit} aanpassen?",
            CORRECTION,
            {**NAME, **BASE, **OFFER, **COMMENTS},
            frozenset({"opmerkingen"}),
        ),
        LetterText(
            "offer-hidden",
            "Bericht over een activiteit uit de catalogus",
            "Naar de contactpersoon, als een medewerker een activiteit uit de catalogus haalt.",
            "{activiteit} staat niet meer in de catalogus",
            HIDDEN,
            {**NAME, **BASE, **OFFER, **COMMENTS, "reden": "de reden die de medewerker gaf"},
            frozenset({"reden"}),
        ),
        LetterText(
            "offer-shown",
            "Bericht over een activiteit die weer te zien is",
            "Naar de contactpersoon, als een activiteit weer in de catalogus staat.",
            "{activiteit} staat weer in de catalogus",
            SHOWN,
            {**NAME, **BASE, **OFFER},
        ),
        LetterText(
            "person-invited",
            "Uitnodiging om mee te werken",
            "Naar wie een beheerder van een aanbieder uitnodigt.",
            "U bent uitgenodigd om mee te werken voor {aanbieder}",
            INVITED,
            {
                **BASE,
                "dag": "31-12-2026",
                "uitgenodigd_door": "wie de uitnodiging deed",
                "recht": "wat deze persoon mag: lezer, bewerker of beheerder",
                "uitnodiging": "het adres van de pagina om de uitnodiging aan te nemen",
                "geldig_tot": "dag en tijd tot wanneer het kan",
            },
            frozenset({"uitnodiging"}),
        ),
        LetterText(
            "provider-suspended",
            "Bericht over een schorsing",
            "Naar de contactpersoon, als een medewerker de aanbieder schorst.",
            "{aanbieder} is geschorst",
            SUSPENDED,
            {
                **NAME,
                **BASE,
                "geschorst_op": "dag en tijd van de schorsing",
                "reden": "de reden die de medewerker gaf",
                "bezwaar_tot": "de laatste dag om bezwaar te maken",
            },
            frozenset({"reden", "bezwaar_tot"}),
        ),
        LetterText(
            "objection-received",
            "Ontvangst van een bezwaar",
            "Naar de contactpersoon, als de aanbieder bezwaar maakt tegen een schorsing.",
            "Wij hebben het bezwaar van {aanbieder}",
            OBJECTED,
            {**NAME, **BASE, "bezwaar": "het bezwaar, zoals het is ingevuld"},
            frozenset({"bezwaar"}),
        ),
        LetterText(
            "objection-rejected",
            "Besluit dat een schorsing blijft",
            "Naar de contactpersoon, als een bezwaar niet gegrond is.",
            "De schorsing van {aanbieder} blijft gelden",
            REJECTED,
            {**NAME, **BASE, "reden": "de redenen van het besluit"},
            frozenset({"reden"}),
        ),
        LetterText(
            "provider-reinstated",
            "Bericht over het einde van een schorsing",
            "Naar de contactpersoon, als een medewerker de schorsing opheft.",
            "{aanbieder} is niet meer geschorst",
            REINSTATED,
            {**NAME, **BASE},
        ),
    )
}

"""Questions of teachers with the topics that are to be found: recall and precision of search."""

from statistics import mean

import pytest

from .library import Library

QUESTIONS: dict[str, tuple[str, ...]] = {
    "breuk": ("Breuken, procenten",),
    "procent": ("Breuken, procenten",),
    "bewijst": ("Bewijzen met plezier",),
    "kinderen engels": ("Engels voor jonge kinderen",),
    "hoogbegaafdheid": ("Hoogbegaafde leerlingen",),
    "hoogbegaafd kind": ("Hoogbegaafde leerlingen",),
    "muziekles": ("Muziek maken",),
    "gymles": ("Bewegen voor ieder kind",),
    "lichamelijke opvoeding": ("Bewegen voor ieder kind",),
    "coachen startende docenten": ("Coachen van startende leraren",),
    "dislexie": ("Dyslexie",),
    "dyslectische leerlingen": ("Dyslexie",),
    "programeren": ("Programmeren zonder",),
    "programmeerles": ("Programmeren zonder",),
    "WO2": ("De Tweede Wereldoorlog",),
    "tweede wereld oorlog": ("De Tweede Wereldoorlog",),
    "autistische leerling": ("Leerlingen met autisme",),
    "poezie": ("Poëzie in de bovenbouw",),
    "gedichten": ("Poëzie in de bovenbouw",),
    "scheikunde": ("Chemie van alledag",),
    "nep-nieuws": ("Nepnieuws herkennen",),
    "desinformatie": ("Nepnieuws herkennen",),
    "rouwverwerking": ("Rouw en verlies",),
    "pestgedrag": ("Pesten aanpakken",),
    "anti-pesten": ("Pesten aanpakken",),
    "pesterijen": ("Pesten aanpakken",),
    "oudergesprekken": ("Gesprekken met ouders",),
    "klassenmanagment": ("Orde zonder straf", "Starten met een moeilijke klas"),
    "differentieren": ("Differentiëren in één les",),
    "kansberekening": ("Kansrekening",),
    "franse gramatica": ("Franse uitspraak",),
    "elektriciteit": ("Elektriciteit begrijpen",),
    "evolutieleer": ("De evolutie van het leven",),
    "werkstress": ("Werkdruk de baas",),
    "burgerschapsvorming": ("Gesprekken over burgerschap",),
    "toetsontwerp": ("Toetsen maken die kloppen",),
    "buitenlessen": ("Buitenles in eigen wijk",),
    "verhaalsom": ("Verhaalsommen",),
    "spellingtraining": ("Spelling die beklijft",),
    "tekenles": ("Tekenen en kijken",),
    "kaartvaardigheden": ("Kaartvaardigheid",),
    "geschiedenisbronnen": ("Bronnen lezen",),
    "stemgebruik": ("Stem en houding",),
    "lessen ontwerpen": ("Samen lessen ontwerpen",),
    "praktijkonderzoek school": ("Onderzoek doen",),
}


MORE_QUESTIONS: dict[str, tuple[str, ...]] = {
    "verhaaltjessommen": ("Verhaalsommen",),
    "breukjes": ("Breuken",),
    "begrijpent lezen": ("Begrijpend lezen",),
    "leesbegrip": ("Begrijpend lezen",),
    "gedichtjes schrijven": ("Poëzie",),
    "schrijfopdrachtje": ("Schrijven in elke",),
    "speling verbeteren": ("Spelling",),
    "spellingsregels": ("Spelling",),
    "vaktaal mbo": ("Taal in de",),
    "engelse lessen jonge kind": ("Engels",),
    "duitse podcast": ("Duits",),
    "kansrekenen": ("Kansrekening",),
    "natuurkundeproefjes": ("Practica",),
    "electriciteit": ("Elektriciteit",),
    "chemieles": ("Chemie",),
    "evolutietheorie": ("De evolutie",),
    "buiten les geven": ("Buitenles",),
    "techniekonderwijs": ("Onderzoekend leren",),
    "WOII": ("De Tweede",),
    "klimaatverandering aardrijkskunde": ("Kaartvaardigheid",),
    "omgaan met geld": ("Geld",),
    "moeilijk gesprek burgerschap": ("Gesprekken over",),
    "muzieklessen so": ("Muziek maken",),
    "tekenlesje": ("Tekenen",),
    "bewegingslessen": ("Bewegen",),
    "programeerlessen basisonderwijs": ("Programmeren",),
    "fake news": ("Nepnieuws",),
    "orde houden": ("Orde zonder",),
    "drukke leerlingen": ("Omgaan met druk",),
    "kind met autisme": ("Leerlingen met autisme",),
    "dyslexi": ("Dyslexie",),
    "hoogbegaaft": ("Hoogbegaafde",),
    "rouwende leerlingen": ("Rouw",),
    "gepest worden": ("Pesten",),
    "oudergesprekjes": ("Gesprekken met ouders",),
    "feedback geven": ("Feedback",),
    "toetsvragen maken": ("Toetsen maken",),
    "differentiatie": ("Differentiëren",),
    "startersbegeleiding": ("Coachen",),
    "lesontwerp": ("Samen lessen",),
    "actieonderzoek": ("Onderzoek doen",),
    "stemcoaching": ("Stem en",),
    "werkdrukvermindering": ("Werkdruk",),
    "beginnende docent": ("Coachen",),
    "klassemanagement vo/mbo": ("Starten met een",),
    "franse klanken": ("Franse",),
    "wiskundig bewijs": ("Bewijzen",),
    "geschiedenisles bronnen": ("Bronnen lezen",),
    "spreekvaardigheid": ("Spreken durven",),
    "digitale geleterdheid": ("Programmeren", "Nepnieuws"),
    "economielessen sparen": ("Geld",),
    "vertellen over de oorlog": ("De Tweede",),
    "toets maken leerdoelen": ("Toetsen maken",),
    "lastige ouders": ("Gesprekken met ouders",),
    "jonge kinderen liedjes": ("Engels voor",),
}
"""Recall 0.86 and precision 0.83 at first sight, before any end took a compound apart."""
UNSEEN: dict[str, tuple[str, ...]] = {
    "rekensommen automatiseren": ("Automatiseren",),
    "sommetjes tot 100 groep 3": ("Automatiseren",),
    "verhoudingstabel": ("Breuken",),
    "procentjes": ("Breuken",),
    "beroepsgericht rekenen": ("Rekenen op de werkvloer",),
    "rekenopdracht mbo": ("Rekenen op de werkvloer",),
    "leesvaardigheid teksten": ("Begrijpend lezen",),
    "schrijfles": ("Schrijven in elke",),
    "spellen": ("Spelling",),
    "poezieles bovenbouw": ("Poëzie",),
    "nederlands op het mbo": ("Taal in de",),
    "spreken in de doeltaal": ("Spreken durven",),
    "engelstalige liedjes": ("Engels voor",),
    "frans uitspreken": ("Franse",),
    "kranten in de duitse les": ("Duits",),
    "kansen en simulaties": ("Kansrekening",),
    "wiskundedidactiek bewijs": ("Bewijzen",),
    "proeven natuurkunde": ("Practica",),
    "misvattingen stroom": ("Elektriciteit",),
    "scheikundelessen": ("Chemie",),
    "biologieles evolutie": ("De evolutie",),
    "buitenonderwijs": ("Buitenles",),
    "onderzoekend leeren": ("Onderzoekend leren",),
    "historische bronnen": ("Bronnen lezen",),
    "tweede wereldorlog": ("De Tweede",),
    "kaartlezen": ("Kaartvaardigheid",),
    "geldlessen": ("Geld",),
    "burgerschapsonderwijs": ("Gesprekken over",),
    "samen musiceren": ("Muziek maken",),
    "tekenonderwijs": ("Tekenen",),
    "bewegingsonderwijs so": ("Bewegen",),
    "programmeeronderwijs": ("Programmeren",),
    "nepniews": ("Nepnieuws",),
    "klassenmanagement straffen": ("Orde zonder",),
    "moeilijke klassen": ("Starten met",),
    "gedragsprobleem": ("Omgaan met druk",),
    "autismespectrum": ("Leerlingen met autisme",),
    "dyslectici": ("Dyslexie",),
    "hoogbegaafden": ("Hoogbegaafde",),
    "rouwverwerking kinderen": ("Rouw",),
    "pestprotocol": ("Pesten",),
    "gesprekstechniek ouders": ("Gesprekken met ouders",),
    "formatief toetsen feedback": ("Feedback",),
    "toetsconstructie": ("Toetsen maken",),
    "niveauverschillen differentieren": ("Differentiëren",),
    "coaching startende leerkrachten": ("Coachen",),
    "lesson study samen ontwerpen": ("Samen lessen",),
    "onderzoekje in school": ("Onderzoek doen",),
    "stemgebruik docenten": ("Stem en",),
    "werkdruk verlagen": ("Werkdruk",),
}
"""Written afterwards: 0.93 and 0.91 at first sight, before a known beginning was asked."""


def judge(library: Library, text: str, topics: tuple[str, ...]) -> tuple[float, float]:
    """Recall, and precision of the first ten."""
    wanted = {
        offer_id
        for title, ids in library.about.items()
        if title.startswith(topics)
        for offer_id in ids
    }
    assert wanted, topics
    found = library.found(text)
    first = found[:10]
    hits = len(wanted & set(first))
    return len(wanted & set(found)) / len(wanted), hits / min(10, len(wanted))


@pytest.mark.parametrize("questions", [QUESTIONS, MORE_QUESTIONS, UNSEEN])
def test_search_finds_what_teachers_mean(
    library: Library, questions: dict[str, tuple[str, ...]]
) -> None:
    judged = {text: judge(library, text, topics) for text, topics in questions.items()}
    weak = {text: each for text, each in judged.items() if min(each) < 0.8}
    assert len(judged) >= 40
    assert mean(recall for recall, _ in judged.values()) >= 0.9, weak
    assert mean(precision for _, precision in judged.values()) >= 0.85, weak

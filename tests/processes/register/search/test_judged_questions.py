"""Questions of teachers with the topics that are to be found: recall and precision of search."""

from statistics import mean

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


def test_search_finds_what_teachers_mean(library: Library) -> None:
    judged = {text: judge(library, text, topics) for text, topics in QUESTIONS.items()}
    weak = {text: each for text, each in judged.items() if min(each) < 0.8}
    assert len(judged) >= 40
    assert mean(recall for recall, _ in judged.values()) >= 0.9, weak
    assert mean(precision for _, precision in judged.values()) >= 0.85, weak

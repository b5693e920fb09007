"""Building blocks of the sample register: topics, sentences, names; all made up."""

import csv
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Topic:
    """What an activity is about, and what a teacher can do after it."""

    title: str
    subject: str
    areas: str  # separated by |, as in the export
    sectors: str
    skill: str


def _topics() -> tuple[Topic, ...]:
    with Path(__file__).with_name("topics.csv").open(encoding="utf-8", newline="") as file:
        return tuple(Topic(**line) for line in csv.DictReader(file, delimiter=";"))


TOPICS = _topics()

SUFFIXES = (
    "",
    " \u2013 verdieping",
    " voor startende leraren",
    " in de praktijk",
    " voor teams",
    " \u2013 terugkomdag",
    " stap voor stap",
)

EFFECTS = (
    "U merkt al na een week verschil in uw lessen.",
    "U kunt aan collega's uitleggen waarom het werkt.",
    "U maakt een plan voor uw eigen klas en voert het uit.",
    "U weet waar u op let en wat u laat rusten.",
    "U krijgt meer tijd voor leerlingen die u nodig hebben.",
)
OPENERS = (
    "Wij beginnen met wat u al doet en wat er lastig is.",
    "De eerste bijeenkomst gaat over wat er bekend is uit onderzoek.",
    "Vooraf krijgt u een korte vragenlijst over uw eigen lessen.",
    "U kijkt eerst naar filmpjes van lessen en bespreekt die in tweetallen.",
    "Een ervaren leraar doet een les voor, u bent de leerling.",
)
PRACTICES = (
    "Daarna oefent u met een les die u zelf meebrengt.",
    "Tussen de bijeenkomsten probeert u twee opdrachten uit in uw klas.",
    "In kleine groepen maakt u materiaal dat u de volgende dag kunt gebruiken.",
    "U bezoekt een collega en die bezoekt u.",
    "U werkt met voorbeelden uit po, vo en mbo.",
)
CLOSINGS = (
    "Aan het eind laat u zien wat u hebt gemaakt.",
    "Wij sluiten af met een gesprek over wat u volhoudt.",
    "Na zes weken is er een terugkommoment van een uur.",
    "U krijgt een map met lesideeën mee naar huis.",
    "Iedere deelnemer krijgt persoonlijk advies.",
)
TESTS = (
    "U schrijft een verslag van een les die u hebt gegeven.",
    "U maakt een toets van twintig vragen.",
    "U levert een lesplan in en licht het toe.",
)
SELF_STUDIES = (
    "U leest twee artikelen en bereidt een les voor.",
    "U werkt een opdracht uit in uw eigen klas.",
    "U bekijkt vier korte films en beantwoordt vragen.",
)
PLACES = (
    "Utrecht",
    "Zwolle",
    "Eindhoven",
    "Groningen",
    "Rotterdam",
    "Middelburg",
    "Arnhem",
    "'s-Hertogenbosch",
    "Alkmaar",
    "Assen",
    "Maastricht",
    "op uw school",
    "",
)
AUDIENCES = ("Leraren", "Leraren en onderwijsassistenten", "Teams", "Startende leraren", "")
COSTS = ("\u20ac 295", "\u20ac 450,- per deelnemer", "\u20ac 1.250", "gratis", "op aanvraag", "")
EVIDENCE = ("certificaat", "bewijs van deelname", "getuigschrift", "")

FIRST_NAMES = (
    "Wilgenhof",
    "Zuiderlicht",
    "De Kompas",
    "Rietland",
    "Boomgaard",
    "Noordster",
    "Kantel",
    "Meridiaan",
    "Het Krijtbord",
    "Veldwijk",
    "Lindehaag",
    "Vuurtoren",
    "Klimop",
    "De Brug",
    "Zeezicht",
)
LAST_NAMES = ("Academie", "Scholing", "Leerlab", "Nascholing")

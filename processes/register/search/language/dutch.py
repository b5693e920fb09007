"""Lists of Dutch words for search: stop words, exceptions to stemming, compounds, synonyms.

Raise `analyser.VERSION` when a list changes: the index is then made anew.
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


STOP_WORDS = _words(
    """
    de het een en of in op van voor met te aan bij uit om over als is zijn dat die dit deze u
    uw wij ik je mijn er naar tot door ook dan niet hoe wat wie waar hun ze zij we na per
    tegen onder tussen
    """
)

# What the stemmer gets wrong and teachers type: the beginning of a word, and its key.
BEGINNINGS = {
    **dict.fromkeys(
        _words(
            """
    reken teken oefen begeleid differenti gedrag gesprek leerling evolutie herken kaart start
    """
        ),
        "",
    ),
    "programmeer": "programmer",
    "programmer": "programmer",
    "hoogbegaaf": "hoogbegaafd",
    "dyslec": "dyslexie",
    "dyslex": "dyslexie",
    "dyscalcul": "dyscalculie",
    "autis": "autisme",
    "didacti": "didactiek",
    "pedagog": "pedagogiek",
    "practic": "practicum",
    "elektri": "elektrisch",
    "econom": "economie",
    "muzika": "muziek",
    "chemi": "chemie",
    "techni": "techniek",
    "grammati": "grammatica",
    "filosof": "filosoof",
    "financ": "financieel",
}

# The same for whole words: the key, and the words that have it.
EXCEPTIONS = {
    word: key
    for key, words in {
        "toets": "toets toetst toetsen toetsing getoetst",
        "kind": "kinderen kinders",
        "pest": "pest gepest pester pesterijen pesten",
        "spreek": "sprak spraken gesproken",
        "leidinggeven": "leidinggevenden",
        "gedicht": "gedicht gedichten",
        "geld": "geld",
        "ict": "ict",
        "foto": "foto fotos",
        "beweeg": "bewogen",
        "kans": "kans kansen",
        "dag": "dag dagen",
        "gezond": "gezond",
        "lees": "las lazen gelezen",
        "schrijf": "schreef schreven geschreven",
        "reken": "gerekend",
        "teken": "getekend",
        "onderzoek": "onderzocht onderzochte",
        "denk": "dacht gedacht",
        "geef": "gaf gegeven",
        "zing": "zong zongen gezongen",
        "help": "hielp geholpen",
        "method": "methoden",
    }.items()
    for word in words.split()
}

# Compounds: what stands in front, and what ends them. A fixed list, so that an index that is made
# anew comes out the same. Before a long end anything may stand but a prefix.
PREFIXES = _words("voor onder over door achter tegen tussen samen terug binnen boven zelf")
FRONTS = _words(
    """
    muziek reken taal lees spelling schrijf teken gym sport kleuter school klas klassen groep
    groeps leraar leraren leraars leerling leerlingen ouder team teams toets les lessen examen
    vak beroeps natuur kunst drama theater digi media cultuur gedrag gedrags pest anti basis
    buiten zorg burgerschap burgerschaps loopbaan studie stage mentor coach feedback kans
    kansen evolutie verhaal klimaat kaart engels frans duits wiskunde nederlands oudergesprek
    breuk breuken hoog passend klasse bewegings wereld onderwijs woordenschat uitspraak
    grammatica werk stem rouw praktijk kind kinder gespreks speciaal thema project onderzoeks
    nep nieuws talen ict computer programmeer elektriciteits scheikunde biologie geschiedenis
    bron bronnen orde verlies techniek chemie natuurkunde aardrijkskunde economie filosofie
    spreek luister denk schrijf starters begrijpend
    """
)
TAILS = _words(
    """
    les lessen onderwijs school scholen toets toetsen gesprek gesprekken didactiek management
    training trainingen cursus cursussen dag dagen opdracht opdrachten groep groepen klas
    klassen druk probleem problemen methode methoden methodes materiaal leraar leraren docent
    docenten begeleiding coach coaching ontwikkeling ontwikkelingen som sommen rekening beleid
    vaardigheid vaardigheden werk leer kunde nieuws praktijk taal ontwerp ontwerpen begaafd
    begaafden begaafdheid verwerking onderzoek onderzoeken geletterdheid avond vorming lezen
    schrijven rekenen spelling plan plannen oorlog lokaal leerling leerlingen lijn gedicht
    """
)

# Synonyms: each word of a line is found by every other one; the first stands for all.
SYNONYMS = (
    "leraar docent leerkracht onderwijzer juf meester",
    "scheikunde chemie",
    "gym bewegingsonderwijs gymnastiek lichamelijk",
    "po basisonderwijs basisschool primair lagere",
    "vo voortgezet middelbare",
    "so speciaal vso sbo",
    "mbo roc",
    "burgerschap burgerschapsvorming",
    "poezie gedicht dichten",
    "nepnieuws desinformatie misinformatie fakenews",
    "wo2 woii tweedewereldoorlog",
    "begaafd hoogbegaafd",
    "ouder ouders verzorger",
    "start begin beginnend",
    "digitaal digitale ict",
    "online webinar elearning afstand",
    "werkdruk werkstress timemanagement",
    "verhaalsom redactiesom",
    "geld financieel",
    "autisme ass",
    "pest pesten",
    "toets toetsing examen",
    "rouw rouwverwerking verdriet",
)

# Words that together are one other word.
PHRASES = (
    ("tweede wereldoorlog", "wo2"),
    ("2e wereldoorlog", "wo2"),
    ("wo 2", "wo2"),
    ("wo ii", "wo2"),
    ("fake news", "fakenews"),
    ("nep nieuws", "nepnieuws"),
    ("speciaal onderwijs", "so"),
    ("voortgezet onderwijs", "vo"),
    ("primair onderwijs", "po"),
    ("middelbaar beroepsonderwijs", "mbo"),
    ("middelbare school", "vo"),
    ("op afstand", "online"),
    ("e learning", "elearning"),
    ("klasse management", "klassenmanagement"),
    ("den bosch", "shertogenbosch"),
    ("lichamelijke opvoeding", "gym"),
    ("time management", "timemanagement"),
)

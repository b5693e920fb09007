"""The example set of quality requirements; a process owner replaces it."""

from typing import Any

EXAMPLE: tuple[dict[str, Any], ...] = (
    {
        "number": 1,
        "title": "Ons aanbod past bij wat een leraar moet kennen en kunnen",
        "explanation": (
            "Uw activiteiten helpen leraren om beter te worden in hun vak. Zij sluiten aan bij de "
            "bekwaamheidseisen voor leraren: het vak zelf, lesgeven en omgaan met leerlingen."
        ),
        "advice": (
            "Bekijk per activiteit bij welke bekwaamheid zij hoort. Past een activiteit nergens "
            "bij? Zet die dan niet in de catalogus."
        ),
    },
    {
        "number": 2,
        "title": "Onze trainers hebben minimaal een hbo-opleiding of werken op dat niveau",
        "explanation": (
            "Iedereen die bij u lesgeeft of begeleidt, heeft een diploma op hbo-niveau of hoger. "
            "Of kan laten zien dat hij of zij op dat niveau werkt."
        ),
        "advice": (
            "Ga na welke trainers geen diploma op dit niveau hebben. Spreek met hen af hoe zij "
            "laten zien dat zij op hbo-niveau werken."
        ),
    },
    {
        "number": 3,
        "title": "Wij bewaken de kwaliteit van ons aanbod",
        "explanation": (
            "U heeft afspraken over hoe u activiteiten maakt en bijhoudt. U vraagt deelnemers na "
            "afloop wat zij ervan vonden. Met de uitkomst verbetert u uw aanbod en uw trainers."
        ),
        "advice": (
            "Schrijf op hoe u een activiteit maakt, bijhoudt en evalueert. Een kort document is "
            "genoeg, als u er ook naar werkt."
        ),
    },
    {
        "number": 4,
        "title": "Wij hebben een klachtenregeling",
        "explanation": (
            "Deelnemers kunnen een klacht indienen en weten hoe dat gaat. De regeling staat op uw "
            "website. Vul hieronder het webadres in."
        ),
        "advice": (
            "Maak een klachtenregeling en zet die op uw website. Schrijf erin bij wie iemand een "
            "klacht indient, wat er daarna gebeurt en hoe lang dat duurt."
        ),
        "asks_url": True,
    },
)

"""The bodies of the e-mails to a suspended provider about its objection."""

OBJECTED = """\
# Wij hebben uw bezwaar

Beste {naam},

Wij hebben het bezwaar van {aanbieder} (KvK {kvk}, kenmerk {kenmerk}) tegen de schorsing. Iemand \
die niet over de schorsing besliste, kijkt ernaar. U krijgt daarna een besluit. Intussen blijft de \
schorsing gelden.

## Uw bezwaar

{bezwaar}
"""

REJECTED = """\
# De schorsing blijft gelden

Beste {naam},

Wij hebben het bezwaar van {aanbieder} (KvK {kvk}, kenmerk {kenmerk}) bekeken. Uw bezwaar is niet \
gegrond: de schorsing blijft gelden.

## Waarom

{reden}

## Bent u het er niet mee eens?

U kunt binnen zes weken naar de rechter. Meer leest u op {website}/bezwaar
"""

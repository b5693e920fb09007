#!/bin/sh
# snowballstemmer 3.1.1 gives Dutch plurals other stems than their singulars, and nouns than their verbs.

# Its "dutch" is the stemmer of Kraaij and Pohlmann since 3.0 (before it was Porter's, "dutch_porter").
# Seen: kind and kinderen, methode and methoden, idee and ideeën, museum and musea have two stems. Nouns on
# -atie get -eer and their verbs -er: evaluatie is evalueer, evalueren evaluer, and relatie is releer.

# What Loket does: stems are looked at again, with a tested list of exceptions and families of words
# (processes/register/search/analyser.py).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check snowballstemmer==3.1.1
cat >show.py <<'PYTHON'
import snowballstemmer

GROUPS = ("cursus cursussen", "kind kinderen", "methode methoden", "idee ideeën", "museum musea", "relatie relateren",
          "evaluatie evalueren")
for name in ("dutch", "dutch_porter"):
    stem = snowballstemmer.stemmer(name).stemWord
    print(name, "; ".join(" ".join(f"{word}:{stem(word)}" for word in group.split()) for group in GROUPS))
PYTHON
cat >expected <<'TEXT'
dutch cursus:cursus cursussen:cursus; kind:kind kinderen:kinder; methode:methode methoden:methood; idee:idee ideeën:ideeën; museum:museum musea:musea; relatie:releer relateren:relater; evaluatie:evalueer evalueren:evaluer
dutch_porter cursus:cursus cursussen:cursuss; kind:kind kinderen:kinder; methode:method methoden:method; idee:idee ideeën:ideeen; museum:museum musea:musea; relatie:relatie relateren:relater; evaluatie:evaluatie evalueren:evaluer
TEXT
venv/bin/python show.py | tee seen
diff expected seen

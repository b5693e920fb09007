#!/bin/sh
# pysaml2 7.5.5 writes the index of an artifact as text, where SAML has a number of two bytes.

# An artifact of type 4 begins with its type and the index of the service that resolves it, two bytes each
# (SAML 2.0 Bindings §3.6.4). `create_artifact` writes the index in hexadecimal as ASCII: 0 becomes the
# bytes 0x30 0x30, which is the number 12336, and 3 becomes 12339. Whoever reads the number finds no
# such service in the metadata.

# What Loket does: it reads the number as SAML has it, and refuses an index that the metadata of the broker
# does not name (app/auth/saml/artifact.py); the artifacts of its simulator are those of SAML.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pysaml2==7.5.5
cat >show.py <<'PYTHON'
from base64 import b64decode

from saml2.entity import create_artifact

for index in (0, 3):
    artifact = b64decode(create_artifact("https://broker.example", b"h" * 20, index))
    print(f"index {index}: {len(artifact)} bytes, read as {int.from_bytes(artifact[2:4], 'big')}")
PYTHON
cat >expected <<'TEXT'
index 0: 44 bytes, read as 12336
index 3: 44 bytes, read as 12339
TEXT
venv/bin/python show.py | tee seen
diff expected seen

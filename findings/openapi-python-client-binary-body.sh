#!/bin/sh
# openapi-python-client 0.29.1 leaves out an operation whose body is described as OpenAPI 3.1 says for a file.

# "Considerations for File Uploads" of OpenAPI 3.1.0: content that is sent as it is needs no schema,
# `application/octet-stream: {}` is all. The generator says "Missing schema" and makes a client without that
# operation, and exits with 0. With `type: string, format: binary`, the way of OpenAPI 3.0, it is made, and
# takes a file; with `contentMediaType`, the other way of 3.1, it is made, and takes a `str` of which it sends
# the `payload`, which a `str` has not.

# What Loket does: the body of POST /bestanden has that older schema (app/api/openapi.py).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check openapi-python-client==0.29.1
cat >describe.py <<'PYTHON'
import json

BODIES = {
    "empty": {},
    "binary": {"schema": {"type": "string", "format": "binary"}},
    "media": {"schema": {"type": "string", "contentMediaType": "application/octet-stream"}},
}
for name, body in BODIES.items():
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Files", "version": "1"},
        "paths": {
            "/files": {
                "post": {
                    "operationId": "sendFile",
                    "tags": ["files"],
                    "requestBody": {"content": {"application/octet-stream": body}},
                    "responses": {"204": {"description": "kept"}},
                }
            }
        },
    }
    with open(f"{name}.json", "w") as file:
        json.dump(document, file)
PYTHON
venv/bin/python describe.py
for body in empty binary media; do
  venv/bin/openapi-python-client generate --path "$body.json" --output-path "$body" >"$body.log" 2>&1
  made=$body/files_client/api/files/send_file.py
  if [ -e "$made" ]; then
    echo "$body: $(grep -m1 -o 'body: [A-Za-z]*' "$made"), $(grep -m1 -o 'body.payload' "$made")"
  else
    echo "$body: $(grep -o 'Endpoint will not be generated' "$body.log"), $(grep -o 'Missing schema' "$body.log")"
  fi
done | tee seen
cat >expected <<'TEXT'
empty: Endpoint will not be generated, Missing schema
binary: body: File, body.payload
media: body: str, body.payload
TEXT
diff expected seen

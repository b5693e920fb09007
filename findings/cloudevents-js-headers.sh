#!/bin/sh
# cloudevents 10.0.0 (JavaScript) neither writes nor reads the percent-encoding of CloudEvents' HTTP headers, so
# that what cloudevents 2.2.0 (Python) sends it comes out otherwise; and it reads a content type by its letters.

# The HTTP binding of CloudEvents 1.0 (3.1.3.2) has values in headers percent-encoded: spaces, quotation marks,
# percent signs, everything outside ASCII. The Python package does so both ways. The JavaScript package puts the value
# in the header as it is: an "é" goes as Latin-1, with a "€" the header is refused by fetch, and a literal "%25"
# is "%" for whoever reads by the rules. What it gets it does not decode: the subject of an event from Python,
# "Café 50%", is "Caf%C3%A9%2050%25" there.
# In structured mode, nothing of which is in headers, it knows a content type by exact text: "charset=UTF-8" in
# place of "charset=utf-8", or quotation marks around it, is an "invalid content type", though both are the same by
# RFC 9110 (8.3.1, 8.3.2); with a capital in the type itself "no cloud event" is detected.

# What Loket does: it sends the structured mode, with the type and charset in small letters without quotation marks
# (docs/adr/0014-webhooks.md; a test holds the very text).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check cloudevents==2.2.0
npm install --silent --no-audit --no-fund --prefix . cloudevents@10.0.0
cat >write.py <<'PYTHON'
import json
from pathlib import Path

from cloudevents.core.bindings import http
from cloudevents.core.v1.event import CloudEvent

attributes = {"id": "1", "source": "urn:example", "type": "nl.example.published", "subject": "Café 50%"}
message = http.to_binary_event(CloudEvent(attributes=attributes, data={"a": 1}))
print("Python sends:", message.headers["ce-subject"])
Path("sent.json").write_text(json.dumps({"headers": message.headers, "body": message.body.decode()}))
PYTHON
cat >both.mjs <<'JAVASCRIPT'
import { readFileSync, writeFileSync } from 'node:fs';
import { CloudEvent, HTTP } from 'cloudevents';

const event = (subject) => new CloudEvent({ id: '1', source: 'urn:example', type: 'nl.example.published', subject, data: { a: 1 } });
console.log('JavaScript reads:', HTTP.toEvent(JSON.parse(readFileSync('sent.json', 'utf8'))).subject);
const { headers, body } = HTTP.binary(event('Als 50%25'));
console.log('JavaScript sends:', headers['ce-subject']);
writeFileSync('sent.json', JSON.stringify({ headers, body }));
try {
  new Headers(HTTP.binary(event('€ 50')).headers);
} catch (error) {
  console.log('fetch, "€ 50":', error.name);
}
const structured = JSON.stringify({ specversion: '1.0', id: '1', source: 'urn:example', type: 'nl.example.published', data: { a: 1 } });
for (const type of ['application/cloudevents+json; charset=utf-8', 'application/cloudevents+json; charset=UTF-8', 'application/cloudevents+json; charset="utf-8"', 'Application/CloudEvents+JSON']) {
  try {
    console.log(type, '=>', HTTP.toEvent({ headers: { 'content-type': type }, body: structured }).data.a);
  } catch (error) {
    console.log(type, '=>', error.message.split(' ').slice(0, 3).join(' '));
  }
}
JAVASCRIPT
cat >read.py <<'PYTHON'
import json
from pathlib import Path

from cloudevents.core.bindings import http

sent = json.loads(Path("sent.json").read_text())
print("Python reads:", http.from_http_event(http.HTTPMessage(sent["headers"], sent["body"].encode())).get_subject())
PYTHON
cat >expected <<'TEXT'
Python sends: Caf%C3%A9%2050%25
JavaScript reads: Caf%C3%A9%2050%25
JavaScript sends: Als 50%25
fetch, "€ 50": TypeError
application/cloudevents+json; charset=utf-8 => 1
application/cloudevents+json; charset=UTF-8 => invalid content type
application/cloudevents+json; charset="utf-8" => invalid content type
Application/CloudEvents+JSON => no cloud event
Python reads: Als 50%
TEXT
{ venv/bin/python write.py; node both.mjs; venv/bin/python read.py; } | tee seen
diff expected seen

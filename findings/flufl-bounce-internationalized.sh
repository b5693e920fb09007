#!/bin/sh
# flufl.bounce 6.0.0 finds nothing in a bounce for an internationalized address (RFC 6533).

# RFC 6533 gives such a report the type message/global-delivery-status, with `Final-Recipient: utf-8;`.
# Seen: the same report as message/delivery-status gives the address, as message/global-delivery-status
# an empty result: neither temporary nor permanent, as for a message that is no bounce.

# What Loket does: its own reader of RFC 3464 takes both types, and asks flufl.bounce only for forms that
# it does not know itself (workers/clients/bounces.py).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check flufl.bounce==6.0.0
cat >show.py <<'PYTHON'
from email import message_from_string

from flufl.bounce import all_failures

REPORT = """From: MAILER-DAEMON@mx.example
To: register@example.org
Subject: Undelivered
MIME-Version: 1.0
Content-Type: multipart/report; report-type={kind}; boundary="b"

--b
Content-Type: text/plain

It could not be delivered.
--b
Content-Type: message/{kind}

Reporting-MTA: dns; mx.example

Final-Recipient: {recipient}
Action: failed
Status: 5.1.1

--b--
"""
for kind, recipient in (
    ("delivery-status", "rfc822; anna@school.example"),
    ("global-delivery-status", "utf-8; anna@school.example"),
):
    temporary, permanent = all_failures(message_from_string(REPORT.format(kind=kind, recipient=recipient)))
    print(kind, sorted(temporary), sorted(permanent))
PYTHON
cat >expected <<'TEXT'
delivery-status [] [b'anna@school.example']
global-delivery-status [] []
TEXT
venv/bin/python show.py | tee seen
diff expected seen

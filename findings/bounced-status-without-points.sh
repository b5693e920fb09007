#!/bin/sh
# bounced 0.3.0 takes the points out of the status of a mail that came back, or gives the code of SMTP instead.

# RFC 3463 (2): a status is three numbers with points between them, the last two of up to three digits each:
# 5.1.10 says that a domain takes no mail at all (RFC 7505), 5.7.26 that a mail was not authenticated (RFC 7372).
# Seen: they become 5110 and 5726, which could be 5.11.0 and 5.72.6 as well; where the report also has what the
# other server said, the status is the code of three digits before it, and the numbers stand in the text.

# What Loket does: status and answer are kept as they stand, and shown so (workers/clients/bounces.py; a test).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check bounced==0.3.0
cat >show.py <<'PYTHON'
from email import message_from_string

from bounced import get_bounces

REPORT = """From: MAILER-DAEMON@mail.example.nl
To: loket@register.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

Your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.nl

Final-Recipient: rfc822; j.devries@school.example
Action: failed
{fields}

--b--
"""
for fields in (
    "Status: 5.1.10",
    "Status: 5.7.26",
    "Status: 5.7.26\nDiagnostic-Code: smtp; 550 5.7.26 not authenticated",
):
    (bounce,) = get_bounces(message_from_string(REPORT.format(fields=fields)))
    print(fields.replace("\n", ", "), "->", bounce.status, repr(bounce.msg))
PYTHON
cat >expected <<'TEXT'
Status: 5.1.10 -> 5110 ''
Status: 5.7.26 -> 5726 ''
Status: 5.7.26, Diagnostic-Code: smtp; 550 5.7.26 not authenticated -> 550 '5.7.26 not authenticated'
TEXT
venv/bin/python show.py | tee seen
diff expected seen

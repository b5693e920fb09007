"""What mail servers write about mail that they could not deliver."""

import base64
import quopri

REPORT = """From: MAILER-DAEMON@mx.example
To: noreply@loket.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

Your mail could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; anna@leerkring.test
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 <anna@leerkring.test>:
    user unknown

--b
Content-Type: {kind}

Message-ID: {message_id}
From: noreply@loket.example
Subject: Bevestiging

--b--
"""


def a_report(**changes: str) -> bytes:
    facts = {
        "action": "failed",
        "status": "5.1.1",
        "kind": "text/rfc822-headers",
        "message_id": "<een@loket.example>",
    }
    return REPORT.format(**facts | changes).encode()


QMAIL = """Return-Path: <>
From: MAILER-DAEMON@mx.example
To: noreply@loket.example
Subject: failure notice

Hi. This is the qmail-send program at mx.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<anna@leerkring.test>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Return-Path: <noreply@loket.example>
Message-ID: <een@loket.example>
Subject: Bevestiging

Beste Anna,
"""

EXIM = """X-Failed-Recipients: anna@leerkring.test
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@mx.example>
To: noreply@loket.example
References: <een@loket.example>
Subject: Mail delivery failed: returning message to sender

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  anna@leerkring.test
    SMTP error from remote mail server after RCPT TO:<anna@leerkring.test>:
    550 5.1.1 no such user
"""

EXCHANGE = """From: System Administrator <postmaster@mx.example>
To: noreply@loket.example
Subject: Undeliverable: Bevestiging
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="b"

--b
Content-Type: text/plain

Your message did not reach the following recipient(s):

anna@leerkring.test on Wed, 1 Jul 2026 12:00:00 +0200
    The recipient name is not recognized
    MSEXCH:IMS:Scholing:MX:MX1 0 (000C05A6) Unknown Recipient

--b
Content-Type: message/rfc822

Message-ID: <een@loket.example>
Subject: Bevestiging

Beste Anna,

--b--
"""

QMAIL_DELAY = """From: MAILER-DAEMON@mx.example
To: noreply@loket.example
Subject: warning
References: <een@loket.example>

Delivery to the following recipient has been delayed:

     anna@leerkring.test

Message will be retried for 2 more day(s)
"""

GLOBAL = """From: MAILER-DAEMON@mx.example
To: noreply@loket.example
MIME-Version: 1.0
Content-Type: multipart/report; report-type=global-delivery-status; boundary="b"

--b
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Het adres zoë@leerkring.test bestaat niet.

--b
Content-Type: message/global-delivery-status
Content-Transfer-Encoding: {encoding}

{status}
--b
Content-Type: {kind}
Content-Transfer-Encoding: {encoding}

{returned}
--b--
"""

GLOBAL_STATUS = """Reporting-MTA: dns; mx.example

Final-Recipient: utf-8; zoë@leerkring.test
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <zoë@leerkring.test> onbekend
"""

RETURNED = "Message-ID: <een@loket.example>\nTo: zoë@leerkring.test\n"


def encoded(text: str, encoding: str) -> str:
    """A text as it stands in a part with this transfer encoding."""
    if encoding == "base64":
        return base64.encodebytes(text.encode()).decode()
    if encoding == "quoted-printable":
        return quopri.encodestring(text.encode()).decode()
    return text


def a_global_report(kind: str, encoding: str) -> bytes:
    """A report about an address that is not ASCII: RFC 6533."""
    status, returned = encoded(GLOBAL_STATUS, encoding), encoded(RETURNED, encoding)
    text = GLOBAL.format(kind=kind, encoding=encoding, status=status, returned=returned)
    return text.encode()


def with_encoded_text(report: str, encoding: str) -> bytes:
    """A report of one part, its text with this transfer encoding."""
    head, _, body = report.partition("\n\n")
    head += "\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8"
    head += f"\nContent-Transfer-Encoding: {encoding}"
    return f"{head}\n\n{encoded(body, encoding)}".encode()

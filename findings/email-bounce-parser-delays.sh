#!/bin/sh
# email-bounce-parser 1.0.22: a mail that is late, and one that arrived, are bounces; two reasons are mixed.

# RFC 3464 (2.3.3) tells failed, delayed and delivered apart, and gives each recipient fields of its own.
# Seen, with the texts that Postfix writes: the warning that a mail is late and the notice that it was
# delivered (status 2.0.0) both are `bounce: true`, as is any other text; of two recipients the first is told
# with the code of its own error and the kind of the second's.

# What Loket does: only a recipient whose action is "failed" counts, each with its own status, and text alone
# is read only where its kind is known (processes/casework/mail; tests/workers/clients/test_bounces.py).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund email-bounce-parser@1.0.22
cat >show.cjs <<'JAVASCRIPT'
const Parser = require("email-bounce-parser");

const sender = "This is the mail system at host mail.example.nl.";
const signature = "                   The mail system";
const texts = {
  late: `${sender}

Your message could not be delivered for more than 4 hour(s).
It will be retried until it is 5 day(s) old.

${signature}

<j.devries@school.example>: connect to mx.school.example[192.0.2.7]:25: Connection timed out
`,
  delivered: `${sender}

Your message was successfully delivered to the destination(s) listed below.

${signature}

<j.devries@school.example>: delivery via mx.school.example[192.0.2.7]:25: 250 2.0.0 Ok: queued as 4F1
`,
  "two failed": `${sender}

Your message could not be delivered to one or more recipients.

${signature}

<j.devries@school.example>: host mx.school.example[192.0.2.7] said: 550 5.1.1
    <j.devries@school.example>: User unknown (in reply to RCPT TO command)

<p.jansen@school.example>: host mx.school.example[192.0.2.7] said: 552 5.2.2
    <p.jansen@school.example>: Mailbox full (in reply to RCPT TO command)
`,
};
for (const [name, text] of Object.entries(texts)) {
  const { bounce, data } = new Parser().read(text);
  const { code, data: kind } = data.error;
  const found = [`bounce ${bounce}`, data.recipient, code.enhanced, kind.type];
  process.stdout.write(`${name}: ${found.join(", ")}\n`);
}
JAVASCRIPT
cat >expected <<'TEXT'
late: bounce true, j.devries@school.example, , server_timeout
delivered: bounce true, j.devries@school.example, 2.0.0, 
two failed: bounce true, j.devries@school.example, 5.1.1, mailbox_full
TEXT
node show.cjs | tee seen
diff expected seen

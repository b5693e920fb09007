#!/bin/sh
# standardwebhooks 1.1.0 signs a moment in another time zone as if it were in UTC.

# `sign` takes a datetime and replaces its time zone by UTC instead of converting it, so the signature of
# 12:00+01:00 is that of 12:00+00:00, an hour later. Whoever sends the header `webhook-timestamp` from
# the same moment sends a signature that nobody can verify, its own `verify` neither.

# What Loket does: its own signing takes the seconds since 1970 of the moment (processes/webhooks/keys.py);
# this library verifies it in the tests.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check standardwebhooks==1.1.0
cat >show.py <<'PYTHON'
from datetime import datetime, timedelta, timezone

from standardwebhooks import Webhook, WebhookVerificationError

secret = Webhook("whsec_" + "c2VjcmV0LWZvci1hLWZpbmRpbmctb25seQ==")
for hours in (0, 1):
    moment = datetime.now(timezone(timedelta(hours=hours)))
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": secret.sign("msg_1", moment, "{}"),
    }
    try:
        secret.verify("{}", headers)
        print(f"UTC+{hours}: verified")
    except WebhookVerificationError as error:
        print(f"UTC+{hours}: {error}")
PYTHON
cat >expected <<'TEXT'
UTC+0: verified
UTC+1: No matching signature found
TEXT
venv/bin/python show.py | tee seen
diff expected seen

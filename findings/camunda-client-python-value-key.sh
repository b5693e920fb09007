#!/bin/sh
# camunda-external-task-client-python3 4.5.0 (and its fork for Operaton): an object with a key `value` is sent as a
# variable with its type, so that of {"value": 450} the number alone is sent.

# Camunda 7 sends each variable as an object of value, type and valueInfo. The client makes one of what a worker
# returns, except where that is an object with a key `value` already: it cannot tell a price of a worker from such a
# variable. Seen: of {"value": 450} the case gets 450; {"value": 450, "currency": "EUR"} goes out with a key that the
# protocol does not have. Wrapped once more both are what they are.

# What Loket does: a key that the protocol does not have is refused with its place, never dropped
# (tests/app/api/external/test_camunda_client.py), and docs/workers.md says to wrap such objects.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check camunda-external-task-client-python3==4.5.0 pydantic==2.14.4 \
  operaton-external-task-client-python3==1.0.4
cat >show.py <<'PYTHON'
import json

from camunda.variables.variables import Variables
from operaton.variables.variables import Variables as OfOperaton

PRICES = {"price": {"value": 450, "currency": "EUR"}, "fee": {"value": 450}, "hours": {"contact": 12}}
for client in (Variables, OfOperaton):
    print(json.dumps(client.format(PRICES)))
    print(json.dumps(client.format({name: {"value": price} for name, price in PRICES.items()})))
PYTHON
cat >expected <<'TEXT'
{"price": {"value": 450, "currency": "EUR"}, "fee": {"value": 450}, "hours": {"value": {"contact": 12}}}
{"price": {"value": {"value": 450, "currency": "EUR"}}, "fee": {"value": {"value": 450}}, "hours": {"value": {"contact": 12}}}
{"price": {"value": 450, "currency": "EUR"}, "fee": {"value": 450}, "hours": {"value": {"contact": 12}}}
{"price": {"value": {"value": 450, "currency": "EUR"}}, "fee": {"value": {"value": 450}}, "hours": {"value": {"contact": 12}}}
TEXT
venv/bin/python show.py 2>/dev/null | tee seen
diff expected seen

#!/bin/sh
# camunda-external-task-client-python3 4.5.0: the retries that a worker asks for count in its first failure only.

# Seen: where the task says how many retries it has, `failure(max_retries=…)` reports one less than that,
# whatever the worker asks: a job that must not be tried again (0) is, and with 10 it is not tried ten times.
# Where the task says 0, which is how an operator has it tried once more, the worker's number counts again.

# What Loket does: it sends what is reported, as the protocol says; docs/workers.md tells who writes a worker
# to end such a job with a BPMN error, or to draw the number in the diagram.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check camunda-external-task-client-python3==4.5.0 \
  pydantic==2.14.4
cat >show.py <<'PYTHON'
from camunda.external_task.external_task import ExternalTask

for known in (None, 3, 1, 0):
    for asked in (0, 10):
        task = ExternalTask({"id": "t", "retries": known})
        result = task.failure("busy", "", max_retries=asked, retry_timeout=60_000)
        print(f"the task has {known}, the worker asks {asked}: {result.retries}")
PYTHON
cat >expected <<'TEXT'
the task has None, the worker asks 0: 0
the task has None, the worker asks 10: 10
the task has 3, the worker asks 0: 2
the task has 3, the worker asks 10: 2
the task has 1, the worker asks 0: 0
the task has 1, the worker asks 10: 0
the task has 0, the worker asks 0: 0
the task has 0, the worker asks 10: 10
TEXT
venv/bin/python show.py | tee seen
diff expected seen

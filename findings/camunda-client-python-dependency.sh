#!/bin/sh
# camunda-external-task-client-python3 4.5.0: it declares requests alone and imports pydantic.

# Seen: installed by itself it cannot be imported. With pydantic 2 it can, through the older names that
# pydantic keeps, and says that they will go. After any error, and after a fetch without tasks, its worker
# waits 300 seconds unless `sleepSeconds` says otherwise.

# What Loket does: docs/workers.md installs both and sets `sleepSeconds`.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check camunda-external-task-client-python3==4.5.0
cat >show.py <<'PYTHON'
try:
    from camunda.external_task.external_task_worker import ExternalTaskWorker

    print("waits", ExternalTaskWorker.DEFAULT_SLEEP_SECONDS, "seconds")
except ImportError as error:
    print(error)
PYTHON
cat >expected <<'TEXT'
No module named 'pydantic'
waits 300 seconds
TEXT
venv/bin/python show.py | tee seen
venv/bin/pip install --quiet --disable-pip-version-check pydantic==2.14.4
venv/bin/python -W ignore show.py | tee -a seen
diff expected seen

#!/bin/sh
# Celery 5.7.0 loads prompt_toolkit, which is for its interactive shell, in each worker begun by `worker_main`.

# Seen: `worker_main` runs Celery's command line, which imports the module of all its commands and with it
# click-repl and prompt_toolkit; begun by `Worker`, which worker_main itself ends in, none of it is loaded.

# What Loket does: its workers are begun by `celery.Worker` (workers/start.py).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check celery==5.7.0 click-repl==0.4.1 prompt-toolkit==3.0.53
cat >show.py <<'PYTHON'
import sys

from celery import Celery

SHELL = ("click_repl", "prompt_toolkit")
app = Celery(broker="memory://", set_as_current=True)


def tell(how):
    print(how, [name for name in SHELL if name in sys.modules])


app.Worker(pool="solo")
tell("Worker:")
try:
    app.worker_main(["worker", "--help"])
except SystemExit:
    pass
tell("worker_main:")
PYTHON
cat >expected <<'TEXT'
Worker: []
worker_main: ['click_repl', 'prompt_toolkit']
TEXT
venv/bin/python show.py | grep "^[Ww]orker.*: \[" | tee seen
diff expected seen

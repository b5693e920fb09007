#!/bin/sh
# aiosmtpd 1.4.6: a Controller whose port is busy says so when its whole ready_timeout has passed.

# Seen: the thread of the server ends at once with OSError, which start() raises after it has waited for as
# long as it may. Who gives a slow machine a long time waits that long for a busy port or a host of somebody else.

# What Loket does: the mail sink of the demonstration listens by the event loop itself, in a thread of its own, which
# raises at once (app/demo/mailbox.py; tests/demo/test_mailbox.py).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check aiosmtpd==1.4.6
cat >show.py <<'PYTHON'
import asyncio
import socket
import time

from aiosmtpd.controller import Controller, UnthreadedController
from aiosmtpd.handlers import Sink

taken = socket.create_server(("127.0.0.1", 0))
port = taken.getsockname()[1]
for patience in (1.0, 3.0):
    controller = Controller(Sink(), hostname="127.0.0.1", port=port, ready_timeout=patience)
    began = time.monotonic()
    try:
        controller.start()
    except OSError:
        waited = time.monotonic() - began >= patience
        print(f"Controller, ready_timeout {patience}: OSError after the whole of it: {waited}")
began = time.monotonic()
try:
    UnthreadedController(
        Sink(), hostname="127.0.0.1", port=port, loop=asyncio.new_event_loop()
    ).begin()
except OSError:
    print(f"UnthreadedController: OSError at once: {time.monotonic() - began < 1.0}")
PYTHON
cat >expected <<'TEXT'
Controller, ready_timeout 1.0: OSError after the whole of it: True
Controller, ready_timeout 3.0: OSError after the whole of it: True
UnthreadedController: OSError at once: True
TEXT
env/bin/python show.py | tee seen
diff expected seen

#!/bin/sh
# fastbpmn 0.5.0: a worker for external tasks of Camunda 7 that never calls fetchAndLock.

# Seen: it lists the external tasks of all topics, whatever it can do, and chooses among them itself; it then locks
# one by its id, and reads variables from the executions of the process instance. So it needs the parts of Camunda's
# API that show running cases, and two workers see the same list.

# What Loket does: a worker outside fetches by fetchAndLock and is given its topics alone; lists, executions and process
# instances are not there (404). docs/workers.md says that this client does not work.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check fastbpmn==0.5.0
cat >show.py <<'PYTHON'
import asyncio
import json
import logging
import sys
import threading
import types
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

sys.modules["magic"] = types.ModuleType("magic")  # of files alone; needs a C library

from fastbpmn.camunda import ProcessEngine

logging.disable()
asked = []


class Engine(BaseHTTPRequestHandler):
    def do_GET(self):
        length = int(self.headers.get("Content-Length") or 0)
        asked.append((self.command, self.path.partition("?")[0], self.rfile.read(length)))
        about = "activity-instances" in self.path
        body = json.dumps({"executionIds": ["e1"]} if about else [] if "POST" in self.command else {})
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    do_POST = do_GET

    def log_message(self, *_facts):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Engine)
threading.Thread(target=server.serve_forever, daemon=True).start()


async def work():
    engine = ProcessEngine(
        camunda_base_url=f"http://127.0.0.1:{server.server_port}/engine-rest",
        camunda_username="worker",
        camunda_password="secret",
    )
    await engine.get_pending_tasks()
    await engine.external_task_lock("t1", "worker", 1000)
    for execution in await engine.process_instance_execution_ids("p1", "e1"):
        await engine.external_task_fetch_execution(execution)


asyncio.run(work())
for method, path, body in asked:
    print(method, path, "names topics:", b"topic" in body.lower())
PYTHON
cat >expected <<'TEXT'
POST /engine-rest/external-task names topics: False
POST /engine-rest/external-task/t1/lock names topics: False
GET /engine-rest/process-instance/p1/activity-instances names topics: False
GET /engine-rest/execution/e1/localVariables names topics: False
TEXT
env/bin/python show.py | tee seen
diff expected seen

#!/bin/sh
# operaton-tasks 1.0b3: a worker begins by locking all that waits for one millisecond, and then gives it back.

# Seen, before it fetches anything to do: it asks which tasks it has, locks up to 1,000 tasks of its topics for
# 1 ms, asks again which it has, and unlocks each. An engine that counts a lock that ran out as an attempt, as
# ours does, must take such a task back without counting; else each start of a worker costs every task that waits
# an attempt. One that has no list of tasks (GET /external-task?workerId=…) keeps it from ever beginning. With its
# web server it also asks for the topic operaton.tasks.heartbeat in the same request as its own topics.

# What Loket does: it tells a worker which tasks it has, those whose lock ran out too, and unlocking one of those
# counts no attempt (app/api/external/fetching.py, tests/app/api/external/test_external_tasks.py); the page for
# makers of workers names the topic (docs/workers.md).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check operaton-tasks==1.0b3
cat >show.py <<'PYTHON'
import asyncio
import json
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

asked = []
waiting = {"t1": None, "t2": None}  # the worker of each task that waits


class Engine(BaseHTTPRequestHandler):
    def do_GET(self):
        mine = [{"id": id_} for id_, worker in waiting.items() if worker]
        asked.append(f"GET {self.path}")
        self.answer(mine)

    def do_POST(self):
        given = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = self.path.split("/external-task/")[1]
        if path != "fetchAndLock":
            waiting[path.split("/")[0]] = None
            asked.append(f"POST {path}")
            return self.answer(None)
        body = json.loads(given)
        topics = [(each["topicName"], each["lockDuration"]) for each in body["topics"]]
        asked.append(f"POST {path} maxTasks={body['maxTasks']} {topics}")
        if body["maxTasks"] == 1000:
            waiting.update(dict.fromkeys(waiting, body["workerId"]))
        else:
            ended.set()
        self.answer([])

    def answer(self, body):
        content = b"" if body is None else json.dumps(body).encode()
        self.send_response(204 if body is None else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_args):
        pass


ended = threading.Event()
server = ThreadingHTTPServer(("127.0.0.1", 0), Engine)
threading.Thread(target=server.serve_forever, daemon=True).start()
os.environ["ENGINE_REST_BASE_URL"] = f"http://127.0.0.1:{server.server_port}/engine-rest"
os.environ["LOG_LEVEL"] = "ERROR"

from operaton.tasks import external_task_worker, handlers, task  # noqa: E402


@task(topic="call")
async def call(task):
    raise NotImplementedError


async def main():
    handlers.update({name: handlers[name] for name in sorted(handlers)})
    working = asyncio.create_task(external_task_worker(handlers=handlers))
    await asyncio.to_thread(ended.wait)
    working.cancel()


try:
    asyncio.run(main())
except asyncio.CancelledError:
    pass
first = next(n for n, line in enumerate(asked) if "maxTasks=10 " in line)
print(*asked[: first + 1], sep="\n", flush=True)
os._exit(0)
PYTHON
cat >expected <<'TEXT'
GET /engine-rest/external-task?workerId=operaton-tasks-client
POST fetchAndLock maxTasks=1000 [('operaton.tasks.heartbeat', 1), ('call', 1)]
GET /engine-rest/external-task?workerId=operaton-tasks-client
POST t1/unlock
POST t2/unlock
POST fetchAndLock maxTasks=10 [('operaton.tasks.heartbeat', 30000), ('call', 30000)]
TEXT
venv/bin/python show.py 2>errors | tee seen
diff expected seen

#!/bin/sh
# camunda-external-task-client-js 3.1.0: without a workerId every worker has the same one, so locks protect nothing.

# Camunda 7 compares the workerId of a report with that of the lock: who has another id is refused. Seen:
# two clients, made without that option, fetch under the same id, "some-random-id". A worker that was slow
# and lost its task can still complete what another has now, and the first to report wins.

# What Loket does: the lock of a task also belongs to the opening that fetched it; docs/workers.md says to
# give each worker an id of its own.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund camunda-external-task-client-js@3.1.0
cat >show.mjs <<'JAVASCRIPT'
import { createServer } from "node:http";
import { Client } from "camunda-external-task-client-js";

const seen = new Map();
const server = createServer((request, response) => {
  let body = "";
  request.on("data", (part) => (body += part));
  request.on("end", () => {
    const asked = JSON.parse(body);
    seen.set(asked.topics[0].topicName, asked.workerId);
    response.setHeader("content-type", "application/json");
    response.end("[]");
    if (seen.size === 2) {
      for (const topic of ["first", "second"]) console.log(topic, "fetches as", seen.get(topic));
      process.exit();
    }
  });
});
server.listen(0, "127.0.0.1", () => {
  const baseUrl = `http://127.0.0.1:${server.address().port}/engine-rest`;
  for (const topic of ["first", "second"]) new Client({ baseUrl }).subscribe(topic, () => {});
});
JAVASCRIPT
cat >expected <<'TEXT'
first fetches as some-random-id
second fetches as some-random-id
TEXT
node show.mjs | grep fetches | tee seen
diff expected seen

#!/bin/sh
# camunda-worker-node 7.1.0: a moment is sent as 2026-12-01T09:00:00.000UTC+00:00, which ISO 8601 does not have.

# Camunda 7 documents the value of a Date as yyyy-MM-dd'T'HH:mm:ss.SSSZ (2026-12-01T09:00:00.000+0000), and
# Java's lenient parser also takes the name of a zone there. ISO 8601 and RFC 3339 have Z or an offset
# alone. Seen: each Date among the variables with which a task is completed is sent with UTC before the
# offset, so a server that reads ISO 8601 refuses the completion, and the client then reports the task as
# failed with a text that names neither the variable nor the date.

# What Loket does: UTC or GMT before an offset is passed over (app/api/external/typed_values.py); docs/workers.md
# names this client among those that were tried.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund camunda-worker-node@7.1.0
cat >show.cjs <<'JAVASCRIPT'
const { createServer } = require("node:http");
const Worker = require("camunda-worker-node");

let given = false;
const server = createServer((request, response) => {
  let body = "";
  request.on("data", (part) => (body += part));
  request.on("end", () => {
    response.setHeader("content-type", "application/json");
    if (request.url.endsWith("/fetchAndLock")) {
      response.end(given ? "[]" : '[{"id": "1", "topicName": "call", "variables": {}}]');
      given = true;
      return;
    }
    const { when } = JSON.parse(body).variables;
    console.log(request.url.split("/").pop(), when.type, when.value);
    process.exit();
  });
});
server.listen(0, "127.0.0.1", () => {
  const worker = Worker(`http://127.0.0.1:${server.address().port}/engine-rest`, { workerId: "w" });
  worker.subscribe("call", async () => ({ variables: { when: new Date("2026-12-01T09:00:00Z") } }));
});
JAVASCRIPT
cat >expected <<'TEXT'
complete Date 2026-12-01T09:00:00.000UTC+00:00
TEXT
node show.cjs | tee seen
diff expected seen

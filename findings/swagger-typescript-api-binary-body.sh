#!/bin/sh
# swagger-typescript-api 13.13.0: of a file that is the body of a request its client for fetch sends "{}".

# A body of application/octet-stream with `type: string, format: binary` is the file itself (OpenAPI 3.0, "Considerations
# for File Uploads"). Seen: the method takes a File and names no type for its body, so that it is written as JSON, in
# which a File is "{}"; with a 2xx nothing tells that the file was not sent. The client for axios, made from the same
# description with --axios, sends the file.

# What Loket does: POST /bestanden refuses that body and says what it is (app/api/files.py), and the description of the
# route names the way round.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund swagger-typescript-api@13.13.0 typescript@5.9.3 axios@1.21.1
cat >api.json <<'JSON'
{
  "openapi": "3.1.0",
  "info": { "title": "files", "version": "1" },
  "paths": {
    "/files": {
      "post": {
        "operationId": "sendFile",
        "requestBody": {
          "required": true,
          "content": { "application/octet-stream": { "schema": { "type": "string", "format": "binary" } } }
        },
        "responses": { "204": { "description": "kept" } }
      }
    }
  }
}
JSON
for kind in fetch axios; do
  npx swagger-typescript-api generate --path api.json --output . --name $kind.ts \
    $(test $kind = axios && echo --axios) --silent >/dev/null
done
npx tsc --module commonjs --target es2022 --lib es2022,dom --skipLibCheck fetch.ts axios.ts
cat >show.cjs <<'JAVASCRIPT'
const { createServer } = require("node:http");
const { Api: WithAxios } = require("./axios.js");
const { Api: WithFetch } = require("./fetch.js");

const server = createServer(async (request, response) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  console.log(Buffer.concat(parts).toString());
  response.writeHead(204).end();
});
server.listen(0, "127.0.0.1", async () => {
  const address = `http://127.0.0.1:${server.address().port}`;
  const file = new File(["%PDF-1.7"], "bewijs.pdf", { type: "application/pdf" });
  await new WithFetch({ baseUrl: address }).files.sendFile(file);
  await new WithAxios({ baseURL: address }).files.sendFile(file);
  server.close();
  server.closeAllConnections();
});
JAVASCRIPT
cat >expected <<'TEXT'
{}
%PDF-1.7
TEXT
node show.cjs | tee seen
diff expected seen

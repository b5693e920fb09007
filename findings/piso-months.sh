#!/bin/sh
# @0dep/piso 3.1.0, which reads the timers of bpmn-elements 17.3.0: a month after 31 January is 3 March.

# BPMN 2.0 leaves a timer's text to ISO 8601, which does not say what a month after 31 January is. What
# people mean is the last day of February, and so do XML Schema 1.1 (part 2, appendix E) and java.time
# count. Seen: the day flows over into the next month, so that a reminder "each month from 31 January" comes
# twice in March and never in February; a year after 29 February is 1 March.

# What Loket does: a day that a month does not have becomes its last day, and each occurrence of a cycle is
# counted from the first moment, so that 31 January is followed by 28 February and then by 31 March
# (processes/engine/language/iso8601.py).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund bpmn-elements@17.3.0 @0dep/piso@3.1.0
cat >show.mjs <<'JAVASCRIPT'
import { readFileSync } from "node:fs";
import { parseDuration, parseInterval } from "@0dep/piso";

const elements = JSON.parse(readFileSync("node_modules/bpmn-elements/package.json"));
console.log("bpmn-elements depends on it:", "@0dep/piso" in elements.dependencies);
const day = (moment) => moment.toISOString().slice(0, 10);
for (const [duration, from] of [
  ["P1M", "2026-01-31"],
  ["P1M", "2026-03-31"],
  ["P1Y", "2024-02-29"],
]) {
  console.log(from, "+", duration, "is", day(parseDuration(duration).getExpireAt(new Date(`${from}T00:00:00Z`))));
}
for (const now of ["2026-02-01", "2026-03-10"]) {
  const cycle = parseInterval("R4/2026-01-31T09:00:00Z/P1M");
  console.log("R4/2026-01-31/P1M after", now, "is", day(cycle.getExpireAt(new Date(`${now}T00:00:00Z`))));
}
JAVASCRIPT
cat >expected <<'TEXT'
bpmn-elements depends on it: true
2026-01-31 + P1M is 2026-03-03
2026-03-31 + P1M is 2026-05-01
2024-02-29 + P1Y is 2025-03-01
R4/2026-01-31/P1M after 2026-02-01 is 2026-03-03
R4/2026-01-31/P1M after 2026-03-10 is 2026-03-31
TEXT
TZ=UTC node show.mjs | tee seen
diff expected seen

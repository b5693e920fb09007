#!/bin/sh
# dmn-moddle 12.2.1 (so dmn-js too) drops what says the same as a default: hitPolicy="UNIQUE" is gone.

# DMN 1.3 (8.2.10): UNIQUE is the default, so the table means the same; what a person chose in words is no
# longer in the file, and a comparison of the texts finds a change that nobody made. Seen for textFormat
# of a note as well, without a warning.

# What Loket does: the editor tells what saving would lose, and takes this hit policy for none
# (frontend/lost.js).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund dmn-moddle@12.2.1
cat >show.mjs <<'JAVASCRIPT'
import { DmnModdle } from "dmn-moddle";

const moddle = new DmnModdle();
for (const policy of ["UNIQUE", "FIRST"]) {
  const { rootElement, warnings } = await moddle.fromXML(
    `<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="n">
      <decision id="x" name="x"><decisionTable id="t" hitPolicy="${policy}"><output id="o"/></decisionTable></decision>
      <textAnnotation id="note" textFormat="text/plain"><text>why</text></textAnnotation>
    </definitions>`);
  const { xml } = await moddle.toXML(rootElement);
  console.log(warnings.length, ...xml.match(/<(decisionTable|textAnnotation) [^>]*>/g));
}
JAVASCRIPT
cat >expected <<'TEXT'
0 <decisionTable id="t"> <textAnnotation id="note">
0 <decisionTable id="t" hitPolicy="FIRST"> <textAnnotation id="note">
TEXT
node show.mjs | tee seen
diff expected seen

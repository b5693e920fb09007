#!/bin/sh
# rss-parser 3.13.0 does not take a link without `rel` for the page of a feed, or of an entry: it takes the first.

# RFC 4287 (4.2.7.2): a link without the attribute `rel` is read as one with `alternate`. Seen: where the link to
# the feed itself stands first, the page of the feed is the feed, and the page of an entry is its enclosure; with
# rel="alternate" written out both are right. feedsmith 3.0.1 hands over all links as they stand.

# What Loket does: the feeds of the catalogue write out what each link is, and a test holds that
# (app/templates/catalogue/feed.xml, tests/app/catalogue/test_subscriptions.py).
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund rss-parser@3.13.0
cat >show.cjs <<'JAVASCRIPT'
const Parser = require("rss-parser");

const feed = (rel) => `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
  <id>https://loket.example/catalogus.atom</id>
  <title>Catalogus</title>
  <updated>2026-11-30T10:00:00Z</updated>
  <author><name>Loket</name></author>
  <link rel="self" href="https://loket.example/catalogus.atom"/>
  <link ${rel} href="https://loket.example/catalogus"/>
  <entry>
    <id>https://loket.example/catalogus/1</id>
    <title>Rekenen</title>
    <updated>2026-11-30T10:00:00Z</updated>
    <link rel="enclosure" href="https://loket.example/1.pdf"/>
    <link ${rel} href="https://loket.example/catalogus/1"/>
    <summary>Rekenen in de klas</summary>
  </entry>
</feed>`;
(async () => {
  for (const rel of ["", 'rel="alternate"']) {
    const { link, items } = await new Parser().parseString(feed(rel));
    console.log(`${rel || "no rel"}: feed ${link}, entry ${items[0].link}`);
  }
})();
JAVASCRIPT
cat >expected <<'TEXT'
no rel: feed https://loket.example/catalogus.atom, entry https://loket.example/1.pdf
rel="alternate": feed https://loket.example/catalogus, entry https://loket.example/catalogus/1
TEXT
node show.cjs | tee seen
diff expected seen

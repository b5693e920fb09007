#!/bin/sh
# backup.sh FILE: a backup of the database in LOKET_DATABASE_URL, while everything runs.
# PostgreSQL: a dump for restore.sh (pg_dump of the server's version or newer on PATH).
# SQLite: a copy of the file as it is at one moment.
set -eu
umask 077
file=${1:?usage: backup.sh FILE}
python=${LOKET_PYTHON:-/opt/loket/.venv/bin/python}

case "$LOKET_DATABASE_URL" in
  postgresql*)
    url=postgresql://${LOKET_DATABASE_URL#*://}
    pg_dump --format=custom --no-owner --file="$file.part" --dbname="$url"
    pg_restore --list "$file.part" >/dev/null # a dump that cannot be read is no backup
    ;;
  sqlite:///*)
    rm -f "$file.part"
    "$python" - "${LOKET_DATABASE_URL#sqlite:///}" "$file.part" <<'PYTHON'
import sqlite3, sys
sqlite3.connect(f"file:{sys.argv[1]}?mode=rw", uri=True).execute("VACUUM INTO ?", sys.argv[2:])
copy = sqlite3.connect(sys.argv[2])
sys.exit(copy.execute("PRAGMA integrity_check").fetchone() != ("ok",))
PYTHON
    ;;
  *)
    echo "LOKET_DATABASE_URL is neither postgresql:// nor sqlite:///" >&2
    exit 2
    ;;
esac
mv "$file.part" "$file"

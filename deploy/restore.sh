#!/bin/sh
# restore.sh FILE: put a backup of backup.sh in the empty database in LOKET_DATABASE_URL.
# All of it, or nothing. Stop web, workers and schedulers first.
set -eu
file=${1:?usage: restore.sh FILE}

case "$LOKET_DATABASE_URL" in
  postgresql*)
    url=postgresql://${LOKET_DATABASE_URL#*://}
    pg_restore --single-transaction --exit-on-error --no-owner --dbname="$url" "$file"
    psql --quiet --dbname="$url" --command=ANALYZE
    ;;
  sqlite:///*)
    target=${LOKET_DATABASE_URL#sqlite:///}
    if [ -e "$target" ]; then
      echo "$target is there already: move it away first" >&2
      exit 1
    fi
    cp "$file" "$target"
    ;;
  *)
    echo "LOKET_DATABASE_URL is neither postgresql:// nor sqlite:///" >&2
    exit 2
    ;;
esac

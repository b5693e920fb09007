#!/bin/sh
# limits 5.8.0 with an address `redis://` loads Valkey's client as well, wherever that is installed.

# Its storage for Redis names the packages `redis` and `valkey`, says that it loads them when they are needed,
# and then loads all that it names, whichever the address asks for. Valkey's client is another 40 modules
# and some 9 MB, in each process that counts requests.

# What Loket does: the storage is told that it depends on `redis` alone (app/web/limits.py), as the
# demonstration has both: its broker comes with Valkey's client.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check limits==5.8.0 redis==8.1.0 valkey==6.2.0
cat >show.py <<'PYTHON'
import sys

from limits.storage import storage_from_string


def loaded() -> list[str]:
    return sorted(name for name in ("redis", "valkey") if name in sys.modules)


print(f"before: {loaded()}")
storage_from_string("redis://127.0.0.1:6379/0")
print(f"with redis://: {loaded()}")
PYTHON
cat >expected <<'TEXT'
before: []
with redis://: ['redis', 'valkey']
TEXT
venv/bin/python show.py | tee seen
diff expected seen

"""WSGI entry point: gunicorn "app.wsgi:app"."""

import sys

from app.factory import create_app
from processes.platform.production import UnsafeProductionError, startable_settings

GUNICORN_STOPS = 4  # its exit status for an app that cannot be loaded; with 1 it would try for ever

try:
    app = create_app(startable_settings())
except UnsafeProductionError as error:
    sys.stderr.write(f"{error}\nLoket does not start.\n")
    sys.exit(GUNICORN_STOPS)

"""Gunicorn for Loket: gunicorn -c deploy/gunicorn.conf.py app.wsgi:app."""  # noqa: INP001 - no package

import os
from typing import Any

bind = os.environ.get("LOKET_BIND", "127.0.0.1:8000")
workers = int(os.environ.get("LOKET_WEB_PROCESSES", "2"))  # about one for each core
worker_class = "gthread"
threads = int(os.environ.get("LOKET_WEB_THREADS", "4"))
timeout = 60  # seconds without a sign of life; no request of Loket takes so long
graceful_timeout = 30  # a rolling restart lets requests finish
keepalive = 5
max_requests = 5000  # then a process starts anew
max_requests_jitter = 500
# No preload_app: each process opens its own connections to the database.
preload_app = False
# Loket counts the proxies itself (LOKET_TRUSTED_PROXIES).
forwarded_allow_ips = ""
limit_request_line = 4094
control_socket_disable = True
accesslog = "-" if os.environ.get("LOKET_ACCESS_LOG") else None


def child_exit(_server: Any, worker: Any) -> None:
    """Let /metrics forget a process that ended."""
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(worker.pid)

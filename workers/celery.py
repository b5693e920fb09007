"""The Celery app: carries wake-up messages for jobs. The job's row in the database is the truth."""

from typing import Any

from celery import Celery

from processes.platform.settings import Settings, current_settings

SWEEP_EVERY = 5.0  # seconds
VISIBILITY_TIMEOUT = 300  # seconds; a task must end sooner, or Redis hands it out again
HARD_LIMIT = VISIBILITY_TIMEOUT - 20
SOFT_LIMIT = HARD_LIMIT - 20

_TRANSPORT = {
    "visibility_timeout": VISIBILITY_TIMEOUT,
    # By default Celery looks for what a dead worker left only every hundred seconds.
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    # By default a broker that accepts and never answers hangs a request for ever.
    "socket_timeout": 2,
    "socket_connect_timeout": 2,
    # By default a request waits six seconds for a broker that refuses.
    "max_retries": 0,
    "interval_start": 0,
    "interval_step": 0,
}

_WORKER = {
    "worker_prefetch_multiplier": 2,
    "worker_max_memory_per_child": 400_000,  # kB
    "worker_hijack_root_logger": False,
    "worker_cancel_long_running_tasks_on_connection_loss": False,
    "worker_send_task_events": False,
}


def celery_config(settings: Settings) -> dict[str, Any]:
    """The Celery settings with which a killed worker or silent broker loses no work."""
    return {
        "broker_url": settings.redis_url,
        "broker_connection_retry_on_startup": True,
        "broker_transport_options": dict(_TRANSPORT),
        "redis_socket_timeout": 2.0,
        "redis_socket_connect_timeout": 2.0,
        "task_ignore_result": True,
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,  # the row counts the attempts, so this ends
        "task_serializer": "json",
        "accept_content": ["json"],
        "task_default_queue": "default",
        "task_soft_time_limit": SOFT_LIMIT,
        "task_time_limit": HARD_LIMIT,
        **_WORKER,
        "enable_utc": True,
        "include": [
            "workers.run_job",
            "workers.schedule",
            "workers.vocabulary",
            "workers.questions",
        ],
        "beat_schedule": {
            "sweep": {
                "task": "sweep",
                "schedule": SWEEP_EVERY,
                "options": {"expires": SWEEP_EVERY * 2},
            }
        },
    }


celery = Celery("loket")
celery.add_defaults(lambda: celery_config(current_settings()))

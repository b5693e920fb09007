"""One line per event, with the facts of `extra` behind it; no line carries form values or names."""

import logging

_KNOWN = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class OneLine(logging.Formatter):
    """`2026-01-31 12:00:00 WARNING workers.run_job lease lost job_id=…`."""

    def format(self, record: logging.LogRecord) -> str:
        facts = [f" {name}={value}" for name, value in vars(record).items() if name not in _KNOWN]
        first, *trace = super().format(record).split("\n")
        line = (first + "".join(facts)).replace("\r", "\\r").replace("\n", "\\n")
        return "\n".join([line, *(f"    {part}" for part in trace)])


def log_to_stderr() -> None:
    """Log what is worth an operator's attention."""
    handler = logging.StreamHandler()
    handler.setFormatter(OneLine("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for chatty in ("alembic", "waitress", "celery", "mail.log"):
        logging.getLogger(chatty).setLevel(logging.WARNING)

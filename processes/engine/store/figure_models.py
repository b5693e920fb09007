"""The table of figures that are worked out in the background and kept."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from processes.base import Record


class KeptFigure(Record):
    """One figure about all cases or jobs, as it was at a moment."""

    __tablename__ = "kept_figure"

    name: Mapped[str] = mapped_column(primary_key=True)
    as_of: Mapped[datetime]
    value: Mapped[dict[str, Any]]

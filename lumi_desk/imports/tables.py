"""How past imports are kept."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from lumi_desk.storage.base import Home, Json, Table


class ImportRun(Table):
    """One import: which files, and its report."""

    __tablename__ = "import_run"
    home = Home.HUB

    id: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    files: Mapped[Any] = mapped_column(Json)
    report: Mapped[Any] = mapped_column(Json)

"""The numbers a desk goes by, as the manager set them and the hub sent them."""

from datetime import datetime

from sqlalchemy.orm import Session

from lumi_desk.catalog import shelf as catalog
from lumi_desk.clock import local_day
from lumi_desk.customers.rules import CHURN, ChurnSettings
from lumi_desk.customers.run_out.rules import RUN_OUT, RunOutSettings
from lumi_desk.customers.touch_plan.rules import HALF_YEAR, HalfYearSettings


def churn(session: Session, now: datetime) -> ChurnSettings:
    """When somebody may be lost."""
    return catalog.usable(session, "churn", local_day(now), CHURN)


def half_year(session: Session, now: datetime) -> HalfYearSettings:
    """The half-year clock with its touch plan, and how long its steps may wait."""
    return catalog.usable(session, "half_year", local_day(now), HALF_YEAR)


def run_out(session: Session, now: datetime) -> RunOutSettings:
    """How long a unit lasts, and when she is reminded that it is used up."""
    return catalog.usable(session, "run_out", local_day(now), RUN_OUT)

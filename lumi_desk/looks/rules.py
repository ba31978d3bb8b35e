"""How long it is kept who looked at whom."""

from dataclasses import dataclass
from datetime import datetime, timedelta

# Six months at least: what China's Cybersecurity Law asks of the logs of a network (2017, art. 21).
LEAST_DAYS = 184
MOST_DAYS = 3_650


@dataclass(frozen=True, slots=True)
class LookSettings:
    """Our choice: a year. ValueError for less than six months, or more than ten years."""

    keep_days: int = 365

    def __post_init__(self) -> None:
        """A trace that is gone before anybody asks for it is none."""
        if not LEAST_DAYS <= self.keep_days <= MOST_DAYS:
            raise ValueError(f"keep_days must be from {LEAST_DAYS} to {MOST_DAYS}")


LOOKS = LookSettings()
# Within so long the same list asked for again by the same person tells nothing new.
SAME_LIST = timedelta(seconds=60)


def kept_from(settings: LookSettings, now: datetime) -> datetime:
    """From which moment on looks are kept; what is older is forgotten."""
    return now - timedelta(days=settings.keep_days)

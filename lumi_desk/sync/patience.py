"""How long to wait until the next round: a minute or so, and longer the longer the hub fails.

Nothing in here knows a clock or throws dice: what is thrown (0 up to 1) comes in, so that
thousands of desks spread out, and so that a test can say it.
"""

from dataclasses import dataclass, replace

# After a good round: 60 s ± 50 %.
USUAL = 60.0
# After failures: up to 4 s, 8 s, 16 s … and never more than five minutes.
_FIRST = 4.0
_MOST = 300.0
# Nobody is kept waiting for longer than this because a hub says so.
_LONGEST_HOLD = 3600.0
# Work that was just saved is tried soon even so, but not all the time.
_SOON = 5.0


@dataclass(frozen=True)
class Patience:
    """How the last rounds went. `hold` is for how many seconds the hub asked for quiet."""

    failures: int = 0
    hold: float = 0.0

    def failed(self, hold: float = 0.0) -> "Patience":
        """After a round that failed; `hold` is the hub's Retry-After, in seconds."""
        return replace(self, failures=self.failures + 1, hold=min(max(hold, 0.0), _LONGEST_HOLD))

    def wait(self, dice: float) -> float:
        """Seconds until the next round."""
        if not self.failures:
            return USUAL * (0.5 + dice)
        # 2 ** 7 * 4 is beyond the most: a higher power would only overflow in the end.
        most = min(_MOST, _FIRST * 2.0 ** min(self.failures - 1, 7))
        return self.hold + dice * most

    def wait_for_work(self, dice: float) -> float:
        """Seconds until work that was just saved is sent: none as long as the hub answers."""
        return self.hold + dice * _SOON if self.failures else 0.0


def wait_for_hint(dice: float, *, shared: bool) -> float:
    """Seconds until a round after a hint; many desks hear at once of a stream that is shared."""
    return dice * (5.0 if shared else 0.5)

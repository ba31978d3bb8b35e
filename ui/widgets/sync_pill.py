"""The sync chip: a word and an icon for each state, a press for what waits and why."""

from ui.widgets.buttons import Pill
from ui.widgets.values import SyncChip, SyncState, Tone

_LOOKS = {
    SyncState.SYNCED: (Tone.GOOD, "synced"),
    SyncState.WORKING: (Tone.INFO, "sync"),
    SyncState.WAITING: (Tone.WARN, "sync"),
    SyncState.OFFLINE: (Tone.WARN, "offline"),
    SyncState.REFUSED: (Tone.BAD, "refused"),
}


class SyncPill(Pill):
    def draw(self, chip: SyncChip, *, short: bool = False) -> None:
        tone, picture = _LOOKS[chip.state]
        self.say(chip.short or chip.text if short else chip.text, tone, picture)
        self.setAccessibleName(chip.text)
        self.setToolTip(chip.tip or (chip.text if short else ""))

"""What has no pane of its own in a narrow window, by tabs above the middle of the desk."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTabBar

from ui.widgets.layouts import show_if
from ui.words import tr

QUEUE, SCRIPT, SIDE = 0, 1, 2


class PaneTabs(QTabBar):
    """Today's list, the script, and what stands beside it."""

    def __init__(self) -> None:
        super().__init__()
        self.setExpanding(False)
        self.setDrawBase(False)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        for _ in range(3):
            self.addTab("")
        self.setCurrentIndex(SCRIPT)

    def draw(self, *, in_wrap_up: bool) -> None:
        self.setTabText(QUEUE, tr("Today's list"))
        self.setTabText(SCRIPT, tr("Script"))
        self.setTabText(SIDE, tr("Wrap-up") if in_wrap_up else tr("Offers and history"))

    def fit(self, panes: int, *, somebody: bool, side: bool) -> None:
        """Be there for what has no pane, where `side` says whether there is anything beside."""
        self.setTabVisible(QUEUE, panes == 1)
        self.setTabVisible(SIDE, side)
        show_if(self, panes == 1 or (panes == 2 and somebody))
        # Type that grew while it was hidden is not heard of otherwise.
        self.updateGeometry()

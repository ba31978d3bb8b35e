"""Two offers, each with why, and with what to leave alone."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ui.widgets.buttons import CardButton
from ui.widgets.layouts import clear, column, mark, row
from ui.widgets.texts import BadgeLabel, KeyCap, SpanLabel, mute
from ui.widgets.values import Badge, Span, Tone
from ui.workspace.screen import Offer


class OfferCard(CardButton):
    def __init__(self, offer: Offer, key: str) -> None:
        super().__init__("offer")
        self.face.addLayout(_head(offer))
        if offer.was or offer.badges:
            self.face.addLayout(_lower_price(offer))
        for fact in offer.facts:
            self.face.addWidget(SpanLabel("detail", fact, wrap=True))
        if offer.because and offer.against:
            self.face.addWidget(SpanLabel("label", offer.because, wrap=True))
        self.face.addLayout(_foot(offer, key))
        mute(*self.findChildren(QWidget))
        mark(self, best=offer.best, chosen=offer.chosen)
        self.setAccessibleName(f"{offer.rank} {offer.title} {offer.price}")
        self.setAccessibleDescription(f"{offer.because} {key}")


def _head(offer: Offer) -> QHBoxLayout:
    head = row(gap=8)
    tone, solid = (Tone.BRAND, True) if offer.best else (Tone.INFO, False)
    badge = BadgeLabel(Badge(offer.rank, tone, solid=solid))
    head.addWidget(badge, 0, Qt.AlignmentFlag.AlignTop)
    head.addWidget(SpanLabel("strong", offer.title, wrap=True), 1)
    if not offer.was:
        head.addWidget(SpanLabel("strong", offer.price), 0, Qt.AlignmentFlag.AlignTop)
    return head


def _lower_price(offer: Offer) -> QHBoxLayout:
    line = row(gap=7)
    if offer.was:
        line.addWidget(SpanLabel("strong", offer.price))
        line.addWidget(SpanLabel("label", (Span(offer.was, struck=True),)))
    for badge in offer.badges:
        line.addWidget(BadgeLabel(badge))
    line.addStretch()
    return line


def _foot(offer: Offer, key: str) -> QHBoxLayout:
    foot = row(gap=7)
    if offer.against:
        foot.addWidget(BadgeLabel(offer.against))
        foot.addWidget(SpanLabel("label", offer.against_text, wrap=True), 1)
    else:
        foot.addWidget(SpanLabel("label", offer.because, wrap=True), 1)
    foot.addWidget(KeyCap(key), 0, Qt.AlignmentFlag.AlignBottom)
    return foot


class OffersPane(QWidget):
    """Signals: `offer_chosen(place)`, from 0."""

    offer_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._offers: tuple[Offer, ...] | None = None
        self._cards = column(self, gap=10)

    def draw(self, offers: tuple[Offer, ...]) -> None:
        if offers == self._offers:
            return
        self._offers = offers
        clear(self._cards)
        for place, offer in enumerate(offers):
            card = OfferCard(offer, f"Alt {place + 1}")
            card.clicked.connect(lambda _=False, at=place: self.offer_chosen.emit(at))
            self._cards.addWidget(card)

    def press(self, place: int) -> None:
        if self._offers and place < len(self._offers):
            self.offer_chosen.emit(place)

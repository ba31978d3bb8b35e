"""What the rep's desk tells of what the person did.

Signals of WorkspaceView:
  picked(customer_id) · next_wanted · searched(words) · number_copied
  dialled · written_to(channel) · answered · unanswered · ended
  answer_chosen(place) · stepped_back · objection_searched(words) · objection_chosen(place)
  offer_chosen(place) · noted(text)
  refusal_wanted · consent_wanted · complaint_wanted · callback_wanted · sale_wanted
  disposition_chosen(name) · side_switched · attitude_chosen(name) · wechat_chosen(name)
  proof_written(text) · next_written(text) · next_kind_chosen(name) · case_marked(bool) · saved
  ask_chosen(name) · ask_written(text) · ask_confirmed · ask_closed
  edit_wanted · edit_saved(texts by field) · edit_closed
  undone · toast_closed · problem_pressed · problem_closed
  today_wanted · month_wanted · customers_wanted · sync_wanted · account_wanted
Places count from 0, names are those of the Choice.
"""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget


class WorkspaceSignals(QWidget):
    picked = Signal(str)
    next_wanted = Signal()
    searched = Signal(str)
    number_copied = Signal()
    dialled = Signal()
    written_to = Signal(str)
    answered = Signal()
    unanswered = Signal()
    ended = Signal()
    answer_chosen = Signal(int)
    stepped_back = Signal()
    objection_searched = Signal(str)
    objection_chosen = Signal(int)
    offer_chosen = Signal(int)
    noted = Signal(str)
    refusal_wanted = Signal()
    consent_wanted = Signal()
    complaint_wanted = Signal()
    callback_wanted = Signal()
    sale_wanted = Signal()
    disposition_chosen = Signal(str)
    side_switched = Signal()
    attitude_chosen = Signal(str)
    wechat_chosen = Signal(str)
    proof_written = Signal(str)
    next_written = Signal(str)
    next_kind_chosen = Signal(str)
    case_marked = Signal(bool)
    saved = Signal()
    ask_chosen = Signal(str)
    ask_written = Signal(str)
    ask_confirmed = Signal()
    ask_closed = Signal()
    edit_wanted = Signal()
    edit_saved = Signal(object)
    edit_closed = Signal()
    undone = Signal()
    toast_closed = Signal()
    problem_pressed = Signal()
    problem_closed = Signal()
    today_wanted = Signal()
    month_wanted = Signal()
    sync_wanted = Signal()
    account_wanted = Signal()
    customers_wanted = Signal()

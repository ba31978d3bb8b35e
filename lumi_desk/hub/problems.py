"""How errors leave the hub: a Problem with its status, in words, and nothing of what was sent."""

from collections.abc import Mapping
from typing import Any, TypeVar

from fastapi import Request, Response
from pydantic import TypeAdapter, ValidationError
from starlette.exceptions import HTTPException

from lumi_desk.errors import LumiError
from lumi_desk.hub import watching
from lumi_desk.sync import protocol

T = TypeVar("T")

# What each error is on the wire. A code that is not here is 422: it was understood, but can't be.
STATUS = {
    "NotUnpackable": 400,
    "WrongPassword": 401,
    "SessionOver": 401,
    "HasLeft": 401,
    "NotYours": 403,
    "NoExport": 403,
    "NoSuchDoor": 404,
    "NoSuchCustomer": 404,
    "WrongMethod": 405,
    "TooSlow": 408,
    "RulesChanged": 409,
    "PairDecided": 409,
    "PairChanged": 409,
    "UndoneBefore": 409,
    "TitleDecided": 409,
    "TitlesChanged": 409,
    "LessMayLeave": 409,
    "CustomersMoved": 409,
    "TagsChanged": 409,
    "NothingGoesBack": 409,
    "RepChanged": 409,
    "ImportUnderWay": 409,
    "SnapshotOver": 410,
    "TooLarge": 413,
    "NotJson": 415,
    "UnknownPacking": 415,
    "NotUnderstood": 422,
    "TooManyTries": 429,
    "HubFailed": 500,
    "Busy": 503,
    "DatabaseAway": 503,
    "DiskFull": 507,
    "DiskRefuses": 507,
}
_RETRY_AFTER = {"Busy": "2", "DatabaseAway": "5"}
_MOST_PLACES, _LONGEST_PLACE = 5, 80


class NotUnderstood(LumiError):
    """A request that does not fit its door."""

    title = "The request is not understood: {where}"
    advice = "Install the newest version."


class NoSuchDoor(LumiError):
    """Nothing answers at that path."""

    title = "The hub has no such door"
    advice = "Check the address, or install the newest version."


class WrongMethod(LumiError):
    """The path is right and the method is not."""

    title = "This door is not opened that way"
    advice = "Install the newest version."


class NotJson(LumiError):
    """The body is said to be something else than JSON."""

    title = "The request is not JSON"
    advice = "Install the newest version."


class UnknownPacking(LumiError):
    """The body is packed in a way the hub does not unpack."""

    title = "The request is packed in an unknown way"
    advice = "Send it plain, or packed with gzip."


class NotUnpackable(LumiError):
    """The body is said to be packed, but can't be unpacked."""

    title = "The request cannot be unpacked"
    advice = "Send it again."


class TooLarge(LumiError):
    """The body is longer than any desk sends."""

    title = "The request is too large"
    advice = "Send less at once."


class TooSlow(LumiError):
    """The body did not come."""

    title = "The request took too long to arrive"
    advice = "Send it again."


class HubFailed(LumiError):
    """A mistake of the hub's own."""

    title = "The hub made a mistake"
    advice = "Try again later. The hub's keeper finds more in its log."


def parsed(adapter: TypeAdapter[T], body: bytes) -> T:
    """What a body says. Raises NotUnderstood with the places that do not fit."""
    try:
        return adapter.validate_json(body)
    except ValidationError as error:
        # The place only: what was sent may hold a phone number.
        raise NotUnderstood(where=_places(error)) from None


def answer(error: LumiError, added: Mapping[str, str] | None = None) -> Response:
    """The error as a desk reads it, with headers added."""
    watching.note(code=error.code)
    problem = protocol.Problem(
        error.code, error.params, error.title, error.advice, error.in_english()
    )
    wait = error.params.get("seconds", _RETRY_AFTER.get(error.code))
    status = STATUS.get(error.code, STATUS["NotUnderstood"])
    headers = dict(added or {})
    if status in (429, 503) and wait:
        headers["Retry-After"] = str(wait)
    content = protocol.PROBLEM.dump_json(problem)
    return Response(content, status, headers, media_type="application/json")


def told(_: Request, error: Exception) -> Response:
    """Handler of the errors a person reads."""
    assert isinstance(error, LumiError)  # noqa: S101  (only registered for these)
    return answer(error)


def misdirected(_: Request, error: Exception) -> Response:
    """Handler of what the router refuses."""
    assert isinstance(error, HTTPException)  # noqa: S101  (only registered for these)
    wrong_method = error.status_code == STATUS["WrongMethod"]
    return answer(WrongMethod() if wrong_method else NoSuchDoor(), error.headers)


def failed(_: Request, __: Exception) -> Response:
    """Handler of everything else: the log says more."""
    return broken()


def broken() -> Response:
    """What a desk is told of a mistake of ours."""
    # The server hangs up after a mistake: unsaid, the desk would lose its next request.
    return answer(HubFailed(), {"Connection": "close"})


def _places(error: ValidationError) -> str:
    found: set[str] = set()
    details: list[Any] = error.errors(include_input=False, include_url=False)
    for one in details:
        place = ".".join(("body", *(str(step) for step in one["loc"])))
        found.add(place[:_LONGEST_PLACE])
    return ", ".join(sorted(found)[:_MOST_PLACES])

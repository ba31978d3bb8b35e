"""The description of the doors (/openapi.json): what goes in, what comes out, what is refused."""

from collections.abc import Iterable
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import TypeAdapter

from lumi_desk.hub import sheets
from lumi_desk.managing import (
    assigning,
    centre,
    centre_tags,
    exporting,
    figures,
    imports,
    review,
    titles,
)
from lumi_desk.managing import protocol as rules
from lumi_desk.sync import protocol

_REF = "#/components/schemas/{model}"
_JSON = "application/json"
_BEARER = "bearer"
_LOCKED: list[dict[str, list[str]]] = [{_BEARER: []}]

# Door, what it is for, what is asked, what is answered, and whether it wants a token.
_DOORS: dict[str, tuple[str, type, type, bool]] = {
    "sign-in": ("Sign in with name and password", protocol.SignIn, protocol.Tokens, False),
    "refresh": ("Get new tokens", protocol.Refresh, protocol.Tokens, False),
    "hello": ("Introduce a desk", protocol.Hello, protocol.Welcome, True),
    "push": ("Send operations; each gets one answer", protocol.Push, protocol.Pushed, True),
    "pull": ("Fetch what came since", protocol.Pull, protocol.Pulled, True),
    "snapshot": (
        "Fetch a whole stream; one Sheet a line",
        protocol.Snapshot,
        protocol.Sheet,
        True,
    ),
    "rules": ("List the rule sets", rules.ListRules, rules.RulesListed, True),
    "rules/show": ("Show one rule set", rules.ShowRules, rules.RulesShown, True),
    "rules/preview": (
        "Say who would move by other numbers",
        rules.PreviewRules,
        rules.RulesPreviewed,
        True,
    ),
    "rules/set": ("Set numbers from a day on", rules.SetRules, rules.RulesDone, True),
    "rules/roll-back": (
        "Go back to the numbers before",
        rules.RollBackRules,
        rules.RulesDone,
        True,
    ),
    "identity": ("List likely pairs", review.ListPairs, review.PairsListed, True),
    "identity/show": ("Show two side by side", review.ShowPair, review.PairShown, True),
    "identity/one": ("Say that they are one person", review.SayOne, review.PairDone, True),
    "identity/two": ("Say that they are two people", review.SayTwo, review.PairDone, True),
    "identity/undo": ("Take a decision back", review.UndoSaid, review.PairDone, True),
    "identity/history": ("List the decisions", review.ListSaid, review.SaidListed, True),
    "identity/numbers": (
        "List numbers of households and companies",
        review.ListNumbers,
        review.NumbersListed,
        True,
    ),
    "titles": ("List titles nobody knows", titles.ListTitles, titles.TitlesListed, True),
    "titles/settle": ("Say what a title means", titles.SettleTitle, titles.TitlesDone, True),
    "titles/settle-all": (
        "Say what all titles with words in them mean",
        titles.SettleTitles,
        titles.TitlesDone,
        True,
    ),
    "titles/later": (
        "Leave a title for later, or no longer",
        titles.LeaveTitle,
        titles.TitleLeft,
        True,
    ),
    "titles/undo": ("Take a decision back", titles.UndoTitles, titles.TitlesDone, True),
    "titles/history": (
        "List what was settled",
        titles.ListDecisions,
        titles.DecisionsListed,
        True,
    ),
    "centre": ("Find customers", centre.ListCentre, centre.CentreListed, True),
    "centre/show": (
        "Show a customer with her history",
        centre.ShowCustomer,
        centre.CustomerShown,
        True,
    ),
    "centre/tags": (
        "List what was done to the tags of many",
        centre_tags.ListTags,
        centre_tags.TagsListed,
        True,
    ),
    "centre/tags/preview": (
        "Say whose tags would change",
        centre_tags.PreviewTags,
        centre_tags.TagsPreviewed,
        True,
    ),
    "centre/tags/do": (
        "Give many a tag, or take it from them",
        centre_tags.DoTags,
        centre_tags.TagsDone,
        True,
    ),
    "centre/tags/undo": (
        "Take that back",
        centre_tags.UndoTags,
        centre_tags.TagsUndone,
        True,
    ),
    "centre/export/preview": (
        "Say how many customers may be exported now",
        exporting.PreviewExport,
        exporting.ExportPreviewed,
        True,
    ),
    "centre/export": (
        "Export customers, and write it down",
        exporting.DoExport,
        exporting.Exported,
        True,
    ),
    "figures/cohorts": (
        "Count what became of newcomers, by month",
        figures.CountCohorts,
        figures.CohortsCounted,
        True,
    ),
    "figures/renewals": (
        "Count which cards were loaded again, by month",
        figures.CountRenewals,
        figures.RenewalsCounted,
        True,
    ),
    "figures/loss": (
        "Count who of pool 1 was lost, by month",
        figures.CountLoss,
        figures.LossCounted,
        True,
    ),
    "figures/rfm": ("Count the RFM grid", figures.CountGrid, figures.GridCounted, True),
    "figures/value": (
        "Count what customers brought and will bring",
        figures.CountValue,
        figures.ValueCounted,
        True,
    ),
    "assigning": (
        "List the reps with their loads, who waits for one, and the history",
        assigning.ListReps,
        assigning.RepsListed,
        True,
    ),
    "assigning/preview": (
        "Say who would go to whom",
        assigning.PreviewHandOver,
        assigning.HandOverPreviewed,
        True,
    ),
    "assigning/do": (
        "Hand customers over",
        assigning.DoHandOver,
        assigning.HandOverDone,
        True,
    ),
    "assigning/undo": (
        "Take a hand-over of today back",
        assigning.UndoHandOver,
        assigning.HandOverUndone,
        True,
    ),
    "assigning/plan": ("Set whom a rep takes", assigning.SetPlan, assigning.RepSet, True),
    "assigning/leave": ("Set or end a leave", assigning.SetLeave, assigning.RepSet, True),
    "imports": (
        "List the imports and the profiles",
        imports.ListImports,
        imports.ImportsListed,
        True,
    ),
    "imports/show": ("Show what an import did", imports.ShowImport, imports.ImportShown, True),
    "imports/begin": ("Begin an import", imports.BeginImport, imports.ImportAt, True),
    "imports/bring": ("Bring up a piece of a file", imports.BringPiece, imports.ImportAt, True),
    "imports/at": ("Say how an import stands", imports.AskImport, imports.ImportAt, True),
    "imports/plan": (
        "Say how its tables would be read",
        imports.PlanImport,
        imports.ImportPlanned,
        True,
    ),
    "imports/work": ("Look, try or import", imports.WorkImport, imports.ImportAt, True),
    "imports/save-profile": (
        "Keep how a table is read",
        imports.SaveProfile,
        imports.ProfileSaved,
        True,
    ),
    "imports/stop": ("Stop an import", imports.StopImport, imports.ImportAt, True),
}


def _content(shape: type, media_type: str = _JSON) -> dict[str, Any]:
    return {media_type: {"schema": {"$ref": _REF.format(model=shape.__name__)}}}


# Whatever a door refuses, it says so in the same form.
PROBLEMS: dict[int | str, dict[str, Any]] = {
    kind: {"description": told, "content": _content(protocol.Problem)}
    for kind, told in (("4XX", "Refused, in words"), ("5XX", "Not now, in words"))
}


def _door(name: str) -> dict[str, Any]:
    summary, asked, answered, is_locked = _DOORS[name]
    media_type = sheets.MEDIA_TYPE if answered is protocol.Sheet else _JSON
    well = {"description": "Answered", "content": _content(answered, media_type)}
    told: dict[str, Any] = {
        "summary": summary,
        "operationId": name,
        "requestBody": {"required": True, "content": _content(asked)},
        "responses": {"200": well, **PROBLEMS},
    }
    return told | ({"security": _LOCKED} if is_locked else {})


def complete(app: FastAPI) -> None:
    """Have the application describe the doors too, in the shapes of the protocol.

    Made when first asked for.
    """

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            told = get_openapi(title=app.title, version=app.version, routes=app.routes)
            told["paths"] |= {path_of(name): {"post": _door(name)} for name in _DOORS}
            parts = told.setdefault("components", {})
            parts.setdefault("schemas", {}).update(_shapes())
            parts["securitySchemes"] = {_BEARER: {"type": "http", "scheme": "bearer"}}
            told["paths"]["/v1/poke"]["get"]["security"] = _LOCKED
            app.openapi_schema = told
        return app.openapi_schema

    app.openapi = described  # type: ignore[method-assign]  # the documented way to extend it


def path_of(door: str) -> str:
    """Where a door is."""
    return f"/v1/{door}"


def _shapes() -> dict[str, Any]:
    asked: list[Any] = [(one, "validation", TypeAdapter(one)) for _, one, _, _ in _DOORS.values()]
    told: Iterable[type] = {*(one for _, _, one, _ in _DOORS.values()), protocol.Problem}
    answered: list[Any] = [(one, "serialization", TypeAdapter(one)) for one in told]
    _, shapes = TypeAdapter.json_schemas([*asked, *answered], ref_template=_REF)
    found: dict[str, Any] = shapes["$defs"]
    return found

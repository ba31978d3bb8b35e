"""`lumi-hub identity`: who is likely the same person, links, and what undoes them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.table import Table

from lumi_desk import clock
from lumi_desk.hub import keeping, likely, linked, linking, proposing
from lumi_desk.hub.cli_imports import moves_as_data
from lumi_desk.hub.cli_shared import AsJson, Database, console, hub, speaking, table
from lumi_desk.hub.likely import Pair, Side
from lumi_desk.hub.linking import Done
from lumi_desk.identity.tables import IdentityLink
from lumi_desk.security.masking import mask_phone, mask_text
from lumi_desk.sync import feed

app = typer.Typer(no_args_is_help=True, help="Customers who are one person, or likely are.")
_MARK = "Id, phone, member id or order number."


@app.command(epilog="Example: lumi-hub identity review --limit 20")
def review(
    limit: Annotated[int, typer.Option(min=1, help="So many pairs, the surest first.")] = 10,
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """List the pairs who are likely one person, side by side, with what speaks for it."""
    with speaking(as_json) as speech, hub(database) as store:
        proposing.catch_up(store, clock.now())
        with store.read() as session:
            pairs, many = likely.review(session, limit)
        words = "\n\n".join([*map(_pair_in_words, pairs), _told(len(pairs), many)])
        speech.say({"likely": many, "pairs": [_as_data(pair) for pair in pairs]}, words)


@app.command(epilog="Example: lumi-hub identity link M000042 M000977")
def link(
    keep: Annotated[str, typer.Argument(help=f"Who is kept. {_MARK}")],
    other: Annotated[str, typer.Argument(help=f"Who goes into her. {_MARK}")],
    force: Annotated[
        bool, typer.Option("--force", help="Also if another rep has the other one.")
    ] = False,
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """Make one customer of two: everything of the other goes to the one who is kept.

    She stays with the rep of the one who is kept. It can be undone.
    """
    with speaking(as_json) as speech, hub(database) as store:
        with store.write() as session:
            feed.watch(session, alone=True)
            kept_id, other_id = linking.named(session, keep, other)
            done = linking.link(session, kept_id, other_id, clock.now(), force=force)
        undo = f"To undo it: lumi-hub identity unlink {done.id}"
        speech.say(_done(done), f"They are one customer now; {_moved(done)}.\n{undo}")


@app.command(epilog="Example: lumi-hub identity unlink 0193a2b4-…")
def unlink(
    link_id: Annotated[str, typer.Argument(metavar="ID", help="The link, as the list shows it.")],
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """Make two customers of one again, as they were. What came later stays with the kept one.

    If an import made the link, no list makes them one again, and they are not proposed again
    unless something new speaks for it.
    """
    with speaking(as_json) as speech, hub(database) as store:
        with store.write() as session:
            feed.watch(session, alone=True)
            done = linking.unlink(session, link_id, clock.now())
        speech.say(_done(done), f"They are two customers again; {_moved(done)} back.")


@app.command(epilog="Example: lumi-hub identity apart M000042 M000977")
def apart(
    one: Annotated[str, typer.Argument(help=_MARK)],
    other: Annotated[str, typer.Argument(help=_MARK)],
    undo: Annotated[bool, typer.Option("--undo", help="Take it back.")] = False,
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """Say that two customers are different people.

    They are not proposed again unless something new speaks for it.
    """
    with speaking(as_json) as speech, hub(database) as store:
        with store.write() as session:
            one_id, other_id = linking.named(session, one, other)
            if undo:
                linking.take_back(session, one_id, other_id, clock.now())
            else:
                linking.set_apart(session, one_id, other_id, clock.now())
        words = "They may be proposed again." if undo else "They are different people from now on."
        speech.say({"one": one_id, "other": other_id, "apart": not undo}, words)


@app.command("list", epilog="Example: lumi-hub identity list")
def list_(
    by_imports: Annotated[
        bool, typer.Option("--by-imports", help="Those that imports of lists made.")
    ] = False,
    customer: Annotated[
        str, typer.Option(help=f"Those that brought her together, whoever made them. {_MARK}")
    ] = "",
    limit: Annotated[int, typer.Option(min=1, help="So many of either.")] = 50,
    before: Annotated[str, typer.Option(metavar="ID", help="Those older than this link.")] = "",
    database: Database = "",
    as_json: AsJson = False,
) -> None:
    """List the links that people made, the newest first, and which of them were undone.

    Imports may have made very many: those come page by page.
    """
    with speaking(as_json) as speech, hub(database) as store, store.read() as session:
        her = keeping.known_by(session, [customer])[0] if customer else ""
        if by_imports or her:
            found = linked.page(session, limit + 1, before=before, customer_id=her)
            found, more = found[:limit], len(found) > limit
        else:
            found, more = linked.by_people(session), False
        if not found:
            listed = by_imports or her
            hint = "." if listed else " by hand. What imports linked: --by-imports"
            speech.say([], f"No customers were linked yet{hint}")
            return
        files = linked.told_by(session, found)
        speech.say([_link_as_data(one, files) for one in found], _links_in_table(found, files))
        if more and not as_json:
            console().print(f"Those before them: --before {found[-1].id}")


def _pair_in_words(pair: Pair) -> str:
    one, other = (_shown(side) for side in (pair.one, pair.other))
    widest = max(len(value) for value in one.values())
    lines = [
        f"  {name:<10} {one[name]:<{widest}}  {other[name]}"
        for name in one
        if one[name] or other[name]
    ]
    head = f"{pair.likeness.score} points: {likely.in_words(pair.likeness)}"
    return "\n".join([head, *lines])


def _told(shown: int, many: int) -> str:
    if not many:
        return "Nobody is likely there twice."
    return (
        f"{shown:,} of {many:,} likely pairs. The same person: lumi-hub identity link KEEP OTHER;"
        " two people: lumi-hub identity apart ONE OTHER."
    )


def _shown(side: Side) -> dict[str, str]:
    """A customer as a keeper may see her: numbers masked."""
    return {
        "id": side.id,
        "name": side.name,
        "phone": mask_phone(side.phone),
        "wechat": mask_text(side.wechat),
        "wangwang": mask_text(side.wangwang),
        "city": side.city,
        "birthday": side.birthday.isoformat() if side.birthday else "",
        "member": ", ".join(side.members),
        "pool": side.pool,
        "orders": f"{side.orders:,}",
        "last order": side.last_order.isoformat() if side.last_order else "",
        "rep": side.rep,
    }


def _as_data(pair: Pair) -> dict[str, Any]:
    evidence = [asdict(one) for one in pair.likeness.evidence]
    shown = {"one": _shown(pair.one), "other": _shown(pair.other)}
    words = likely.in_words(pair.likeness)
    return shown | {"score": pair.likeness.score, "evidence": evidence, "words": words}


def _done(done: Done) -> dict[str, Any]:
    told = {"link": done.id, "kept": done.kept_id, "other": done.other_id, "moved": done.moved}
    return told | moves_as_data(done.changes)


def _moved(done: Done) -> str:
    parts = [f"{many:,} {name.replace('_', ' ')}" for name, many in done.moved.items()]
    return f"moved {', '.join(parts) or 'nothing'}"


def _minute(one: IdentityLink) -> str:
    return f"{one.at:%Y-%m-%d %H:%MZ}"


def _undone(one: IdentityLink) -> str:
    return f"{one.undone_at:%Y-%m-%d %H:%MZ}" if one.undone_at else "–"


def _links_in_table(found: Sequence[IdentityLink], files: Mapping[str, str]) -> Table:
    headings = ("link", "kept", "other", "made", "undone")
    rows = [(one.id, one.kept_id, one.other_id, _minute(one), _undone(one)) for one in found]
    if not files:
        return table(headings, rows)
    told = [
        (*row, files.get(one.import_id or "", "")) for row, one in zip(rows, found, strict=True)
    ]
    return table((*headings, "files"), told)


def _link_as_data(one: IdentityLink, files: Mapping[str, str]) -> dict[str, Any]:
    undone = one.undone_at.isoformat() if one.undone_at else None
    moved = {name: len(ids) for name, ids in one.moved.items() if ids}
    told: dict[str, Any] = {"kept": one.kept_id, "other": one.other_id, "moved": moved}
    told |= {"link": one.id, "import": one.import_id, "files": files.get(one.import_id or "", "")}
    return told | {"at": one.at.isoformat(), "undone_at": undone}

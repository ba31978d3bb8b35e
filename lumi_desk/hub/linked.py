"""The links that were made, as they are listed."""

from collections.abc import Collection, Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lumi_desk.hub import looking
from lumi_desk.identity.tables import IdentityLink
from lumi_desk.imports.tables import ImportRun


def by_people(session: Session) -> Sequence[IdentityLink]:
    """All links that people ever made, the newest first."""
    asked = select(IdentityLink).where(IdentityLink.import_id.is_(None))
    return session.scalars(asked.order_by(IdentityLink.at.desc(), IdentityLink.id.desc())).all()


def page(
    session: Session, limit: int, *, before: str = "", customer_id: str = ""
) -> Sequence[IdentityLink]:
    """Some of the links that imports made, the newest first: those older than `before`, a link.

    With `customer_id` those that brought her together, whoever made them.
    """
    asked = select(IdentityLink).order_by(IdentityLink.id.desc()).limit(limit)
    if before:
        asked = asked.where(IdentityLink.id < before)
    if customer_id:
        hers = looking.everybody_in(session, customer_id)
        either = or_(IdentityLink.kept_id.in_(hers), IdentityLink.other_id.in_(hers))
        return session.scalars(asked.where(either)).all()
    return session.scalars(asked.where(IdentityLink.import_id.is_not(None))).all()


def told_by(session: Session, links: Collection[IdentityLink]) -> dict[str, str]:
    """The files of the imports that made these links, by the import's id."""
    ids = {one.import_id for one in links if one.import_id}
    asked = select(ImportRun.id, ImportRun.files).where(ImportRun.id.in_(ids))
    return {pk: "、".join(name for name, _ in files) for pk, files in session.execute(asked)}

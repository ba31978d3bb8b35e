"""The demonstration's hub as it is founded: a manager finds something to look through."""

from pathlib import Path

from sqlalchemy import select

from lumi_desk.customers.tables import Customer
from lumi_desk.demo import founding
from lumi_desk.demo.place import Place, playing_now
from lumi_desk.hub import settings
from lumi_desk.identity.tables import ProposedPair


def test_some_people_are_likely_there_twice(tmp_path: Path) -> None:
    place = Place(tmp_path)
    company = founding.found(place, playing_now(60, "", fair=True))
    store = settings.opened(str(place.database))
    with store.read() as session:
        pairs = session.scalars(select(ProposedPair)).all()
        evidence = {kind for pair in pairs for kind, points in pair.evidence if points > 0}
        assert evidence == {"wechat", "name", "birthday"}
        known = {one.id for one in company.customers}
        new = set(session.scalars(select(Customer.id).where(Customer.id.not_in(known))))
        assert {len({pair.one_id, pair.other_id} & new) for pair in pairs} == {1}
    store.close()

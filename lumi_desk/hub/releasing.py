"""Publishing what a large import wrote, some customers at a time."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from lumi_desk.hub.placing import Given
from lumi_desk.storage.among import IDS, among, in_pieces
from lumi_desk.storage.spool import Heap, Spool
from lumi_desk.sync import feed
from lumi_desk.sync.entities import BY_NAME, Scope
from lumi_desk.sync.feed import Pair

_AT_ONCE = 5000

Tell = Callable[[str, int, int], None]
_Rooted = tuple[str, Pair]


def publish(
    session: Session, spool: Spool, pairs: Iterable[Pair], given: Given, tell: Tell
) -> None:
    """Publish records, a customer always together with what is hers.

    Whoever comes into a stream brings her children along, so they need no rows of their own: that
    shows only when she and they are published at once. `given` came to their reps just now; the
    session knows some of their records itself, so they come first.
    """
    by_root: Heap[_Rooted] = Heap(spool)
    for some in in_pieces(pairs, _AT_ONCE):
        for root, pair in _rooted(session, some):
            by_root.add(root, (root, pair))
    moved = {one for one, _, _ in given.moved}
    feed.publish(session, [pair for one in sorted(moved) for _, pair in by_root.of(one)])
    done, whole = 0, len(by_root)
    for group in by_root.groups(_AT_ONCE):
        tell("publishing", done, whole)
        feed.publish(session, [pair for root, pair in group if root not in moved])
        done += len(group)
    if whole:
        tell("publishing", whole, whole)


def _rooted(session: Session, pairs: Sequence[Pair]) -> Iterator[_Rooted]:
    """Each record with the customer it belongs to; what is no customer's stands for itself."""
    roots: dict[Pair, str] = {}
    for name in {name for name, _ in pairs}:
        entity = BY_NAME[name]
        if entity.scope is Scope.CHILD:
            table = entity.kept
            asked = select(table.c.id, table.c.customer_id).where(among(table.c.id))
            ids = [one for of, one in pairs if of == name]
            for one, customer_id in session.connection().execute(asked, {IDS: ids}):
                roots[name, one] = customer_id or one
    return ((roots.get(pair, pair[1]), pair) for pair in pairs)

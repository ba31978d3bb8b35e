"""What is being typed stays on the desk, under its name."""

from lumi_desk.storage.store import Store
from lumi_desk.sync.keepsakes import keep, kept


def test_a_text_is_kept_until_another_takes_its_place(desk_store: Store) -> None:
    with desk_store.read() as session:
        assert kept(session, "rules") == ""
    for text in ("A 级起点", ""):
        with desk_store.write() as session:
            keep(session, "rules", text)
            keep(session, "other", "x")
        with desk_store.read() as session:
            assert (kept(session, "rules"), kept(session, "other")) == (text, "x")

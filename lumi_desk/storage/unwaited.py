"""Writing to a server without waiting for every answer: what comes next is made meanwhile."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from lumi_desk.storage.direct import in_their_words


@contextmanager
def unwaited(session: Session) -> Iterator[None]:
    """What bulk writes in this block is sent at once, and its answer looked at later.

    What the server refuses is raised where an answer is needed next, at the latest on leaving;
    the transaction is lost then. The first statement that SQLAlchemy runs waits for all that
    went before and ends it, since SQLAlchemy wants each answer at once. A file has no such way.
    """
    connection = session.connection()
    if connection.dialect.name != "postgresql":
        yield
        return
    driver: Any = connection.connection.driver_connection
    with in_their_words(connection), ExitStack() as sending:
        sending.enter_context(driver.pipeline())

        def wait(*_: object) -> None:
            sending.close()

        event.listen(connection, "before_cursor_execute", wait)
        try:
            yield
        finally:
            event.remove(connection, "before_cursor_execute", wait)

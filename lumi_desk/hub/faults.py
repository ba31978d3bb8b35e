"""Whose fault it is when an operation can't be carried out: its own, or the database's."""

from sqlalchemy.exc import DataError, IntegrityError, StatementError

from lumi_desk.errors import LumiError

# What the database says when the operation is wrong, not when the database is in trouble.
ITS_FAULT = (IntegrityError, DataError)


def require_its_fault(error: LumiError | StatementError) -> None:
    """Raise again what the operation is not to blame for."""
    if not isinstance(error, (LumiError, *ITS_FAULT)) and not isinstance(error.orig, LumiError):
        raise error

"""What can be wrong with a file, one sentence each: what, where, and what to do about it."""

from lumi_desk.errors import N_, LumiError


class NoFile(LumiError):
    """There is no such file, or it may not be read."""

    title = N_("The file {file} cannot be read")
    advice = N_("Nothing was imported. Check the name and who may read it.")


class NothingInside(LumiError):
    """The file is empty, or has a header and no row."""

    title = N_("{file} is empty: expected a header and rows, found {found}")
    advice = N_("Nothing was imported. Export the orders again.")


class NotAnExport(LumiError):
    """The header is none we know."""

    title = N_(
        "{file} is no order export, items export or member list: expected a header with "
        "{expected}, found {found}"
    )
    advice = N_(
        "Nothing was imported. Choose the file the platform exported, unchanged, or say what its "
        "columns mean with --map COLUMN=MEANING."
    )


class RefundsApart(LumiError):
    """A table of refunds, without the orders they belong to."""

    title = N_("{file} tells in “{column}” what was given back, and holds no orders")
    advice = N_(
        "Nothing was imported. Write the refunds beside their orders, or leave this table out: the "
        "orders would then count as kept."
    )


class WrongFormat(LumiError):
    """The bytes are neither text nor a workbook, whatever the file is called."""

    title = N_(
        "{file} cannot be read: expected CSV in UTF-8, GBK or UTF-16, or an .xlsx workbook, "
        "found {found}"
    )
    advice = N_(
        "Nothing was imported. Open it where it was made and save it as .xlsx or CSV; the name of "
        "a workbook must end in .xlsx."
    )


class WrongEncoding(LumiError):
    """The text is neither UTF-8 nor GBK from beginning to end."""

    title = N_("{file} has a damaged encoding: expected UTF-8 or GBK, found {found} in line {line}")
    advice = N_("Nothing was imported. Export the orders again and do not join files by hand.")


class CutOff(LumiError):
    """The file ends in the middle."""

    title = N_("{file} is cut off in line {line}: expected {expected}, found {found}")
    advice = N_("Nothing was imported. Download the file again.")


class BrokenQuote(LumiError):
    """A quoted cell goes on after its quote."""

    title = N_("{file} has a broken quote in line {line}: expected a comma after it, found text")
    advice = N_("Nothing was imported. Export the orders again.")


class DamagedSheet(LumiError):
    """A spreadsheet file that does not open."""

    title = N_("{file} is a damaged spreadsheet: expected an .xlsx workbook, found {found}")
    advice = N_("Nothing was imported. Save it again from the spreadsheet program.")


class Protected(LumiError):
    """The file is encrypted."""

    title = N_("{file} is protected by a password")
    advice = N_(
        "Nothing was imported. Open it, take the password off, save it under another name, "
        "import that and delete it afterwards."
    )


class TooMuchInside(LumiError):
    """A small file that unpacks to a very large one."""

    title = N_(
        "{file} unpacks to more than {times} times its size: expected an export, found {found}"
    )
    advice = N_("Nothing was imported. Do not open it; ask whoever sent it for a plain CSV file.")


class TooWide(LumiError):
    """More columns than any export has."""

    title = N_("{file} has {found} columns: expected at most {most}")
    advice = N_(
        "Nothing was imported. Delete the stray cells right of the table and save it again."
    )


class NoSuchSheet(LumiError):
    """A sheet was asked for that the workbook has not."""

    title = N_("{file} has no sheet “{sheet}”")
    advice = N_("Nothing was imported. Its sheets are: {found}")


class AllLeftOut(LumiError):
    """No table is left to be read."""

    title = N_("Every table was left out")
    advice = N_("Nothing was imported. Take in one of them at least.")


class StrayCell(LumiError):
    """A cell far below the table, which would make it huge."""

    title = N_("{file} has {rows} rows, and a stray one in line {line}")
    advice = N_("Nothing was imported. Delete the stray rows below the table and save it again.")


class NoResult(LumiError):
    """A formula was saved without its result."""

    title = N_("{file} has a formula without a result in cell {cell}: expected a value")
    advice = N_(
        "Nothing was imported. Open it in a spreadsheet program, which calculates it, and save it."
    )

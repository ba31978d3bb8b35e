"""Texts in UTF-16, as spreadsheet programs save "Unicode text", looked through from end to end."""

import codecs
from collections.abc import Iterable
from itertools import chain

from lumi_desk.errors import N_
from lumi_desk.imports.problems import CutOff, NothingInside, WrongEncoding, WrongFormat

_BLANK = "\ufeff \t\r\n"


def ends_whole(file: str, pieces: Iterable[bytes], most_line: int) -> bool:
    """Whether its last line has its end. `most_line` are the characters a line may have.

    Raises NothingInside, WrongEncoding, WrongFormat, CutOff.
    """
    decoder = codecs.getincrementaldecoder("utf-16")()
    line, length, size, last, blank = 1, 0, 0, "", True
    for piece in chain(pieces, [b""]):
        try:
            text = decoder.decode(piece, final=not piece)
        except UnicodeDecodeError as error:
            if not piece or error.reason == "unexpected end of data":
                told = {"expected": N_("a whole character"), "found": N_("half of one")}
                raise CutOff(file=file, line=line, **told) from error
            before = error.object[: error.start]
            line += max(before.count(b"\n\0"), before.count(b"\0\n"))
            raise WrongEncoding(file=file, line=line, found=N_("a broken UTF-16")) from error
        if "\0" in text:
            raise WrongFormat(file=file, found=N_("binary data"))
        size += len(piece)
        line += text.count("\n")
        ends = max(text.rfind("\n"), text.rfind("\r"))
        length = len(text) - ends + (length if ends < 0 else 0)
        if length > most_line:
            told = {"expected": N_("its end"), "found": N_("a line without end")}
            raise CutOff(file=file, line=line, **told)
        blank = blank and not text.strip(_BLANK)
        last = text[-1:] or last
    if blank:
        raise NothingInside(file=file, found=f"{size} bytes")
    return last in ("\n", "\r")

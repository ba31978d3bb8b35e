"""A file that was brought up in sealed pieces, read as if it lay on the disk; it never does."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from lumi_desk.managing.imports import PIECE

# So many open pieces are at hand: a workbook is not read from its beginning to its end.
_AT_HAND = 32


@dataclass(frozen=True)
class Size:
    """The bytes of a file, as the disk tells them."""

    st_size: int


@dataclass(frozen=True)
class SealedFile:
    """A file by its pieces; `piece` gives the open bytes of one, counted from 0."""

    name: str
    size: int
    piece: Callable[[int], bytes]

    def stat(self) -> Size:
        """How large it is."""
        return Size(self.size)

    def open(self, mode: Literal["rb"] = "rb") -> io.BufferedReader:
        """Its bytes, to be read and sought in. Raises what opening a piece raises."""
        if mode != "rb":
            raise ValueError(f"a sealed file is only read, not opened as {mode}")
        return io.BufferedReader(_Reading(self), PIECE)


class _Reading(io.RawIOBase):
    def __init__(self, file: SealedFile) -> None:
        super().__init__()
        self._size, self._at = file.size, 0
        self._piece = lru_cache(maxsize=_AT_HAND)(file.piece)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any) -> int:
        if self._at >= self._size:
            return 0
        number, begins = divmod(self._at, PIECE)
        body = self._piece(number)[begins : begins + len(buffer)]
        buffer[: len(body)] = body
        self._at += len(body)
        return len(body)

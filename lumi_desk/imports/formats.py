"""What a file is by its first bytes, where it is neither a text nor a workbook of ours."""

from collections.abc import Iterable

from lumi_desk.errors import N_

# So many bytes tell what a file is.
HEAD = 512
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
OLE = b"\xd0\xcf\x11\xe0"
ZIP = b"PK\x03\x04"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_BEGINNINGS = (
    (OLE, N_("an old workbook of Excel or WPS (.xls, .et)")),
    (b"%PDF", "PDF"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7z"),
)
_WEB_PAGE = (b"<html", b"<!doctype html", b"<table", b"<meta", b"<style")
BINARY = N_("binary data")
_WORKBOOK = N_("an Excel workbook (.xlsx)")


def of(head: bytes) -> str:
    """What a file that begins so is, as a message; empty where it may be a text."""
    for beginning, name in _BEGINNINGS:
        if head.startswith(beginning):
            return name
    if head.startswith(ZIP):
        return _zip(head)
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if text.startswith(_WEB_PAGE):
        return N_("a web page (HTML), whatever its name")
    return N_("a table in XML, as Excel 2003 saves it") if text.startswith(b"<?xml") else ""


def is_open_document(head: bytes) -> bool:
    """Whether it is a packed table of LibreOffice or OpenOffice."""
    return head.startswith(ZIP) and b"opendocument" in head


def _zip(head: bytes) -> str:
    return N_("an OpenDocument table (.ods)") if is_open_document(head) else _WORKBOOK


def is_locked(pieces: Iterable[bytes]) -> bool:
    """Whether an OLE container holds a workbook under a password."""
    tail = b""
    for piece in pieces:
        if _ENCRYPTED in tail + piece:
            return True
        tail = piece[-len(_ENCRYPTED) :]
    return False

"""Text of unknown encoding: people save READMEs as editors on any system do."""

import codecs

from harvester.base.errors import CatalogError

_MARKS = {  # the longer ones first: a mark of UTF-32 begins with one of UTF-16
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_ASCII_HALF = 0.3  # of the bytes: a Western text in UTF-16 has a zero in every second one


def decoded(data: bytes, name: str) -> str:
    """The text of a file: UTF-8, UTF-16 or UTF-32 by its mark, UTF-16 without one, else Windows-1252 (Latin-1's heir).

    Raises:
        CatalogError: the bytes are no text; the message names `name`.
    """
    text = text_of(data)
    if "\0" in text:
        raise CatalogError(f"{name} is not a text file", remedy="give a README, a .bib file or a CITATION.cff")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def text_of(data: bytes) -> str:
    """The text of a file as `decoded`, with its line ends; of a file that is no text it has control characters."""
    return _read(data, _encoding(data))


def _encoding(data: bytes) -> str:
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            return encoding
    zeros = data.count(b"\0")
    if zeros and zeros > _ASCII_HALF * len(data):
        return "utf-16-le" if data[1::2].count(b"\0") > zeros / 2 else "utf-16-be"
    return "utf-8"


def _read(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return data.decode("cp1252" if encoding == "utf-8" and _is_windows(data) else "latin-1")


def _is_windows(data: bytes) -> bool:
    """Whether every byte has a meaning in Windows-1252, which leaves five undefined."""
    return not set(data) & {0x81, 0x8D, 0x8F, 0x90, 0x9D}

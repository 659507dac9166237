"""Repairs one accident: UTF-8 text that a program read as Mac Roman and saved again."""

import unicodedata

# Which two-byte UTF-8 sequences to repair: Latin and Greek letters and signs, which Mac Roman shows as a misplaced sign
# before another ("√©", "Œ≤"). Other pairs begin with «, », an ellipsis, a dash, a quotation mark or À and are more
# probably real text. Three bytes in a row are no accident.
_TWO_BYTES = (range(0xA0, 0x180), range(0x380, 0x400))
_THREE_BYTES = 0x800


def repair(line: str) -> str:
    """The line as it was meant, if reading it back as Mac Roman gives sensible UTF-8; else unchanged."""
    if line.isascii():
        return line
    try:
        meant = line.encode("mac_roman").decode("utf-8")
    except UnicodeError:  # not an error: most lines with accents are simply correct
        return line
    return meant if all(map(_sensible, meant)) else line


def _sensible(char: str) -> bool:
    if char.isascii():
        return char.isprintable() or char.isspace()
    code = ord(char)
    believed = code >= _THREE_BYTES or any(code in two for two in _TWO_BYTES)
    return believed and unicodedata.category(char) not in ("Cc", "Cn", "Co", "Cs")

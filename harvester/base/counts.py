"""How many of something, in words that fit one of them, too."""


def count_of(number: int, one: str, many: str = "") -> str:
    """``1 paper``, ``0 papers``, ``2,612 papers``; `many` where an s is not enough, such as ``papers wait``."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"

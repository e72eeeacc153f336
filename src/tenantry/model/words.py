"""Numbers with the word that they count."""


def counted(number: int, one: str, many: str = "") -> str:
    """`1 change`, `3,000 changes`; `many` where it isn't formed with an s."""
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def moves_counted(changes: int, updates: int) -> str:
    """Changes and updates, as far as there are any."""
    told = [counted(number, word) for number, word in ((changes, "change"), (updates, "update")) if number]
    return " and ".join(told) or "0 changes"

"""Formats of codes: 9 a digit, A a capital letter, * either; every other character stands for itself. Pure."""

FORMAT_PATTERN = r"^[A-Z0-9*_./-]*$"


def matches(code: str, form: str) -> bool:
    """Whether a code has a format; the empty format admits all."""
    if not form:
        return True
    return len(code) == len(form) and all(_fits(c, f) for c, f in zip(code, form, strict=True))


def _fits(character: str, form: str) -> bool:
    digit = character.isascii() and character.isdigit()
    capital = character.isascii() and character.isupper() and character.isalpha()
    if form == "9":
        return digit
    if form == "A":
        return capital
    if form == "*":
        return digit or capital
    return character == form

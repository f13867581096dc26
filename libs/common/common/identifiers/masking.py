"""How personal values are shown to those who need not see all of them. The one place that decides it."""

_STAR = "*"


def mask_id_number(number: str) -> str:
    """Show the first three and the last four characters: 320***********1234 (manual 002 shows them so)."""
    return _keep(number, first=3, last=4)


def mask_document_number(number: str) -> str:
    """Show a short number's first and last three characters (H*****678), a long one as an ID number is shown."""
    return mask_id_number(number) if len(number) >= 11 else _keep(number, first=1, last=3)


def mask_bank_card(number: str) -> str:
    """Show the first and the last four digits: 6228 **** **** 4171, whatever its length (manual 002)."""
    digits = "".join(number.split())
    return f"{digits[:4]} **** **** {digits[-4:]}" if len(digits) >= 12 else _STAR * len(digits)


def mask_mobile(number: str) -> str:
    """Show the first three and the last four digits: 138****5678."""
    return _keep(number, first=3, last=4)


def mask_name(name: str) -> str:
    """Show the first character, which is mostly the surname: 张*, 欧***."""
    return name[:1] + _STAR * (len(name) - 1)


def _keep(text: str, *, first: int, last: int) -> str:
    """Hide the middle; a text too short to hide anything in is hidden whole."""
    hidden = len(text) - first - last
    return text[:first] + _STAR * hidden + text[-last:] if hidden >= last else _STAR * len(text)

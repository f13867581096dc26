"""Pure rules of bulk messages: parts of an SMS, what it costs, which variables a text may use."""

from decimal import ROUND_HALF_UP, Decimal

from common.contracts.pack.messages import variables_of

ONE_PART, PARTS = 70, 67
"""Characters of a short SMS in Chinese, and of each part of a longer one."""
VARIABLES = frozenset({"name", "unit_name", "tenant_name", "hotline"})
CENT = Decimal("0.01")


def parts_of(text: str) -> int:
    """Return in how many parts carriers bill an SMS (UTF-16 units, as they count)."""
    length = len(text.encode("utf-16-le")) // 2
    return 1 if length <= ONE_PART else -(-length // PARTS)


def cost(*, recipients: int, parts: int, price: Decimal) -> Decimal:
    """Return yuan for SMS to so many recipients, rounded to cents."""
    return (price * parts * recipients).quantize(CENT, rounding=ROUND_HALF_UP)


def unknown_variables(text: str) -> list[str]:
    """Return the variables of a text that nobody fills; ValueError where a brace stands alone."""
    return sorted(variables_of(text) - VARIABLES)


def stray_brace(text: str) -> bool:
    """Whether a brace stands alone, or holds something else than a name."""
    try:
        variables_of(text)
    except ValueError:
        return True
    return False

"""What a claim is worth to its person, by its state. Pure."""

from decimal import Decimal

NOTHING = Decimal("0.00")


def granted_amount(status: str, amount: Decimal | None) -> Decimal | None:
    """Return what a claim comes to in yuan: nothing once it is refused, no figure once it was taken back.

    What was calculated before the decision stays in its explanation.
    """
    if status == "rejected":
        return NOTHING
    return None if status == "withdrawn" else amount

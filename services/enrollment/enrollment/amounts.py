"""Money in responses: yuan as a string with two decimals."""

from decimal import Decimal
from typing import Annotated

from pydantic import PlainSerializer, WithJsonSchema


def yuan(amount: Decimal) -> str:
    """Return an amount in yuan as 600.00."""
    return f"{amount:.2f}"


Yuan = Annotated[
    Decimal,
    PlainSerializer(yuan, return_type=str),
    WithJsonSchema(
        {"type": "string", "pattern": r"^\d+\.\d{2}$", "examples": ["600.00"]}, mode="serialization"
    ),
]

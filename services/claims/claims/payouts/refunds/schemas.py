"""Requests about refunds."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

Words = StringConstraints(strip_whitespace=True, min_length=2, max_length=100)


class AccountNaming(BaseModel):
    """The account that a refund goes to: of the unit that paid, or of the member."""

    model_config = ConfigDict(extra="forbid")

    holder: Annotated[str, Words]
    number: Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[0-9]{8,32}$")]
    bank_name: Annotated[str, Words]

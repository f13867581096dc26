"""What people write with a decision: reasons and opinions have one limit everywhere.

A list, a message and a printed form hold that much. A refusal names the limit (`common.http.validation`), the console
tells it while somebody writes.
"""

from typing import Annotated, Any

from pydantic import BeforeValidator, StringConstraints
from pydantic_core import PydanticCustomError

MOST = 500
"""Characters."""


def _given(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if not value.strip():
        raise PydanticCustomError("reason_missing", "a reason is needed")
    return value.strip()


Opinion = Annotated[str, StringConstraints(strip_whitespace=True, max_length=MOST)]
"""What may be said with a decision; nothing is an opinion too."""
Reason = Annotated[str, BeforeValidator(_given), StringConstraints(min_length=2, max_length=MOST)]
"""What must be said: without blanks at the ends, `reason_missing` where nothing is left."""

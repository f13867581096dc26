"""One thing that is wrong with a form."""

from dataclasses import dataclass
from typing import Any

from ..text import Text


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: stable code, the field or document it is about, and what to do."""

    code: str
    text: Text
    field: str = ""
    document_id: str | None = None

    def as_error(self) -> dict[str, Any]:
        """Return the entry of a problem's `errors`."""
        error: dict[str, Any] = {"field": self.field, "code": self.code, "message": self.text.in_language()}
        return error | ({"document_id": self.document_id} if self.document_id else {})

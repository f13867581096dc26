"""What a service declares of its sealed values: the contexts they stand under and the kinds they are searched by."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from .errors import CryptoError
from .tenant import TenantKeys

ROW_ID = "{id}"
"""In a context: the id of the row that the value stands in."""
SHARED = (
    "words", "task.parameters", "task.key", "task.file", "upload.name", f"upload_key:{ROW_ID}",
    f"person_key:{ROW_ID}", "proposal.parameters", "proposal.reason", "proposal.opinion", "proposal.outcome",
)  # fmt: skip
"""Contexts of the tables that `common` gives to services."""


@dataclass(frozen=True)
class SealedValues:
    """Everything under which one service seals and indexes.

    A token does not say its context: the declared ones are tried, and what is authenticated opens under one only.
    """

    contexts: Sequence[str]
    kinds: Sequence[str] = ()

    def opened(
        self, token: str, keys: TenantKeys, *, row_id: UUID | str | None = None
    ) -> tuple[str, bytes] | None:
        """Return a token's context and content; None if it opens under none of the declared contexts."""
        for context in self._of(row_id):
            try:
                return context, keys.open_bytes(token, context=context)
            except CryptoError:
                continue
        return None

    def index_moved(self, index: str, values: Iterable[str], keys: TenantKeys) -> str | None:
        """Return the newest form of a blind index if it is of one of these values under an older key, else None."""
        for value in values:
            for spelling in dict.fromkeys((value, value.upper())):
                for kind in self.kinds:
                    newest, *older = keys.blinds(kind, spelling)
                    if index in older:
                        return newest
        return None

    def _of(self, row_id: UUID | str | None) -> Iterable[str]:
        for context in (*self.contexts, *SHARED):
            if ROW_ID not in context:
                yield context
            elif row_id is not None:
                yield context.replace(ROW_ID, str(row_id))

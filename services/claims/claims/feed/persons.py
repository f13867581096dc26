"""Lines of the settlement feed as a person's data: given to them, and blanked at an erasure (docs/adr/0017)."""

from typing import Any
from uuid import UUID

from common.erasure import ErasedTable
from common.export import ExportedTable

from .repository import lines_of_person, select_lines_of_person


class ErasedLines(ErasedTable):
    """Lines to be blanked, as long as the person's number is still known: before the copies are."""

    def rows_of(self, tenant_id: UUID, person_id: UUID) -> Any:
        """Return the condition of a person's lines."""
        return lines_of_person(tenant_id, person_id)


class ExportedLines(ExportedTable):
    """Lines that a person is given."""

    def rows_of(self, tenant_id: UUID, person_id: UUID) -> Any:
        """Return the statement of a person's lines, in the order they came."""
        return select_lines_of_person(tenant_id, person_id)

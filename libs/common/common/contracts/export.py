"""How services hand over what they hold of a person who asked for it: parts that only that export can read."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from ..events.contract import Event


class PersonExportAsked(Event):
    """Somebody asked for everything that is held of a person: every service gives its part, encrypted to this key."""

    wire: ClassVar[str] = "identity.person_export_asked.v1"
    request_id: UUID
    person_id: UUID
    public_key: str
    """X25519 public key of this export alone (RFC 8037, "x"); the private one is destroyed after the end."""
    until: datetime
    """After that no part is waited for any more."""

    @property
    def key(self) -> str:
        """Person."""
        return str(self.person_id)


class _PersonExportPart(Event):
    request_id: UUID
    person_id: UUID
    number: int
    """Which piece of the part this is, from 1."""
    of: int
    """How many pieces the part has."""
    rows: int
    """Rows in the whole part."""
    content: str
    """The piece, encrypted to the export's own key (JWE, ECDH-ES with A256GCM)."""

    @property
    def key(self) -> str:
        """Person."""
        return str(self.person_id)


class EnrollmentExportPart(_PersonExportPart):
    """enrollment's part of a person's export: orders they stood in, policies, applications, dues."""

    wire: ClassVar[str] = "enrollment.person_export_part.v1"


class ClaimsExportPart(_PersonExportPart):
    """claims' part of a person's export: claims with their timeline, payouts, appeals."""

    wire: ClassVar[str] = "claims.person_export_part.v1"


class NotifyExportPart(_PersonExportPart):
    """notify's part of a person's export: messages to them and what is kept to send them."""

    wire: ClassVar[str] = "notify.person_export_part.v1"


class OcrExportPart(_PersonExportPart):
    """ocr's part of a person's export: the list of documents handed in and what was read on them."""

    wire: ClassVar[str] = "ocr.person_export_part.v1"


class ActivitiesExportPart(_PersonExportPart):
    """activities' part of a person's export: what they joined, answered and received."""

    wire: ClassVar[str] = "activities.person_export_part.v1"


EXPORT_PART: dict[str, type[_PersonExportPart]] = {
    kind.topic(): kind
    for kind in (
        EnrollmentExportPart,
        ClaimsExportPart,
        NotifyExportPart,
        OcrExportPart,
        ActivitiesExportPart,
    )
}
"""By service."""

"""How services acknowledge a tenant's pack: the pack is live when all have."""

from typing import ClassVar

from ..events.contract import Event


class _PackInstalled(Event):
    code: str
    pack_version: int

    @property
    def key(self) -> str:
        """Tenant code."""
        return self.code


class EnrollmentPackInstalled(_PackInstalled):
    """enrollment has the pack."""

    wire: ClassVar[str] = "enrollment.pack_installed.v1"


class ClaimsPackInstalled(_PackInstalled):
    """claims has the pack."""

    wire: ClassVar[str] = "claims.pack_installed.v1"


class NotifyPackInstalled(_PackInstalled):
    """notify has the pack."""

    wire: ClassVar[str] = "notify.pack_installed.v1"


class OcrPackInstalled(_PackInstalled):
    """ocr has the pack."""

    wire: ClassVar[str] = "ocr.pack_installed.v1"


class ActivitiesPackInstalled(_PackInstalled):
    """activities has the pack."""

    wire: ClassVar[str] = "activities.pack_installed.v1"


PACK_INSTALLED: dict[str, type[_PackInstalled]] = {
    kind.topic(): kind
    for kind in (
        EnrollmentPackInstalled,
        ClaimsPackInstalled,
        NotifyPackInstalled,
        OcrPackInstalled,
        ActivitiesPackInstalled,
    )
}

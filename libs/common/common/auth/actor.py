"""The caller of a request, as the token says it."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class ActorKind(StrEnum):
    """What sort of account is calling."""

    MEMBER = "member"
    HANDLER = "handler"
    STAFF = "staff"
    PLATFORM = "platform"
    SYSTEM = "system"


READS = {
    ActorKind.MEMBER: ("public", "member"),
    ActorKind.HANDLER: ("public", "handler"),
    ActorKind.STAFF: ("public", "member", "handler", "staff"),
}
"""Whose texts each sort of account reads, by the audiences of the packs' articles."""


class Actor(BaseModel):
    """The caller: tenant, account, and the scope of what they may see.

    `person_id` is set for members (own records only), `unit_id` for a unit's handlers (their unit only),
    `org_path` for staff: the materialised path of the organisation node whose subtree they work for ("" = all).
    `label`: the sign-in name of staff, shown to people beside what they decided; empty for others.
    """

    model_config = ConfigDict(frozen=True)

    kind: ActorKind
    id: UUID
    tenant_id: UUID
    tenant: str
    permissions: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    person_id: UUID | None = None
    unit_id: UUID | None = None
    org_path: str = ""
    label: str = ""
    human: UUID | None = None
    """The person behind the account, however many accounts they have; an id of its own that says nothing else."""
    session_id: UUID | None = None
    epoch: int = 0
    confirmed_at: datetime | None = None
    """When the session's owner last proved who they are by a code to their mobile; see `common.auth.confirmed`."""

    def may(self, name: str) -> bool:
        """Whether the caller has a permission."""
        return name in self.permissions

    def is_same_human(self, other: "Actor") -> bool:
        """Whether one person stands behind both accounts, as far as that can be known."""
        if self.id == other.id:
            return True
        return any(
            mine is not None and mine == theirs
            for mine, theirs in ((self.human, other.human), (self.person_id, other.person_id))
        )

    @classmethod
    def system(cls, tenant_id: UUID, tenant: str = "") -> "Actor":
        """The platform itself, acting in a consumer or a scheduled job."""
        return cls(kind=ActorKind.SYSTEM, id=UUID(int=0), tenant_id=tenant_id, tenant=tenant)


def audiences_of(actor: Actor | None) -> tuple[str, ...]:
    """Return the audiences whose texts a caller reads; without an account what is for everybody."""
    return READS.get(actor.kind, ("public",)) if actor else ("public",)

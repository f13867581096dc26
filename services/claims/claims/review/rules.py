"""Who may decide at a node (四眼原则). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from common.contracts.pack import Node


@dataclass(frozen=True, slots=True)
class Decided:
    """Somebody's decision at a node of the claim, in any round."""

    node: str
    handler_id: UUID


def same_person(
    node: Node, *, actor_id: UUID, submitter_id: UUID | None, insured: bool, decided: Iterable[Decided]
) -> bool:
    """Say whether the caller has a hand in the claim already: another node, the application, or it is their own."""
    if insured:
        return True
    if actor_id == submitter_id:
        return True
    return any(item.handler_id == actor_id and item.node != node.code for item in decided)

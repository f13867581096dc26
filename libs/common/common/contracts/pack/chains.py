"""Approval chains as data: ordered nodes with role, deadline and the four-eyes rule."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator
from pydantic.json_schema import SkipJsonSchema

from .base import Code, LocalText, Part, broken


class Node(Part):
    """A step. `four_eyes_with`: earlier nodes of the chain whose handler may not decide here ("submitter": whoever
    made the application). `deadline_days`: working time until a reminder; none: no deadline."""

    code: Code
    title: LocalText
    role: Code
    four_eyes_with: tuple[Code, ...] = ()
    deadline_days: Annotated[int, Field(ge=1, le=365)] | None = None
    unit: Annotated[
        Literal["giving", "receiving"] | None,
        Field(description="Transfers: a handler of the unit the member leaves or goes to decides here."),
    ] = None
    may_return: bool = True
    may_reject: bool = True


class Chain(Part):
    """Nodes that are passed one after the other; the last decides."""

    code: Code
    title: LocalText
    nodes: Annotated[tuple[Node, ...], Field(min_length=1, max_length=10)]

    @model_validator(mode="after")
    def _coherent(self) -> "Chain":
        seen = {"submitter"}
        for node in self.nodes:
            if node.code in seen:
                raise broken(f"节点 {node.code} 重复", f"the node {node.code} stands in the chain twice")
            unknown = sorted(set(node.four_eyes_with) - seen)
            if unknown:
                names = ", ".join(unknown)
                raise broken(
                    f"节点 {node.code} 的 four_eyes_with 只能写前面的节点：{names}",
                    f"four_eyes_with of {node.code} may name earlier nodes only: {names}",
                )
            seen.add(node.code)
        return self

    def node(self, code: str) -> Node:
        """Return the node with this code; KeyError if the chain has none."""
        for node in self.nodes:
            if node.code == code:
                return node
        raise KeyError(code)

    def after(self, code: str) -> Node | None:
        """Return the node that follows, or None after the last."""
        codes = [node.code for node in self.nodes]
        place = codes.index(code) + 1
        return self.nodes[place] if place < len(codes) else None


class OrderChains(Part):
    """An enrolment order passes two chains: the review before payment, then the finance check of the payment."""

    review: Chain
    finance: Chain


class Chains(Part):
    """All chains of a union; those it does not need are left out. Claim kinds name theirs by code."""

    units: Chain | None = None
    admissions: Chain | None = None
    transfers: Chain | None = None
    changes: Chain | None = None
    orders: OrderChains
    terminations: Chain | None = None
    claims: Annotated[tuple[Chain, ...], Field(min_length=1)]
    appeals: Chain | None = None

    payouts: Annotated[SkipJsonSchema[Any], AfterValidator(lambda _: None), Field(exclude=True)] = None
    """Packs had a chain here once. It is read and forgotten: a batch always takes two people, whatever a pack says."""

    def claim(self, code: str) -> Chain:
        """Return the claims chain with this code; KeyError if there is none."""
        for chain in self.claims:
            if chain.code == code:
                return chain
        raise KeyError(code)

    def each(self) -> list[tuple[tuple[str | int, ...], Chain]]:
        """Return every chain with its place inside the section."""
        found: list[tuple[tuple[str | int, ...], Chain]] = []
        for name in ("units", "admissions", "transfers", "changes", "terminations", "appeals"):
            chain = getattr(self, name)
            if chain is not None:
                found.append(((name,), chain))
        found += [(("orders", "review"), self.orders.review), (("orders", "finance"), self.orders.finance)]
        return found + [(("claims", place), chain) for place, chain in enumerate(self.claims)]

"""At which node of its chain an order stands, what is still to come, and whether a caller decides there."""

from collections.abc import Iterable, Sequence

from common.auth import Actor, Eyes
from common.contracts.pack import TenantPack
from common.contracts.pack.chains import Chain, Node

from . import rules
from .models import Order, OrderStatus


def chain_of(order: Order, pack: TenantPack) -> Chain | None:
    """Return the chain that an order is passing; None where nobody decides about it now."""
    return {
        OrderStatus.SUBMITTED.value: pack.chains.orders.review,
        OrderStatus.PAYMENT_REVIEW.value: pack.chains.orders.finance,
    }.get(order.status)


def to_come(order: Order, pack: TenantPack) -> Sequence[Node]:
    """Return the nodes of the chain that an order has not passed, the one where it stands first."""
    chain = chain_of(order, pack)
    if chain is None:
        return ()
    codes = [node.code for node in chain.nodes]
    return chain.nodes[codes.index(order.node) :] if order.node in codes else chain.nodes


def station_of(order: Order, pack: TenantPack) -> Node | None:
    """Return the node at which an order stands, where its chain has several: of one only its state says enough."""
    chain = chain_of(order, pack)
    return to_come(order, pack)[0] if chain is not None and len(chain.nodes) > 1 else None


def decides(
    actor: Actor, node: Node, *, passed: Iterable[rules.StepFact], submitters: Iterable[Eyes]
) -> bool:
    """Whether a caller has the node's role, and four eyes do not keep them from it."""
    me = Eyes.of(actor)
    barred = rules.barred(node, steps=passed, submitters=submitters)
    return node.role in actor.roles and not any(me.are(other) for other in barred)

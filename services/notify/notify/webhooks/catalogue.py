"""The events that webhooks tell, and which of their fields: numbers, ids and amounts, never a sealed value.

A unit's system learns what concerns the unit and what its handlers see; a city platform learns of all units.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from common.contracts.claims import (
    ClaimApproved,
    ClaimRejected,
    ClaimReturned,
    ClaimSubmitted,
    PayoutCompleted,
    PayoutFailed,
)
from common.contracts.enrollment import (
    ContributionReceived,
    OrderApproved,
    OrderPaid,
    OrderReturned,
    OrderSubmitted,
    PoliciesIssued,
    PolicyExpiring,
    PolicyTerminated,
    RefundDue,
)
from common.contracts.identity import MembersAdmitted, MemberTransferred, UnitApproved, UnitReturned
from common.contracts.notify import ArticlePublished, ArticleWithdrawn
from common.events import Event
from common.text import Text

UNIT = ("unit_id", "name", "credit_code", "status")
MEMBER = ("person_id", "member_number", "unit_id", "state", "effective_on")
ORDER = ("order_id", "number", "unit_id", "product_code", "people", "amount_due")
POLICY = (
    "policy_id", "number", "person_id", "unit_id", "order_id", "product_code", "shares", "contribution", "starts_on",
    "ends_on", "status",
)  # fmt: skip
CLAIM = ("claim_id", "number", "kind", "person_id", "unit_id", "product_code", "status", "amount")
PAYOUT = ("payout_id", "claim_id", "claim_number", "person_id", "amount", "paid_on")
CITY_ONLY = frozenset({"claim.kind", "claim.product_code"})
"""What a unit is not told: a claim's kind, and the product it is under, say what somebody is ill with."""


@dataclass(frozen=True)
class WebhookType:
    """One event that can be subscribed to. `parts`: which fields of its facts go out; `plain`: which of its own."""

    event: type[Event]
    title: Text
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    plain: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    """Fields of the event that name the units it concerns; none: those of its facts."""
    public: bool = False
    """Whether it concerns everybody."""

    @property
    def wire(self) -> str:
        """The event's name."""
        return self.event.wire

    @property
    def about(self) -> Text:
        """What happened, in a sentence."""
        english = (self.event.__doc__ or "").strip().splitlines()[0]
        return Text(ABOUT[self.event], english)


TYPES = (
    WebhookType(UnitApproved, Text("单位资料审核通过", "A unit's profile was approved"), {"unit": UNIT}),
    WebhookType(UnitReturned, Text("单位资料被退回", "A unit's profile was returned"), {"unit": UNIT}),
    WebhookType(MembersAdmitted, Text("会员入会", "Members were admitted"), {"members": MEMBER}, ("batch_id",)),
    WebhookType(
        MemberTransferred, Text("会员调动", "A member moved to another unit"), {"member": MEMBER},
        ("from_unit_id", "to_unit_id"), units=("from_unit_id", "to_unit_id"),
    ),
    WebhookType(OrderSubmitted, Text("参保单已提交", "An order was submitted"), {"order": ORDER}),
    WebhookType(OrderReturned, Text("参保单被退回", "An order was returned"), {"order": ORDER}),
    WebhookType(OrderApproved, Text("参保单审核通过，待付款", "An order was approved"), {"order": ORDER}),
    WebhookType(
        OrderPaid, Text("参保单付款已确认", "An order was paid"), {"order": ORDER}, ("amount_paid", "confirmed_on")
    ),
    WebhookType(PoliciesIssued, Text("保单生效", "Policies were issued"), {"policies": POLICY}, ("batch_id",)),
    WebhookType(
        PolicyTerminated, Text("保单提前终止", "A policy ended early"), {"policy": POLICY}, ("ended_on", "refund")
    ),
    WebhookType(
        PolicyExpiring, Text("保障即将到期", "Cover ends soon"),
        {"groups": ("product_code", "people", "first_ends_on", "last_ends_on")}, ("month", "unit_id"),
        units=("unit_id",),
    ),
    WebhookType(
        ContributionReceived, Text("收到互助费", "A contribution arrived"),
        plain=("contribution_id", "order_id", "order_number", "fund", "product_code", "unit_id", "amount",
               "received_on"), units=("unit_id",),
    ),
    WebhookType(
        RefundDue, Text("应退互助费", "A refund is due"),
        plain=("refund_id", "reason", "fund", "product_code", "amount", "due_on", "unit_id", "people", "order_id",
               "order_number", "policy_id"), units=("unit_id",),
    ),
    WebhookType(ClaimSubmitted, Text("理赔已提交", "A claim was submitted"), {"claim": CLAIM}),
    WebhookType(ClaimReturned, Text("理赔退回补正", "A claim was returned"), {"claim": CLAIM}),
    WebhookType(ClaimApproved, Text("理赔审核通过", "A claim was approved"), {"claim": CLAIM}),
    WebhookType(ClaimRejected, Text("理赔未通过", "A claim was rejected"), {"claim": CLAIM}),
    WebhookType(PayoutCompleted, Text("给付到账", "A payout arrived"), {"payout": PAYOUT}),
    WebhookType(PayoutFailed, Text("给付失败", "A payout failed"), {"payout": PAYOUT}),
    WebhookType(
        ArticlePublished, Text("内容发布", "An article was published"),
        plain=("article_id", "kind", "title", "audience", "visible_from"), public=True,
    ),
    WebhookType(
        ArticleWithdrawn, Text("内容撤下", "An article was withdrawn"), plain=("article_id", "kind"), public=True
    ),
)  # fmt: skip
ABOUT: Mapping[type[Event], str] = {
    UnitApproved: "后台审核通过了单位的资料，该单位可以参保。",
    UnitReturned: "后台退回了单位的资料，需要修改后重新提交。",
    MembersAdmitted: "一批人员成为会员（一次最多 500 人），或其资料的一次重发。",
    MemberTransferred: "一名会员从一个单位调到另一个单位；调出、调入两个单位都会收到。",
    OrderSubmitted: "经办人提交了参保单，等待审核。",
    OrderReturned: "审核人退回了参保单，需要修改后重新提交。",
    OrderApproved: "参保单审核通过，等待单位付款。",
    OrderPaid: "财务确认了参保单的付款，正在出单。",
    PoliciesIssued: "一批保单生效（一次最多 500 份）。",
    PolicyTerminated: "一份保单在期满前终止，并给出应退金额。",
    PolicyExpiring: "每月 1 日：单位有人员的保障即将到期，按项目汇总人数和日期。",
    ContributionReceived: "一笔互助费到账并记入基金。",
    RefundDue: "一笔互助费应退还给交费的单位或会员。",
    ClaimSubmitted: "一件申请已提交，等待审核。",
    ClaimReturned: "一件申请被退回补正，等待会员补充材料。",
    ClaimApproved: "一件申请全部节点通过，金额已定，等待支付。",
    ClaimRejected: "一件申请未通过。",
    PayoutCompleted: "一笔给付已由银行付到收款人的银行卡。",
    PayoutFailed: "一笔给付被银行退回，等待更换银行卡后重付。",
    ArticlePublished: "一篇公告或文章已发布，或已定时发布。",
    ArticleWithdrawn: "一篇公告或文章已撤下。",
}
"""What happened, in Chinese; in English it is the event's own description."""
BY_WIRE = {kind.wire: kind for kind in TYPES}
PING = "webhook.ping"
"""What the test button sends."""


def told(
    kind: WebhookType, event: Event, *, unit_id: UUID | None, unit_of: Mapping[UUID, UUID]
) -> dict[str, Any] | None:
    """Return what goes out of an event: all of it to the city (no unit), a unit's part to a unit; None if none is.

    `unit_of` names the units of persons, for facts that name the person only.
    """
    if unit_id is not None and not kind.public:
        named = {getattr(event, name) for name in kind.units}
        if kind.units and unit_id not in named:
            return None
    data: dict[str, Any] = {}
    for name, fields in kind.parts.items():
        value = getattr(event, name)
        facts = value if isinstance(value, list) else [value]
        mine = [fact for fact in facts if kind.units or _concerns(fact, unit_id, unit_of)]
        if not mine:
            return None
        shown = [_picked(fact, _open(name, fields, unit_id)) for fact in mine]
        data[name] = shown if isinstance(value, list) else shown[0]
    return data | _picked(event, kind.plain)


def narrowed(kind: WebhookType, data: Mapping[str, Any], *, unit_id: UUID | None) -> dict[str, Any]:
    """Return what of an event queued earlier goes out today: a rule that came since holds for it too."""
    found = dict(data)
    for name, fields in kind.parts.items():
        told_now, value = set(_open(name, fields, unit_id)), found.get(name)
        if isinstance(value, list):
            found[name] = [_only(fact, told_now) for fact in value]
        elif isinstance(value, dict):
            found[name] = _only(value, told_now)
    return found


def persons_in(kind: WebhookType, event: Event) -> set[UUID]:
    """Return the persons of facts that do not name their unit."""
    found = set()
    for name in kind.parts:
        value = getattr(event, name)
        for fact in value if isinstance(value, list) else [value]:
            if getattr(fact, "unit_id", None) is None and getattr(fact, "person_id", None) is not None:
                found.add(fact.person_id)
    return found


def fields_of(kind: WebhookType) -> Iterator[str]:
    """Return the names of what an event tells, e.g. "order.number"."""
    for name, fields in kind.parts.items():
        yield from (f"{name}.{each}" for each in fields)
    yield from kind.plain


def _concerns(fact: Any, unit_id: UUID | None, unit_of: Mapping[UUID, UUID]) -> bool:
    if unit_id is None:
        return True
    own = getattr(fact, "unit_id", None) or unit_of.get(getattr(fact, "person_id", UUID(int=0)))
    return bool(own == unit_id)


def _open(name: str, fields: tuple[str, ...], unit_id: UUID | None) -> tuple[str, ...]:
    """Return the fields that are told: to the city all, to a unit those that are not the city's only."""
    return tuple(each for each in fields if unit_id is None or f"{name}.{each}" not in CITY_ONLY)


def _only(fact: Mapping[str, Any], fields: Collection[str]) -> dict[str, Any]:
    return {name: value for name, value in fact.items() if name in fields}


def _picked(fact: BaseModel, fields: tuple[str, ...]) -> dict[str, Any]:
    found: dict[str, Any] = fact.model_dump(mode="json", include=set(fields))
    return found

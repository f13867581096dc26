"""Policies as responses and exports show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import today
from common.contracts.pack import TenantPack
from common.crypto import TenantKeys
from common.identifiers import mask_bank_card, mask_document_number, mask_mobile, mask_name
from common.tenancy import pack_of_version
from common.text import Text

from ..copies.repository import CopyRepository
from ..people.sealing import OpenedPerson, open_person
from .models import Policy
from .repository import PolicyRepository
from .rules import policy_state
from .schemas import PolicyRead

STATE_TEXTS = {
    "not_started": Text("未生效", "not started"),
    "in_force": Text("参保中", "in force"),
    "expired": Text("已到期", "expired"),
    "terminated": Text("已终止", "terminated"),
}
TO_END = Text("{day} 终止", "ends on {day}")
"""What stands in the place of the state of cover that was ended for a day to come."""


@dataclass(frozen=True)
class Names:
    """What stands beside a policy but not in it."""

    units: dict[UUID, str]
    orders: dict[UUID, str]
    packs: dict[int, TenantPack]

    def product_title(self, policy: Policy) -> Text:
        """Title of the policy's product in the pack that shaped it."""
        return self.packs[policy.pack_version].product(policy.product_code).title.text()


async def names_of(session: AsyncSession, policies: Sequence[Policy]) -> Names:
    """Look up units, orders and packs of policies."""
    if not policies:
        return Names({}, {}, {})
    tenant_id = policies[0].tenant_id
    units = await CopyRepository(session, tenant_id).unit_names({p.unit_id for p in policies})
    orders = await PolicyRepository(session, tenant_id).order_numbers({p.order_id for p in policies})
    versions = {p.pack_version for p in policies}
    return Names(units, orders, {version: await pack_of_version(session, version) for version in versions})


def opened(policy: Policy, keys: TenantKeys) -> OpenedPerson:
    """Open a policy's personal values."""
    return open_person(
        keys,
        document=policy.document_token,
        name=policy.name_token,
        mobile=policy.mobile_token,
        card=policy.card_token,
    )


def state_of(policy: Policy) -> str:
    """How a policy stands today."""
    days = {"starts_on": policy.starts_on, "ends_on": policy.ends_on}
    return policy_state(policy.status, **days, ended_on=policy.ended_on, today=today())


def _state_text(policy: Policy, state: str) -> str:
    if state != "terminated" and policy.status == "terminated" and policy.ended_on is not None:
        return TO_END.format(day=policy.ended_on.isoformat()).in_language()
    return STATE_TEXTS[state].in_language()


def read_policy(policy: Policy, names: Names, keys: TenantKeys) -> PolicyRead:
    """Return a policy with masked values."""
    values, state = opened(policy, keys), state_of(policy)
    return PolicyRead(
        id=policy.id,
        number=policy.number,
        order_id=policy.order_id,
        order_number=names.orders.get(policy.order_id, ""),
        unit_id=policy.unit_id,
        unit_name=names.units.get(policy.unit_id),
        product=policy.product_code,
        product_title=names.product_title(policy).in_language(),
        name=mask_name(values.name),
        document_number=mask_document_number(values.document),
        mobile=mask_mobile(values.mobile),
        bank_card=mask_bank_card(values.card),
        bank_name=policy.bank_name,
        shares=policy.shares,
        contribution=policy.contribution,
        starts_on=policy.starts_on,
        ends_on=policy.ends_on,
        ended_on=policy.ended_on,
        state=state,
        state_text=_state_text(policy, state),
    )

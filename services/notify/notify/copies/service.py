"""Keeping the copies."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.contracts.enrollment import PolicyFact
from common.contracts.identity import PersonFact, StaffFact, UnitFact
from common.contracts.language import LanguageChosen
from common.contracts.wechat import WechatLinked
from common.crypto import TenantKeys
from common.identifiers import WITH_RESIDENT_NUMBER, sex_of

from .repository import CopyRepository


async def keep_people(
    session: AsyncSession, *, tenant_id: UUID, facts: Sequence[PersonFact], keys: TenantKeys
) -> None:
    """Keep what the register says of people; of two facts of one person in a batch the newer counts."""
    newest: dict[UUID, PersonFact] = {}
    for fact in facts:
        if fact.person_id not in newest or newest[fact.person_id].version < fact.version:
            newest[fact.person_id] = fact
    rows = [
        {
            "id": fact.person_id,
            "version": fact.version,
            "name": fact.name.ciphertext,
            "mobile": fact.mobile.ciphertext if fact.mobile else None,
            "account_id": fact.account_id,
            "unit_id": fact.unit_id,
            "sex": _sex(fact, keys),
        }
        for fact in newest.values()
    ]
    await CopyRepository(session, tenant_id).put_recipients(rows)


def _sex(fact: PersonFact, keys: TenantKeys) -> str | None:
    if fact.document_kind not in WITH_RESIDENT_NUMBER:
        return None
    sex = sex_of(keys.open_sealed(fact.document_number, context="person.document"))
    return keys.seal(sex, context="person.sex") if sex else None


async def forget_account(
    session: AsyncSession, *, tenant_id: UUID, fact: PersonFact, keys: TenantKeys
) -> None:
    """Keep a person whose account was closed: what they are told from now on is in no account's inbox."""
    await CopyRepository(session, tenant_id).forget_account(fact.person_id, version=fact.version)
    await keep_people(session, tenant_id=tenant_id, facts=[fact], keys=keys)


async def keep_covered(session: AsyncSession, *, tenant_id: UUID, policies: Sequence[PolicyFact]) -> None:
    """Learn of people from their policies, until the register speaks of them."""
    rows = {
        policy.person_id: {
            "id": policy.person_id,
            "version": 0,
            "name": policy.name.ciphertext,
            "mobile": policy.mobile.ciphertext if policy.mobile else None,
            "account_id": None,
            "unit_id": policy.unit_id,
            "sex": None,
        }
        for policy in policies
    }
    await CopyRepository(session, tenant_id).put_recipients(list(rows.values()))


async def keep_covers(session: AsyncSession, *, tenant_id: UUID, policies: Sequence[PolicyFact]) -> None:
    """Keep who is covered by what; of two facts of one policy in a batch the newer counts."""
    newest: dict[UUID, PolicyFact] = {}
    for policy in policies:
        if policy.policy_id not in newest or newest[policy.policy_id].version < policy.version:
            newest[policy.policy_id] = policy
    rows = [
        {
            "id": policy.policy_id,
            "version": policy.version,
            "person_id": policy.person_id,
            "product": policy.product_code,
            "starts_on": policy.starts_on,
            "ends_on": policy.ended_on or policy.ends_on,
        }
        for policy in newest.values()
    ]
    await CopyRepository(session, tenant_id).put_covers(rows)


async def keep_wechat(session: AsyncSession, *, tenant_id: UUID, event: WechatLinked) -> None:
    """Keep the WeChat user of an account, or that it has none any more."""
    row = {
        "id": event.account_id,
        "open_id": event.open_id.ciphertext if event.open_id else None,
        "linked_at": event.changed_at,
    }
    await CopyRepository(session, tenant_id).put_wechat(row)


async def keep_language(session: AsyncSession, *, tenant_id: UUID, event: LanguageChosen) -> None:
    """Keep in which language an account's owner is told things."""
    row = {"id": event.account_id, "language": event.language, "chosen_at": event.chosen_at}
    await CopyRepository(session, tenant_id).put_language(row)


async def keep_units(session: AsyncSession, *, tenant_id: UUID, facts: Sequence[UnitFact]) -> None:
    """Keep what identity says of units."""
    rows = [
        {
            "id": fact.unit_id,
            "version": fact.version,
            "name": fact.name,
            "account_id": fact.handler_account_id,
            "mobile": fact.handler_mobile.ciphertext if fact.handler_mobile else None,
            "org_path": fact.org_path,
        }
        for fact in facts
    ]
    await CopyRepository(session, tenant_id).put_units(rows)


async def keep_staff(session: AsyncSession, *, tenant_id: UUID, facts: Sequence[StaffFact]) -> None:
    """Keep what identity says of staff accounts: who is told of what waits for their role."""
    newest: dict[UUID, StaffFact] = {}
    for fact in facts:
        if fact.account_id not in newest or newest[fact.account_id].version < fact.version:
            newest[fact.account_id] = fact
    rows = [
        {
            "id": fact.account_id,
            "version": fact.version,
            "roles": fact.roles,
            "org_path": fact.org_path,
            "active": fact.status == "active",
            "mobile": fact.mobile.ciphertext if fact.mobile else None,
        }
        for fact in newest.values()
    ]
    await CopyRepository(session, tenant_id).put_staff(rows)

"""Prints a policy as a certificate; it names a person in clear."""

from pathlib import Path
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.auth.permissions import meaning_of
from common.clock import today
from common.crypto import TenantKeys
from common.errors import NotFound, NotPermitted
from common.printing import print_pdf

from ..auth import EXPORT
from ..policies.models import Policy
from ..policies.reading import STATE_TEXTS, names_of, opened, state_of
from ..records.repository import RecordRepository

TEMPLATE = Path(__file__).with_name("certificate.typ")


async def print_certificate(
    session: AsyncSession, *, actor: Actor, policy_id: UUID, keys: TenantKeys
) -> tuple[Policy, bytes]:
    """Return a policy and its certificate as PDF.

    Members print their own; others need the permission to export, and it is in the audit log.
    """
    policy = await RecordRepository(session, actor.tenant_id).visible(actor, policy_id)
    if policy is None:
        raise NotFound
    if policy.person_id != actor.person_id:
        if not actor.may(EXPORT):
            raise NotPermitted(permission=EXPORT, action=meaning_of(EXPORT))
        subject = f"policy:{policy.id}"
        await record(session, actor_id=actor.id, action="certificate.printed", subject=subject)
    names, person = await names_of(session, [policy]), opened(policy, keys)
    pack = names.packs[policy.pack_version]
    insured = pack.product(policy.product_code).sum_insured
    data = {
        "issuer": pack.tenant.name.zh,
        "phone": pack.tenant.contact.phone,
        "number": policy.number,
        "name": person.name,
        "document": person.document,
        "unit": names.units.get(policy.unit_id, ""),
        "product": names.product_title(policy).zh,
        "shares": str(policy.shares),
        "contribution": f"{policy.contribution:.2f}",
        "sum_insured": f"{insured * policy.shares:.2f}" if insured else None,
        "starts_on": policy.starts_on.isoformat(),
        "ends_on": (policy.ended_on or policy.ends_on).isoformat(),
        "state": STATE_TEXTS[state_of(policy)].zh,
        "on": today().isoformat(),
    }
    return policy, await print_pdf(TEMPLATE, data)

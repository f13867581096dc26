"""The form of a request, to be signed and stamped on paper (manual 003 part 6)."""

from decimal import Decimal
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.clock import today
from common.crypto import TenantKeys, open_words
from common.printing import print_pdf
from common.tenancy import pack_of_version

from ..copies.repository import CopyRepository
from ..policies.reading import names_of, opened
from .models import Termination
from .refunding import refunds_of
from .repository import TerminationRepository

TEMPLATE = Path(__file__).with_name("form.typ")


async def print_form(
    session: AsyncSession, *, actor: Actor, termination: Termination, keys: TenantKeys
) -> bytes:
    """Return the PDF of a request's form; it names people in clear, so it is in the audit log."""
    repository = TerminationRepository(session, actor.tenant_id)
    policies = await repository.policies_of(termination)
    names = await names_of(session, policies)
    last_day = termination.last_day or termination.wanted_day or today()
    refunds = await refunds_of(session, policies, last_day=last_day)
    rows = []
    for policy in policies:
        person = opened(policy, keys)
        rows.append(
            {
                "policy": policy.number,
                "name": person.name,
                "document": person.document,
                "product": names.product_title(policy).zh,
                "term": f"{policy.starts_on} 至 {policy.ends_on}",
                "paid": f"{policy.contribution:.2f}",
                "refund": f"{refunds[policy.id].amount:.2f}",
            }
        )
    unit = await CopyRepository(session, actor.tenant_id).unit(termination.unit_id)
    pack = await pack_of_version(session, termination.pack_version)
    detail = {"policies": len(rows)}
    subject = f"termination:{termination.id}"
    await record(session, actor_id=actor.id, action="termination.printed", subject=subject, detail=detail)
    total = sum((refund.amount for refund in refunds.values()), Decimal("0.00"))
    data = {
        "issuer": pack.tenant.name.zh,
        "number": termination.number,
        "unit": unit.name if unit else "",
        "reason": open_words(keys, termination.reason) or "",
        "last_day": last_day.isoformat(),
        "total": f"{total:.2f}",
        "rows": rows,
    }
    return await print_pdf(TEMPLATE, data)

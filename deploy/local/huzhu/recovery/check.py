"""Whether what is there is whole: every union's audit chain in every service, and the ledger of every fund."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from claims.ledger.repository import LedgerRepository
from common.audit.verify import AuditHead, verify
from common.consumer.worker import tenant_ids
from common.http import ServiceContext
from huzhu.home import SERVICES
from huzhu.service_contexts import worker_of

Anchors = Mapping[str, tuple[int, str]]
"""By "service/tenant": number and hash of the newest entry at an earlier time, kept elsewhere."""


@dataclass
class Findings:
    """What was read and what is wrong."""

    chains: dict[str, tuple[int, str]] = field(default_factory=dict)
    """The newest entry of each chain now: the anchors of the next check."""
    entries: int = 0
    funds: int = 0
    faults: list[str] = field(default_factory=list)


async def check_everything(anchors: Anchors | None = None) -> Findings:
    """Read every chain from its beginning and add every fund up; with anchors a cut end is found too."""
    found = Findings()
    for service in SERVICES:
        context = worker_of(service).context
        try:
            for tenant_id in await tenant_ids(context):
                await _chain(found, service, context, tenant_id, anchors or {})
                if service == "claims":
                    await _books(found, context, tenant_id)
        finally:
            await context.close()
    return found


async def _chain(
    found: Findings, service: str, context: ServiceContext, tenant_id: UUID, anchors: Anchors
) -> None:
    name = f"{service}/{tenant_id}"
    seq, digest = anchors.get(name, (0, ""))
    anchor = AuditHead(seq, bytes.fromhex(digest)) if digest else None
    async with context.db.transaction(tenant_id) as session:
        verdict = await verify(session, anchor=anchor)
    found.entries += verdict.entries
    found.chains[name] = (verdict.head.seq, verdict.head.hash.hex())
    if not verdict.intact:
        found.faults.append(f"{name}: audit entry {verdict.broken_seq}: {verdict.reason}")


async def _books(found: Findings, context: ServiceContext, tenant_id: UUID) -> None:
    async with context.db.transaction(tenant_id) as session:
        ledger = LedgerRepository(session, tenant_id)
        kept, counted = await ledger.balances(), await ledger.counted()
    found.funds += len(counted)
    for balance in counted:
        if balance.difference:
            found.faults.append(f"claims/{tenant_id}: fund {balance.fund} is off by {balance.difference}")
    if [(one.fund, one.accounts) for one in kept] != [(one.fund, one.accounts) for one in counted]:
        found.faults.append(f"claims/{tenant_id}: kept balances differ from the entries")

"""Use cases of what a union shows to everybody: itself, its tree, its privacy statement."""

from sqlalchemy.ext.asyncio import AsyncSession

from common.consumer.worker import tenant_ids
from common.contracts.pack import TenantPack
from common.errors import ServiceBusy
from common.http import ServiceContext
from common.tenancy import current_pack
from common.text import Text

from .repository import TenantsRepository
from .schemas import OrganisationRead, OrgNodeRead, PrivacyStatementRead, TenantRead, TenantSummary

SHOWN_REGISTRATION = {
    "units", "people", "sign_in", "profile_documents", "insurance_code_lengths", "uploads", "binding", "resend_seconds",
}  # fmt: skip


async def list_tenants(context: ServiceContext) -> list[TenantSummary]:
    """Return every live union in the order of codes; each is read as itself, as row-level security demands."""
    found = []
    for tenant_id in await tenant_ids(context):
        async with context.db.transaction(tenant_id) as session:
            try:
                tenant = (await current_pack(session)).tenant
            except ServiceBusy:  # its first version is not live yet
                continue
        found.append(
            TenantSummary(
                code=tenant.code,
                name=tenant.name.model_dump(),
                short_name=tenant.short_name.model_dump(),
                colour=tenant.branding.colour,
            )
        )
    return sorted(found, key=lambda summary: summary.code)


async def read_tenant(session: AsyncSession) -> TenantRead:
    """Return what the apps need before anybody has signed in."""
    pack = await current_pack(session)
    tenant = pack.tenant
    return TenantRead(
        id=tenant.id,
        code=tenant.code,
        name=tenant.name.model_dump(),
        short_name=tenant.short_name.model_dump(),
        branding=tenant.branding.model_dump(mode="json", exclude_none=True),
        contact=tenant.contact.model_dump(mode="json", exclude_none=True),
        pack_version=pack.version,
        registration=pack.registration.model_dump(mode="json", include=SHOWN_REGISTRATION),
        offers=offers_of(pack),
        catalogue=[item.model_dump(mode="json", exclude_none=True) for item in pack.catalogue],
    )


def offers_of(pack: TenantPack) -> dict[str, bool]:
    """Return what a union may leave out, and whether its pack has it."""
    individual = any("member" in product.ordered_by for product in pack.products)
    return {
        "terminations": pack.chains.terminations is not None,
        "orders": any({"unit", "union"} & set(product.ordered_by) for product in pack.products),
        "consents": any(product.eligibility.over_age is not None for product in pack.products),
        "individual": individual,
        "dues": pack.dues is not None,
        "online_payments": individual or pack.dues is not None,
    }


async def read_organisation(session: AsyncSession) -> OrganisationRead:
    """Return the tree without what is retired."""
    nodes = await TenantsRepository.of(session).nodes()
    codes = {node.id: node.code for node in nodes}
    return OrganisationRead(
        nodes=[
            OrgNodeRead(
                code=node.code,
                level=node.level,
                parent=codes[node.parent_id] if node.parent_id else None,
                path=node.path,
                name=Text(node.name_zh, node.name_en).in_language(),
                region=node.region,
            )
            for node in nodes
            if node.retired_at is None
        ]
    )


async def read_privacy_statement(session: AsyncSession) -> PrivacyStatementRead:
    """Return the privacy statement of the pack in force."""
    privacy = (await current_pack(session)).privacy
    return PrivacyStatementRead(
        version=privacy.version,
        title=privacy.title.text().in_language(),
        text=privacy.text.text().in_language(),
    )

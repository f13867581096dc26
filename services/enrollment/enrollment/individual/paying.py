"""Payment of an approved application: what is to be paid, and what happens when the money is there."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.contracts.pack import TenantPack
from common.tenancy import pack_of_version

from ..copies.repository import CopyRepository
from ..online_payments.subjects import ToPay
from ..orders.cover import open_cover
from ..orders.models import Order
from ..receipts.issuing import Line, issue_receipt
from .matters import tell_application
from .models import Application, ApplicationStatus
from .repository import ApplicationRepository

PURPOSE = "cover"


async def cover_to_pay(session: AsyncSession, application: Application) -> ToPay:
    """Return what a payment of an application is for; ApplicationStateWrong unless it waits for one."""
    application.require(ApplicationStatus.TO_PAY)
    pack = await pack_of_version(session, application.pack_version)
    product = pack.product(application.product_code)
    assert application.amount_due is not None  # noqa: S101 - fixed when it was submitted
    return ToPay(
        purpose=PURPOSE,
        subject_id=application.id,
        person_id=application.person_id,
        unit_id=application.unit_id,
        amount=application.amount_due,
        title=product.title.zh,
    )


async def fund_of_cover(session: AsyncSession, *, tenant_id: UUID, subject_id: UUID) -> str | None:
    """Return the fund whose account the money for an application came to; None where there is no such application."""
    application = await ApplicationRepository(session, tenant_id).find(Application, subject_id)
    if application is None:
        return None
    pack = await pack_of_version(session, application.pack_version)
    return pack.product(application.product_code).fund


async def hold_cover(session: AsyncSession, *, tenant_id: UUID, subject_id: UUID) -> None:
    """Lock an application before its payment is locked."""
    await ApplicationRepository(session, tenant_id).find(Application, subject_id, lock=True)


async def settle_cover(session: AsyncSession, *, tenant_id: UUID, subject_id: UUID) -> bool:
    """Take the money for an application; False if it no longer waits for any, so that it goes back."""
    repository = ApplicationRepository(session, tenant_id)
    application = await repository.find(Application, subject_id, lock=True)
    if application is None or application.status != ApplicationStatus.TO_PAY:
        return False
    order = await repository.order_of(application, lock=True)
    if order is None:
        return False
    await open_individual_cover(session, application, order)
    return True


async def open_individual_cover(session: AsyncSession, application: Application, order: Order) -> None:
    """The money is there, or none was due: the policy is issued, the receipt written."""
    pack = await pack_of_version(session, application.pack_version)
    application.pay()
    repository = ApplicationRepository(session, application.tenant_id)
    repository.record(application, node=None, decision="paid", by=application.applicant)
    await open_cover(session, order, pack)
    await session.flush()
    tell_application(session, application)
    if application.amount_due:
        await _receipt(session, application, pack)


async def _receipt(session: AsyncSession, application: Application, pack: TenantPack) -> None:
    product = pack.product(application.product_code)
    person = await CopyRepository(session, application.tenant_id).person(application.person_id)
    amount = application.amount_due
    assert amount is not None  # noqa: S101 - fixed when it was submitted
    await issue_receipt(
        session,
        tenant_id=application.tenant_id,
        kind=PURPOSE,
        subject_id=application.id,
        fund=product.fund,
        unit_id=application.unit_id,
        person_id=application.person_id,
        payer_token=person.name_token if person else None,
        payer_name=None,
        issued_by=application.account_id,
        lines=[Line(product.title.zh, application.shares, amount)],
        remark=application.number,
    )

"""Staff accounts as the events tell them."""

from sqlalchemy.ext.asyncio import AsyncSession

from common.contracts.identity import StaffChanged, StaffFact
from common.events import Sealed, emit

from ..accounts.models import Account


def fact_of(account: Account) -> StaffFact:
    """Return a staff account as other services need it; name and mobile sealed."""
    mobile = account.mobile_sealed
    return StaffFact(
        version=account.version,
        account_id=account.id,
        roles=account.roles,
        org_path=account.org_path,
        status=account.status,
        name=Sealed(ciphertext=account.name_sealed) if account.name_sealed else None,
        mobile=Sealed(ciphertext=mobile, index=account.mobile_index) if mobile else None,
    )


def tell_staff(session: AsyncSession, account: Account) -> None:
    """Say what a staff account is now."""
    emit(session, StaffChanged(staff=fact_of(account)))

"""Commands on the ledger that take two people: a manual posting, another bank account of a fund (P.03)."""

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.clock import now, today
from common.proposals.commands import Approved, Command
from common.tenancy import current_pack
from common.text import Text

from ..auth import APPROVE_LEDGER, POST_LEDGER, must_be_of_whole_union
from ..payouts.errors import FundUnknown
from ..reconciliation.explaining import match_posting
from ..reconciliation.repository import ReconciliationRepository
from .accounts.models import FundAccount
from .accounts.repository import AccountRepository
from .accounts.service import payer_of
from .errors import (
    AccountNotByHand,
    AccountUnchanged,
    BankLineWrong,
    BookedInFuture,
    FundTooLow,
    SidesEqual,
)
from .rules import BY_HAND, Account, Cause, Movement
from .service import book, hold_balance

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=100)]
Fund = Annotated[str, StringConstraints(min_length=1, max_length=40)]


class ManualPosting(BaseModel):
    """A posting by hand (手工凭证), in yuan; `bank_line_id` names the line of the bank that it accounts for."""

    model_config = ConfigDict(extra="forbid")

    fund: Fund
    debit: Account
    credit: Account
    amount: Annotated[Decimal, Field(gt=0, max_digits=14, decimal_places=2, allow_inf_nan=False)]
    booked_on: date
    memo: Words
    bank_line_id: UUID | None = None


class Posted(BaseModel):
    """What a manual posting did to the fund."""

    available: Decimal


async def _known(session: AsyncSession, fund: str) -> Decimal:
    """Return the floor of a fund; FundUnknown."""
    for item in (await current_pack(session)).funds:
        if item.code == fund:
            return item.floor
    raise FundUnknown(fund=fund)


async def check_posting(session: AsyncSession, actor: Actor, posting: ManualPosting) -> None:
    """Refuse a posting that could never be booked."""
    must_be_of_whole_union(actor, POST_LEDGER)
    await _known(session, posting.fund)
    for account in (posting.debit, posting.credit):
        if account not in BY_HAND:
            allowed = "、".join(sorted(item.value for item in BY_HAND))
            raise AccountNotByHand(account=account.value, allowed=allowed)
    if posting.debit == posting.credit:
        raise SidesEqual
    if posting.booked_on > today():
        raise BookedInFuture
    if posting.bank_line_id is not None:
        await _fits_line(session, actor, posting)


async def _fits_line(session: AsyncSession, actor: Actor, posting: ManualPosting) -> None:
    line = await ReconciliationRepository(session, actor.tenant_id).line_of(
        posting.bank_line_id, posting.fund
    )
    rest = line.rest if line is not None else Decimal("0.00")
    signed = posting.amount if posting.debit == Account.BANK else -posting.amount
    of_bank = Account.BANK in (posting.debit, posting.credit)
    if not of_bank or signed * rest <= 0 or abs(signed) > abs(rest):
        raise BankLineWrong(rest=str(rest))


async def post_manually(session: AsyncSession, approved: Approved[ManualPosting]) -> Posted:
    """Book it, once for its proposal, if the fund stays above its floor."""
    posting, actor = approved.parameters, approved.decider
    await check_posting(session, actor, posting)
    floor = await _known(session, posting.fund)
    balance = await hold_balance(session, tenant_id=actor.tenant_id, fund=posting.fund)
    after = balance.after(posting.debit, posting.credit, posting.amount).available
    if after < balance.available and after < floor:
        raise FundTooLow(after=str(after), floor=str(floor))
    movement = Movement(
        posting.fund,
        Cause.MANUAL,
        approved.proposal_id,
        posting.amount,
        posting.booked_on,
        posting.memo,
        by_hand=(posting.debit, posting.credit),
    )
    await book(session, tenant_id=actor.tenant_id, movements=[movement])
    if posting.bank_line_id is not None:
        await match_posting(
            session,
            tenant_id=actor.tenant_id,
            line_id=posting.bank_line_id,
            fund=posting.fund,
            cause=Cause.MANUAL,
            cause_id=approved.proposal_id,
        )
    return Posted(available=after)


class AccountChange(BaseModel):
    """Another bank account of a fund, in force at once."""

    model_config = ConfigDict(extra="forbid")

    fund: Fund
    holder: Words
    bank: Words
    number: Annotated[str, StringConstraints(pattern=r"^[0-9]{8,32}$")]


async def check_account(session: AsyncSession, actor: Actor, change: AccountChange) -> None:
    """Refuse an account of no fund, or the one that it has."""
    must_be_of_whole_union(actor, POST_LEDGER)
    await _known(session, change.fund)
    known = await payer_of(session, tenant_id=actor.tenant_id, fund=change.fund)
    if (known.holder, known.bank, known.number) == (change.holder, change.bank, change.number):
        raise AccountUnchanged


async def change_account(session: AsyncSession, approved: Approved[AccountChange]) -> None:
    """Let the fund have the account from now on; batches released before keep theirs."""
    change, tenant_id = approved.parameters, approved.decider.tenant_id
    must_be_of_whole_union(approved.decider, APPROVE_LEDGER)
    AccountRepository(session, tenant_id).add(
        FundAccount(
            fund=change.fund,
            holder=change.holder,
            bank=change.bank,
            number=change.number,
            effective_from=now(),
            proposal_id=approved.proposal_id,
        )
    )


POSTING = Command(
    name="ledger.post",
    title=Text("手工凭证", "Manual posting"),
    parameters=ManualPosting,
    propose=POST_LEDGER,
    decide=APPROVE_LEDGER,
    run=post_manually,
    check=check_posting,
)
ACCOUNT = Command(
    name="fund.account",
    title=Text("变更基金银行账户", "Another bank account of a fund"),
    parameters=AccountChange,
    propose=POST_LEDGER,
    decide=APPROVE_LEDGER,
    run=change_account,
    check=check_account,
    subject=lambda change: f"fund:{change.fund}",
)

"""Use cases of verification codes: sent, checked, used up."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.clock import now
from common.contracts.identity import VerificationCodeIssued
from common.contracts.pack import TenantPack
from common.crypto import TenantKeys
from common.events import emit
from common.http import ServiceContext
from common.identifiers import compact_number, mask_mobile, mobile_faults
from common.ids import new_id
from common.tenancy import current_pack

from ..accounts.errors import MobileAlreadyRegistered, MobileNotRegistered
from ..accounts.repository import AccountRepository
from ..errors import FieldsInvalid, NotOffered
from ..extras import limits, settings_of
from . import rules
from .errors import CodeExpired, CodeSpent, CodeWrong
from .models import VerificationCode
from .repository import CodeRepository
from .schemas import VerificationCodeCreate, VerificationCodeRead

TEN_MINUTES, HOUR, DAY = 600, 3600, 86_400
STAFF_SIGN_IN = "staff_sign_in"


async def request_code(
    session: AsyncSession, *, context: ServiceContext, asked: VerificationCodeCreate, address: str
) -> VerificationCodeRead:
    """Send a code to a mobile. A number without an account is told to register and gets none; one with an account
    that wants to register is told to sign in.
    """
    settings, counters = settings_of(context), limits(context)
    tenant_id: UUID = session.info["tenant_id"]
    await counters.hit(f"code-address:{address}", most=settings.codes_per_address, seconds=TEN_MINUTES)
    await counters.hit(f"code-tenant:{tenant_id}", most=settings.codes_per_tenant, seconds=TEN_MINUTES)
    mobile = compact_number(asked.mobile)
    FieldsInvalid.raise_if({"mobile": mobile_faults(mobile)})
    pack = await current_pack(session)
    _require_offered(pack, asked)
    keys = await context.keyring.for_tenant(session)
    await _require_state(session, asked, keys.blinds("mobile", mobile))
    number = f"{tenant_id}:{asked.purpose}:{keys.blind('mobile', mobile)}"
    resend = pack.registration.resend_seconds
    await counters.hit(f"code-day:{number}", most=settings.codes_per_number, seconds=DAY)
    await counters.hit(f"code-resend:{number}", most=1, seconds=resend)
    sent = send_code(session, keys=keys, purpose=asked.purpose, mobile=mobile)
    return VerificationCodeRead(
        challenge_id=sent.id, mobile=mask_mobile(mobile), expires_at=sent.expires_at, resend_seconds=resend
    )


def send_code(
    session: AsyncSession, *, keys: TenantKeys, purpose: str, mobile: str, account_id: UUID | None = None
) -> VerificationCode:
    """Make a code, store its digest and say so; the message leaves when the transaction commits."""
    code, challenge_id = rules.new_code(), new_id()
    issued = CodeRepository.of(session).add(
        VerificationCode(
            id=challenge_id,
            purpose=purpose,
            mobile_index=keys.blind("mobile", mobile),
            account_id=account_id,
            digest=keys.blind("code", rules.digest_source(challenge_id, code)),
            expires_at=now() + rules.LIFETIME,
        )
    )
    emit(
        session,
        VerificationCodeIssued(
            challenge_id=challenge_id,
            mobile=keys.sealed(mobile, context="person.mobile", kind="mobile"),
            code=keys.sealed(code, context="code"),
            purpose=purpose,
            expires_at=issued.expires_at,
        ),
    )
    return issued


async def redeem_code(
    session: AsyncSession, *, context: ServiceContext, purpose: str, mobile: str, code: str
) -> None:
    """Use up the code sent last to a mobile; CodeWrong, CodeExpired or CodeSpent."""
    keys = await context.keyring.for_tenant(session)
    issued = await CodeRepository.of(session).newest(purpose=purpose, indexes=keys.blinds("mobile", mobile))
    await _use(issued, context=context, keys=keys, code=code)


async def redeem_challenge(
    session: AsyncSession, *, context: ServiceContext, purpose: str, challenge_id: UUID, code: str
) -> UUID:
    """Use up the code of a challenge and return the account it was sent to; errors as in `redeem_code`."""
    keys = await context.keyring.for_tenant(session)
    issued = await CodeRepository.of(session).challenge(challenge_id, purpose=purpose)
    await _use(issued, context=context, keys=keys, code=code)
    if issued is None or issued.account_id is None:
        raise CodeExpired
    return issued.account_id


async def _use(
    issued: VerificationCode | None, *, context: ServiceContext, keys: TenantKeys, code: str
) -> None:
    """Check and use up. Tries are counted in Redis before the code is looked at: a refusal rolls the database back."""
    if issued is None or issued.used_at is not None or issued.expires_at <= now():
        raise CodeExpired
    tries, _ = await limits(context).count(f"code-try:{issued.id}", seconds=HOUR)
    if tries > rules.MOST_TRIES:
        raise CodeSpent
    source = rules.digest_source(issued.id, compact_number(code))
    if not rules.same_digest(issued.digest, keys.blinds("code", source)):
        left = rules.MOST_TRIES - tries
        raise CodeWrong(left=left) if left else CodeSpent
    issued.use()


def _require_offered(pack: TenantPack, asked: VerificationCodeCreate) -> None:
    ways = pack.registration.sign_in
    for_unit = asked.purpose == "register" or asked.account_kind == "handler"
    if asked.purpose == "register" and pack.registration.units != "self":
        raise NotOffered
    if for_unit and "sms" not in ways.handler:
        raise NotOffered
    if (asked.purpose == "bind" or asked.account_kind == "member") and "sms" not in ways.member:
        raise NotOffered


async def _require_state(session: AsyncSession, asked: VerificationCodeCreate, indexes: list[str]) -> None:
    kinds = {"register": ["handler"], "bind": ["member"]}.get(
        asked.purpose, [asked.account_kind] if asked.account_kind else ["handler", "member"]
    )
    account = await AccountRepository.of(session).of_mobile(kinds, indexes)
    if asked.purpose == "sign_in" and account is None:
        raise MobileNotRegistered
    if asked.purpose != "sign_in" and account is not None:
        raise MobileAlreadyRegistered

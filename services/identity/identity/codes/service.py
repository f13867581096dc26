"""Use cases of verification codes: sent, checked, used up."""

from typing import NoReturn
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.clock import now
from common.contracts.identity import VerificationCodeIssued
from common.contracts.pack import TenantPack
from common.crypto import TenantKeys
from common.errors import NotFound
from common.events import emit
from common.http import ServiceContext
from common.identifiers import compact_number, mask_mobile, mobile_faults
from common.ids import made_at, new_id
from common.tenancy import current_pack
from common.text import language as asked_language

from ..accounts.errors import MobileAlreadyRegistered, MobileNotRegistered
from ..accounts.models import Account
from ..accounts.repository import AccountRepository
from ..binding.errors import RecoveryNotOffered
from ..errors import FieldsInvalid, NotOffered, TooManyRequests
from ..extras import limits, settings_of
from . import rules
from .captcha import redeem_captcha
from .errors import CodeExpired, CodeNotSent, CodeOtherPurpose, CodeSpent, CodeUsed, CodeWrong
from .models import VerificationCode
from .repository import CodeRepository
from .schemas import OwnCodeCreate, VerificationCodeCreate, VerificationCodeRead

TEN_MINUTES, HOUR, DAY = 600, 3600, 86_400
STAFF_SIGN_IN = "staff_sign_in"


async def request_code(
    session: AsyncSession, *, context: ServiceContext, asked: VerificationCodeCreate, address: str
) -> VerificationCodeRead:
    """Send a code to a mobile. A number without a unit's account is told to register and gets none (row C.01).

    Whether a number is a member's is told only to who proves it: there a code goes out in either case.
    """
    mobile = compact_number(asked.mobile)
    await _count_address(context, address)
    FieldsInvalid.raise_if({"mobile": mobile_faults(mobile)})
    pack = await current_pack(session)
    _require_offered(pack, asked)
    if pack.registration.binding.captcha and asked.purpose in {"bind", "recover"}:
        await redeem_captcha(context, tenant_id=session.info["tenant_id"], answer=asked.captcha)
    keys = await context.keyring.for_tenant(session)
    await _require_state(session, pack, asked, keys.blinds("mobile", mobile))
    return await _send_limited(session, context=context, purpose=asked.purpose, mobile=mobile)


async def request_own_code(
    session: AsyncSession, *, context: ServiceContext, actor: Actor, asked: OwnCodeCreate, address: str
) -> VerificationCodeRead:
    """Send a code to the caller's own mobile, or to the one that it is to change to."""
    await _count_address(context, address)
    account = await AccountRepository.of(session).find(Account, actor.id)
    if account is None or account.status == "closed":
        raise NotFound
    if asked.purpose == "change_mobile":
        mobile = compact_number(asked.mobile or "")
        FieldsInvalid.raise_if({"mobile": mobile_faults(mobile)})
    else:
        keys = await context.keyring.for_tenant(session)
        mobile = keys.open(account.known_mobile, context="person.mobile")
    return await _send_limited(session, context=context, purpose=asked.purpose, mobile=mobile)


async def _count_address(context: ServiceContext, address: str) -> None:
    most = settings_of(context).codes_per_address
    await limits(context).hit(f"code-address:{address}", most=most, seconds=TEN_MINUTES)


async def _send_limited(
    session: AsyncSession, *, context: ServiceContext, purpose: str, mobile: str
) -> VerificationCodeRead:
    """Send a code within the limits of its number, and of the union where it knows nobody of that number."""
    keys, counters = await context.keyring.for_tenant(session), limits(context)
    number = f"{session.info['tenant_id']}:{purpose}:{keys.blind('mobile', mobile)}"
    resend = (await current_pack(session)).registration.resend_seconds
    await counters.hit(f"code-day:{number}", most=settings_of(context).codes_per_number, seconds=DAY)
    await counters.hit(f"code-resend:{number}", most=1, seconds=resend)
    challenge_id, expires_at = new_id(), now() + rules.LIFETIME
    if await _may_leave(session, context=context, purpose=purpose, indexes=keys.blinds("mobile", mobile)):
        sent = send_code(session, keys=keys, purpose=purpose, mobile=mobile)
        challenge_id, expires_at = sent.id, sent.expires_at
    return VerificationCodeRead(
        challenge_id=challenge_id, mobile=mask_mobile(mobile), expires_at=expires_at, resend_seconds=resend
    )


async def _may_leave(
    session: AsyncSession, *, context: ServiceContext, purpose: str, indexes: list[str]
) -> bool:
    """Whether a message may go out now: always to whom the union knows, to strangers only so many in ten minutes.

    So strangers' requests keep nobody of the union from signing in. Past the bound a stranger is told so, but for a
    sign-in: there the answer is that of a code sent, as it must not tell whose number is a member's.
    """
    if await CodeRepository.of(session).knows(indexes):
        return True
    most = settings_of(context).codes_per_tenant
    count, left = await limits(context).count(f"code-tenant:{session.info['tenant_id']}", seconds=TEN_MINUTES)
    if count > most and purpose != "sign_in":
        raise TooManyRequests(seconds=left)
    return count <= most


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
            language=asked_language.get(),
        ),
    )
    return issued


async def redeem_code(
    session: AsyncSession, *, context: ServiceContext, purpose: str, mobile: str, code: str
) -> None:
    """Use up the code sent last to a mobile; refusals say what is true of it (`codes.errors`)."""
    keys, codes = await context.keyring.for_tenant(session), CodeRepository.of(session)
    indexes = keys.blinds("mobile", mobile)
    issued = await codes.newest(purpose=purpose, indexes=indexes)
    if issued is None or not issued.is_good:
        other = await codes.newest_for_anything_else(purpose=purpose, indexes=indexes, at=now())
        if other is not None and await _is_right(other, context=context, keys=keys, code=code):
            raise CodeOtherPurpose.of(sent=rules.title_of(other.purpose), wanted=rules.title_of(purpose))
    await _use(issued, context=context, keys=keys, code=code)


async def redeem_challenge(
    session: AsyncSession, *, context: ServiceContext, purpose: str, challenge_id: UUID, code: str
) -> UUID:
    """Use up the code of a challenge and return the account it was sent to; errors as in `redeem_code`."""
    keys = await context.keyring.for_tenant(session)
    issued = await CodeRepository.of(session).challenge(challenge_id, purpose=purpose)
    if issued is None:
        await _refuse_unknown(challenge_id, context)
    await _use(issued, context=context, keys=keys, code=code)
    if issued.account_id is None:
        raise CodeExpired
    return issued.account_id


async def _use(
    issued: VerificationCode | None, *, context: ServiceContext, keys: TenantKeys, code: str
) -> None:
    """Check and use up. Tries are counted in Redis before the code is looked at: a refusal rolls the database back."""
    if issued is None:
        raise CodeNotSent
    if not issued.is_good:
        raise CodeUsed if issued.used_at is not None else CodeExpired
    tries = await _count_try(issued, context)
    if tries > rules.MOST_TRIES:
        raise CodeSpent
    if not _same(issued, keys, code):
        left = rules.MOST_TRIES - tries
        raise CodeWrong(left=left) if left else CodeSpent
    issued.use()


async def _refuse_unknown(challenge_id: UUID, context: ServiceContext) -> NoReturn:
    """Refuse as if a code had been sent: whoever asked for it does not learn whether there is such an account."""
    if now() - made_at(challenge_id) > rules.LIFETIME:
        raise CodeExpired
    tries, _ = await limits(context).count(f"code-try:{challenge_id}", seconds=HOUR)
    left = rules.MOST_TRIES - tries
    raise CodeWrong(left=left) if left > 0 else CodeSpent


async def _is_right(
    issued: VerificationCode, *, context: ServiceContext, keys: TenantKeys, code: str
) -> bool:
    """Whether this is the code; the look counts as a try, so that nobody finds it out by looking often."""
    return await _count_try(issued, context) <= rules.MOST_TRIES and _same(issued, keys, code)


async def _count_try(issued: VerificationCode, context: ServiceContext) -> int:
    tries, _ = await limits(context).count(f"code-try:{issued.id}", seconds=HOUR)
    return tries


def _same(issued: VerificationCode, keys: TenantKeys, code: str) -> bool:
    source = rules.digest_source(issued.id, compact_number(code))
    return rules.same_digest(issued.digest, keys.blinds("code", source))


def _require_offered(pack: TenantPack, asked: VerificationCodeCreate) -> None:
    ways, binding = pack.registration.sign_in, asked.purpose in {"bind", "recover"}
    for_unit = asked.purpose == "register" or asked.account_kind == "handler"
    if asked.purpose == "register" and pack.registration.units != "self":
        raise NotOffered
    if for_unit and "sms" not in ways.handler:
        raise NotOffered
    if binding and not {"sms", "wechat", "host_app"} & set(ways.member):
        raise NotOffered
    if asked.purpose == "recover" and not pack.registration.binding.face_verification:
        raise RecoveryNotOffered(contact=pack.tenant.contact.phone)
    if not for_unit and not binding and "sms" not in {*ways.member, *ways.handler}:
        raise NotOffered
    if asked.account_kind == "member" and not binding and "sms" not in ways.member:
        raise NotOffered


async def _require_state(
    session: AsyncSession, pack: TenantPack, asked: VerificationCodeCreate, indexes: list[str]
) -> None:
    accounts = AccountRepository.of(session)
    if asked.purpose == "register" and await accounts.of_mobile(["handler"], indexes):
        raise MobileAlreadyRegistered
    if asked.purpose != "sign_in" or asked.account_kind == "member":
        return
    if asked.account_kind is None and pack.registration.units != "self":
        return
    kinds = [asked.account_kind] if asked.account_kind else ["handler", "member"]
    if await accounts.of_mobile(kinds, indexes) is None:
        raise MobileNotRegistered

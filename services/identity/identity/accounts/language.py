"""Use cases of the language in which an account's owner is told things."""

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.contracts.language import LanguageChosen
from common.errors import NotFound
from common.events import emit

from .models import Account
from .repository import AccountRepository
from .schemas import LanguagePut, LanguageRead

DEFAULT = "zh"


async def read_language(session: AsyncSession, *, actor: Actor) -> LanguageRead:
    """Return the caller's language; Chinese while nothing was chosen."""
    return LanguageRead(language=(await _own(session, actor)).language or DEFAULT)


async def put_language(session: AsyncSession, *, actor: Actor, asked: LanguagePut) -> LanguageRead:
    """Choose the language of messages, on whichever device: the last choice counts, the same again says nothing."""
    account = await _own(session, actor, lock=True)
    if (account.language or DEFAULT) != asked.language:
        account.choose_language(asked.language)
        await session.flush()
        tell_language(session, account)
    return LanguageRead(language=asked.language)


def tell_language(session: AsyncSession, account: Account) -> None:
    """Say which language an account's owner has chosen; nothing where none was."""
    if account.language is not None and account.language_chosen_at is not None:
        at = account.language_chosen_at
        emit(session, LanguageChosen(account_id=account.id, language=account.language, chosen_at=at))


async def _own(session: AsyncSession, actor: Actor, *, lock: bool = False) -> Account:
    account = await AccountRepository.of(session).find(Account, actor.id, lock=lock)
    if account is None:
        raise NotFound
    return account

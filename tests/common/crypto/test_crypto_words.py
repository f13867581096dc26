"""Words of people: sealed where they are stored, read also where they stand in clear, the old ones sealed later."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Mapped

from common.crypto import Keyring, TenantKeys, key_version, open_words, seal_stored_words, seal_words
from common.db import Base, Database, TenantRow
from common.ids import new_id

KEYS = TenantKeys(UUID(int=1), {1: bytes(range(64))})


class Remark(TenantRow, Base):
    """A table with two columns of words."""

    __tablename__ = "remark"
    words: Mapped[str]
    answer: Mapped[str | None]


@given(st.text(min_size=1).filter(lambda words: "\x00" not in words))
def test_words_come_back_as_they_were_written(words: str) -> None:
    stored = seal_words(KEYS, words)
    assert stored != words and key_version(stored) == 1 and open_words(KEYS, stored) == words


@given(st.text().filter(lambda words: not words.startswith("s1.")))
def test_words_that_stand_in_clear_are_read_as_they_are(words: str) -> None:
    assert open_words(KEYS, words) == words


def test_no_words_stay_none() -> None:
    assert seal_words(KEYS, "") == "" and open_words(KEYS, "") == "" and open_words(KEYS, None) is None


async def test_stored_words_are_sealed_batch_by_batch_and_once(
    db: Database, keyring: Keyring, tenant: UUID
) -> None:
    other = new_id()
    async with db.transaction(other) as session:
        await keyring.add_version(session, other)
    for owner in (tenant, other):
        async with db.transaction(owner) as session:
            session.add_all(
                Remark(tenant_id=owner, words=f"住院号 {n}", answer=None if n % 2 else "") for n in range(5)
            )
    seen: list[int] = []
    while not seen or seen[-1]:
        async with db.transaction(tenant) as session:
            keys = await keyring.for_tenant(session)
            seen.append(
                await seal_stored_words(session, keys, model=Remark, columns=("words", "answer"), limit=2)
            )
    assert seen == [2, 2, 1, 0]
    async with db.transaction(tenant) as session:
        rows = (await session.execute(select(Remark).where(Remark.tenant_id == tenant))).scalars().all()
        assert all(row.words.startswith("s1.") and not row.answer for row in rows)
        assert {open_words(keys, row.words) for row in rows} == {f"住院号 {n}" for n in range(5)}
    async with db.transaction(other) as session:
        theirs = (await session.execute(select(Remark).where(Remark.tenant_id == other))).scalars().all()
        assert all(row.words.startswith("住院号") for row in theirs)

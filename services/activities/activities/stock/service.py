"""Use cases of the stock."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.auth import Actor
from common.clock import today
from common.crypto import TenantKeys
from common.errors import NotFound
from common.text import Text

from ..campaigns.repository import CampaignRepository
from .errors import CodesInvalid, CodesMissing, CodesTooLarge
from .formats import matches
from .repository import SealedCode, Stock, StockRepository
from .rules import LONGEST, MOST_LINES, MOST_MEGABYTES, CodeList, ending, read_codes
from .schemas import DuplicateRead, ImportRead

INDEX = "reward_code"
LINE = Text("第 {line} 行：{fault}", "Line {line}: {fault}")
SENTENCES = {
    "code.too_long": Text(f"最多 {LONGEST} 个字符。", f"At most {LONGEST} characters."),
    "code.blank": Text(
        "码中间有空格，请删去；一行只写一个码。",
        "A blank stands in the code; remove it. One code on each line.",
    ),
    "code.characters": Text("含有不可见字符，请删去。", "It holds invisible characters; remove them."),
    "code.format": Text("不符合活动规定的格式 {form}。", "It does not have the campaign's format {form}."),
}
MOST_NAMED = 1000


async def import_codes(
    session: AsyncSession, *, actor: Actor, keys: TenantKeys, campaign_id: UUID, text: str
) -> ImportRead:
    """导入电子码: add codes to the stock of a campaign, published or not; a code it has already is left out."""
    listed = await asyncio.to_thread(read_codes, text)
    check_list(listed)
    campaign = await CampaignRepository(session, actor.tenant_id).managed(actor, campaign_id, lock=True)
    if campaign is None:
        raise NotFound
    campaign.check_gives("code")
    check_format(listed, campaign.code_format)
    repository = StockRepository(session, actor.tenant_id)
    # Under every live key, because older codes were indexed with an older one.
    indexes = await asyncio.to_thread(lambda: {code: keys.blinds(INDEX, code) for code in listed.codes})
    known = await repository.known(campaign_id, [one for all_ in indexes.values() for one in all_])
    in_stock = {code for code, all_ in indexes.items() if known.intersection(all_)}
    fresh = [code for code in listed.codes if code not in in_stock]
    sealed = await asyncio.to_thread(
        lambda: [SealedCode(keys.seal(code, context="code"), keys.blind(INDEX, code)) for code in fresh]
    )
    await repository.add_codes(campaign_id, sealed)
    campaign.stock_filled()
    await record(
        session, actor_id=actor.id, action="campaign.codes_imported", subject=f"campaign:{campaign_id}",
        detail={"codes": len(fresh)},
    )  # fmt: skip
    stock = (await repository.counted([campaign_id], on=today())).get(campaign_id, Stock())
    return ImportRead(
        imported=len(fresh),
        duplicates=duplicates(listed, in_stock),
        codes=stock.codes,
        codes_left=stock.left,
    )


def check_format(listed: CodeList, form: str) -> None:
    """Raise CodesInvalid, naming the lines, unless all codes have the campaign's format."""
    wrong = [line for code, line in listed.codes.items() if not matches(code, form)]
    if wrong:
        fault = SENTENCES["code.format"].format(form=form)
        raise CodesInvalid(
            errors=[_error(line, "code.format", fault) for line in wrong[:MOST_NAMED]], lines=len(wrong)
        )


def _error(line: int, code: str, fault: Text) -> dict[str, str]:
    message = LINE.format(line=line, fault=fault.in_language()).in_language()
    return {"field": f"line.{line}", "code": code, "message": message}


def check_list(listed: CodeList) -> None:
    """Raise CodesInvalid, CodesMissing or CodesTooLarge unless the list can be imported."""
    if listed.faults:
        errors = [
            _error(line, code, SENTENCES[code]) for line, code in list(listed.faults.items())[:MOST_NAMED]
        ]
        raise CodesInvalid(errors=errors, lines=len(listed.faults))
    if not listed.codes:
        raise CodesMissing
    if len(listed.codes) + len(listed.repeats) > MOST_LINES:
        raise CodesTooLarge(most_lines=MOST_LINES, most_megabytes=MOST_MEGABYTES)


def duplicates(listed: CodeList, in_stock: set[str]) -> Sequence[DuplicateRead]:
    """Name the lines that were left out, in the order of the list."""
    by_line = {line: code for code, line in listed.codes.items()}
    named = [
        DuplicateRead(line=listed.codes[code], code=ending(code), reason="in_stock") for code in in_stock
    ]
    named += [
        DuplicateRead(
            line=repeat.line, code=ending(by_line[repeat.first_line]), reason="in_file",
            first_line=repeat.first_line,
        )
        for repeat in listed.repeats
    ]  # fmt: skip
    return sorted(named, key=lambda one: one.line)

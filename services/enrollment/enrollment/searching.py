"""What a search may name: a whole document number, a product of the union. A slip is said."""

from sqlalchemy.ext.asyncio import AsyncSession

from common.errors import DomainError
from common.identifiers import DOCUMENT_KINDS, document_faults, id_number_faults, plain_document_number
from common.identifiers.id_number import LENGTH
from common.tenancy import current_pack, pack_of_version, pack_versions
from common.text import Text


class NumberIncomplete(DomainError):
    """A search by a part of a document number: whole numbers only can be found, they are stored sealed."""

    code = "search.number_incomplete"
    text = Text(
        "证件号码不完整或格式不正确。请填写完整的证件号码（居民身份证为18位），不能只填一部分。",
        "This is no whole document number. Enter all of it (18 characters of an ID card), not a part.",
    )


class NumberWrong(DomainError):
    """A search by an ID number that nobody can have; the sentence names the digit expected."""

    code = "search.number_wrong"
    text = Text("{why_zh}请核对后重新查询。", "{why_en} Correct it and search again.")


class ProductNotKnown(DomainError):
    """A search by a product that the union neither has nor had."""

    code = "search.product_unknown"
    text = Text(
        "没有参保项目“{product}”。请从项目列表中选择后重新查询。",
        "There is no product {product}. Choose one from the list and search again.",
    )


def require_number(number: str | None) -> None:
    """Raise NumberIncomplete or NumberWrong unless it may be the whole number of a document; None is fine."""
    if not number:
        return
    plain = plain_document_number(number)
    if any(not document_faults(kind, plain) for kind in DOCUMENT_KINDS):
        return
    if len(plain) == LENGTH and (faults := id_number_faults(plain)):
        raise NumberWrong(why_zh=faults[0].message.zh, why_en=faults[0].message.en)
    raise NumberIncomplete


async def require_product(session: AsyncSession, code: str | None) -> None:
    """Raise ProductNotKnown unless the pack in force has the product, or an earlier one had it; None is fine."""
    if code is None or any(product.code == code for product in (await current_pack(session)).products):
        return
    for version in await pack_versions(session):
        if any(product.code == code for product in (await pack_of_version(session, version)).products):
            return
    raise ProductNotKnown(product=code)

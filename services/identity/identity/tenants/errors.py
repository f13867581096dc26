"""Refusals around tenants and packs."""

from common.errors import Conflict, DomainError
from common.text import Text


class PackOfAnotherTenant(DomainError):
    """The pack's own code is not the one in the address."""

    code = "pack.other_tenant"
    text = Text(
        "配置包中的工会代码是 {written}，与提交的地址 {asked} 不一致，请核对后重新提交。",
        "The pack is of tenant {written}, but it was sent to {asked}. Check which one you mean.",
    )


class TenantIdentityChanged(Conflict):
    """The pack gives a known code another id, or a known id another code."""

    code = "pack.tenant_identity"
    text = Text(
        "工会的代码和编号一经启用不能更改，请改回原来的 tenant.code 和 tenant.id。",
        "A tenant's code and id never change. Restore tenant.code and tenant.id as they were.",
    )


class PackNotProposed(Conflict):
    """The version does not wait for consent."""

    code = "pack.not_proposed"
    text = Text(
        "该版本不在待确认状态，请刷新后查看最新版本。",
        "This version does not wait for consent. Look at the newest one.",
    )


class SamePerson(DomainError):
    """Maker and checker are one person."""

    status = 403
    code = "pack.same_person"
    text = Text(
        "提交人不能确认自己提交的版本，请由另一位管理人员确认。",
        "Who proposed a version cannot consent to it. Ask another person.",
    )

"""Two accounts of one person are known as one: maker and checker are never the same human."""

from common.contracts.pack import TenantPack
from common.crypto import MasterKeys, TenantKeys
from common.ids import new_id
from common.testing.tenants import make_tenant
from identity.accounts.models import Account
from identity.accounts.rules import actor_of
from identity.accounts.service import facts_of


def account(keys: TenantKeys, kind: str, mobile: str) -> Account:
    sealed = keys.sealed(mobile, context="person.mobile", kind="mobile")
    return Account(
        id=new_id(), kind=kind, mobile_sealed=sealed.ciphertext, mobile_index=sealed.index, roles=[], org_path="/",
        epoch=0, user_name=None, unit_id=None, person_id=None,
    )  # fmt: skip


def test_one_mobile_is_one_person(master: MasterKeys, wuxi_pack: TenantPack) -> None:
    tenant = make_tenant(wuxi_pack, master)
    keys = tenant.keys
    first, second, other = (
        actor_of(
            facts_of(account(keys, kind, mobile), keys), wuxi_pack, tenant_id=tenant.id, session_id=new_id()
        )
        for kind, mobile in (("staff", "13912345678"), ("handler", "13912345678"), ("staff", "13912345679"))
    )
    assert first.human is not None and first.is_same_human(second)
    assert not first.is_same_human(other)
    assert "13912345678" not in first.model_dump_json()

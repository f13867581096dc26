"""Chains and roles: every node has a role that exists and may do its work; every permission is known; all is used."""

from collections.abc import Iterator

from ..faults import Place, Problem
from ..roles import PERMISSIONS
from ..shape import View
from .references import unknown, wrong

_NEEDS = {
    "units": {"identity.unit.register_review"},
    "admissions": {"identity.member.write"},
    "transfers": {"identity.member.write"},
    "changes": {"identity.member.write"},
    "terminations": {"enrollment.order.review"},
    "appeals": {"claims.claim.approve", "claims.claim.review", "claims.claim.report_review"},
    "review": {"enrollment.order.review"},
    "finance": {"enrollment.payment.confirm"},
    "claims": {
        "claims.claim.check",
        "claims.claim.review",
        "claims.claim.report_review",
        "claims.claim.approve",
    },
}
"""One of these permissions is needed to decide a node of the chain."""


def check_chains(view: View) -> Iterator[Problem]:
    """Yield the faults of chains and roles."""
    for number, role in view.listed("roles").items():
        for position, permission in enumerate(role.permissions):
            yield from unknown(
                ("roles", number, "permissions", position), "permission", permission, PERMISSIONS
            )
    yield from _built_in_roles(view)
    chains = view.section("chains")
    if not chains:
        return
    roles = {role.code: frozenset(role.permissions) for role in view.listed("roles").values()}
    for place, chain in chains.each():
        name = str(place[-1] if isinstance(place[-1], str) else place[0])
        for number, node in enumerate(chain.nodes):
            here: Place = ("chains", *place, "nodes", number, "role")
            yield from unknown(here, "role", node.role, view.codes("roles"))
            if node.role in roles and not roles[node.role] & _NEEDS[name]:
                needs = " / ".join(sorted(_NEEDS[name]))
                yield wrong(
                    here,
                    "role_lacks_permission",
                    f"角色 {node.role} 缺少权限 {needs}",
                    f"the role {node.role} lacks {needs}",
                )
    yield from _registration(view)
    yield from _unused(view)


def _built_in_roles(view: View) -> Iterator[Problem]:
    """Members and self-registered handlers get the roles `member` and `handler` without anybody giving them."""
    registration, codes = view.section("registration"), view.codes("roles")
    needed = {"member": "own"} | (
        {"handler": "unit"} if registration and registration.sign_in.handler else {}
    )
    for code in needed:
        if codes and code not in codes:
            yield wrong(("roles",), "role_missing", f"缺少角色 {code}", f"the role {code} is missing")
    for number, role in view.listed("roles").items():
        if needed.get(role.code, role.scope) != role.scope:
            scope = needed[role.code]
            zh, en = (
                f"角色 {role.code} 的 scope 必须是 {scope}",
                f"the scope of the role {role.code} must be {scope}",
            )
            yield wrong(("roles", number, "scope"), "role_scope", zh, en)


def _registration(view: View) -> Iterator[Problem]:
    registration, chains = view.section("registration"), view.section("chains")
    if not registration:
        return
    admission = registration.admission
    if admission and admission.confirmation == "person" and chains.admissions is None:
        zh, en = (
            "由人确认入会时必须有 admissions 流程",
            "admissions that a person confirms need the chain admissions",
        )
        yield wrong(("chains",), "chain_missing", zh, en)
    if registration.units == "self" and chains.units is None:
        yield wrong(
            ("chains",),
            "chain_missing",
            "单位自行注册时必须有 units 流程",
            "units that register need the chain units",
        )


def _unused(view: View) -> Iterator[Problem]:
    kinds = view.listed("claims").values()
    used = {kind.chain for kind in kinds}
    if view.codes("claims") != {kind.code for kind in kinds} or not used <= view.codes("chains", "claims"):
        return  # A kind that is broken or names no chain may be the one that was meant to use it.
    for number, chain in enumerate(view.section("chains").claims):
        if chain.code not in used:
            zh, en = f"没有申请类型使用流程 {chain.code}", f"no claim kind uses the chain {chain.code}"
            yield wrong(("chains", "claims", number, "code"), "unused", zh, en)

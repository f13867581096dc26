"""Demo accounts: their roles and branches exist, and they are enough people for every four-eyes rule."""

from collections.abc import Iterator

from ....identifiers import id_number_faults
from ..chains import Chain
from ..demo import DemoStaff
from ..faults import Problem
from ..shape import View
from .references import unknown, wrong


def check_demo(view: View) -> Iterator[Problem]:
    """Yield the faults of the demo accounts; a pack without any has none."""
    demo, organisation = view.section("demo"), view.section("organisation")
    if not demo:
        return
    branches = {branch.code for branch in organisation.branches} if organisation else None
    for number, person in enumerate(demo.staff):
        for position, role in enumerate(person.roles):
            yield from unknown(
                ("demo", "staff", number, "roles", position), "role", role, view.codes("roles")
            )
        if person.branch and branches is not None:
            yield from unknown(("demo", "staff", number, "branch"), "branch", person.branch, branches)
    for number, unit in enumerate(demo.units):
        if unit.branch and branches is not None:
            yield from unknown(("demo", "units", number, "branch"), "branch", unit.branch, branches)
    yield from _check_handlers(view)
    chains = view.section("chains")
    if chains and demo.staff:
        roles = view.codes("roles")
        for _, chain in chains.each():
            if {node.role for node in chain.nodes} <= roles and not can_pass(chain, demo.staff):
                zh = f"演示账号的人手走不完流程 {chain.code}（每个节点要有人，四眼节点要由不同的人办理）"
                en = (
                    f"the demo staff cannot pass the chain {chain.code}: "
                    "each node needs somebody, four-eyes nodes different people"
                )
                yield wrong(("demo", "staff"), "four_eyes", zh, en)
    if demo.staff and not can_pay(view, demo.staff):
        zh = "演示账号中没有两个不同的人分别制单和放行支付（claims.payout.prepare、claims.payout.release）"
        en = "the demo staff has no two people of whom one prepares payouts and the other releases them"
        yield wrong(("demo", "staff"), "four_eyes", zh, en)


def can_pay(view: View, staff: tuple[DemoStaff, ...]) -> bool:
    """Say whether a batch of payouts can be prepared by one of these people and released by another."""
    roles = {role.code: frozenset(role.permissions) for role in view.listed("roles").values()}
    if view.codes("roles") != set(roles):
        return True  # A role with a fault of its own may be the one that is meant.

    def able(permission: str) -> set[str]:
        return {p.username for p in staff if any(permission in roles.get(code, ()) for code in p.roles)}

    makers, checkers = able("claims.payout.prepare"), able("claims.payout.release")
    return bool(makers and checkers) and len(makers | checkers) > 1


def _check_handlers(view: View) -> Iterator[Problem]:
    """Handlers with a password need a user name; members of the demo have numbers that are right."""
    demo, registration = view.section("demo"), view.section("registration")
    needs_name = registration is not None and {"password", "password_sms"} & set(registration.sign_in.handler)
    for number, unit in enumerate(demo.units if demo else ()):
        if needs_name and not unit.handler_username:
            zh = "经办人凭密码登录，请写 handler_username"
            yield wrong(
                ("demo", "units", number),
                "user_name",
                zh,
                "handlers sign in with a password: write handler_username",
            )
        for position, person in enumerate(unit.people):
            if id_number_faults(person.id_number):
                place = ("demo", "units", number, "people", position, "id_number")
                yield wrong(place, "id_number", "身份证号不正确", "this is no valid ID number")


def can_pass(chain: Chain, staff: tuple[DemoStaff, ...]) -> bool:
    """Say whether these people can pass a chain with every four-eyes rule kept; handlers pass their own nodes."""

    def assign(number: int, chosen: dict[str, str]) -> bool:
        if number == len(chain.nodes):
            return True
        node = chain.nodes[number]
        if node.unit is not None:
            return assign(number + 1, chosen)
        taken = {chosen[code] for code in node.four_eyes_with if code in chosen}
        able = [
            person.username for person in staff if node.role in person.roles and person.username not in taken
        ]
        return any(assign(number + 1, {**chosen, node.code: username}) for username in able)

    return assign(0, {})

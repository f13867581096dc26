"""Branches stand on levels between the union and the unit, each below its parent; dues and funds exist."""

from collections.abc import Iterator

from ..faults import Problem
from ..organisation import Organisation
from ..shape import View
from .references import unknown, wrong


def check_organisation(view: View) -> Iterator[Problem]:
    """Yield the faults of the tree and of the dues' fund."""
    dues = view.section("dues")
    if dues:
        yield from unknown(("dues", "fund"), "fund", dues.fund, view.codes("funds"))
    organisation = view.section("organisation")
    if organisation:
        yield from _branches(organisation)


def _branches(organisation: Organisation) -> Iterator[Problem]:
    depth = {level.code: number for number, level in enumerate(organisation.levels)}
    branches = {branch.code: branch for branch in organisation.branches}
    for number, branch in enumerate(organisation.branches):
        place = ("organisation", "branches", number)
        yield from unknown((*place, "level"), "level", branch.level, depth)
        if depth.get(branch.level, 1) in {0, len(depth) - 1}:
            yield wrong(
                (*place, "level"),
                "branch_level",
                "机构不能在最高层或单位层",
                "a branch stands between the union and the units",
            )
        if branch.parent is None:
            continue
        yield from unknown((*place, "parent"), "branch", branch.parent, branches)
        parent = branches.get(branch.parent)
        if parent and depth.get(parent.level, -1) >= depth.get(branch.level, 99):
            yield wrong(
                (*place, "parent"),
                "branch_parent",
                "上级机构的层级必须更高",
                "the parent must stand on a higher level",
            )

"""Refusals around branches."""

from common.errors import Conflict, DomainError
from common.text import Text


class BranchExists(Conflict):
    """The code is taken, by a closed branch too."""

    code = "branch.exists"
    text = Text("机构代码已被使用，请换一个。", "The code is taken. Choose another.")


class BranchUnknown(DomainError):
    """There is no open branch of this code within the caller's reach."""

    status = 404
    code = "branch.unknown"
    text = Text("没有这个机构，或不在您的管理范围内。", "There is no such branch within your reach.")


class BranchNotEmpty(Conflict):
    """Something still hangs below it."""

    code = "branch.not_empty"
    text = Text(
        "该机构下还有{branches}个下级机构、{units}个单位、{staff}名工作人员，请先迁移后再撤销。",
        "There are {branches} branches, {units} units and {staff} staff below it. Move them first.",
    )


class BranchBelowItself(Conflict):
    """A branch cannot hang below itself."""

    code = "branch.below_itself"
    text = Text("不能把机构移到自己或自己的下级之下。", "A branch can't move below itself.")


class BranchClosed(Conflict):
    """A closed branch takes nothing."""

    code = "branch.closed"
    text = Text("该机构已撤销，请先恢复。", "The branch is closed. Reopen it first.")


class RootFixed(Conflict):
    """The union itself is what it is."""

    code = "branch.root"
    text = Text("工会本级不能移动或撤销。", "The union itself can't be moved or closed.")


class TreeTooDeep(DomainError):
    """The path would become too long."""

    code = "branch.too_deep"
    text = Text(
        "层级过多，请减少层级或缩短机构代码。",
        "The tree would become too deep. Use fewer levels or shorter codes.",
    )

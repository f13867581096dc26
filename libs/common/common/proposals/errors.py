"""What a proposal can be refused for."""

from ..errors import Conflict, DomainError, NotPermitted
from ..text import Text


class CommandUnknown(DomainError):
    """There is no command of this name that takes a proposal."""

    code = "proposal.command_unknown"
    text = Text(
        "没有这项需要复核的操作：{command}。", "There is no command {command} that takes a second person."
    )


class ProposedElsewhere(DomainError):
    """The command is proposed in one place alone, which looks at more than its parameters."""

    code = "proposal.elsewhere"
    text = Text("“{title}”只能在“{place}”提出。", "“{title}” is proposed under “{place}” alone.")

    def __init__(self, title: Text, place: Text) -> None:
        super().__init__(title=title.in_language(), place=place.in_language())


class SamePerson(NotPermitted):
    """Maker and checker are one person, by one account or by two."""

    code = "proposal.same_person"
    text = Text(
        "提出人不能复核自己的申请（换账号也不行），请由另一位工作人员复核。",
        "Who proposed cannot consent, with another account neither. Ask a colleague.",
    )


class ProposalDecided(Conflict):
    """Somebody has decided already, or it was taken back."""

    code = "proposal.decided"
    text = Text("该申请已有结论，请刷新查看。", "This proposal has been decided. Refresh to see how.")


class ProposalExpired(Conflict):
    """Nobody decided in time."""

    code = "proposal.expired"
    text = Text("该申请已过复核期限，请重新提出。", "Nobody decided in time. Propose it again.")


class ProposalOpen(Conflict):
    """The same is proposed already."""

    code = "proposal.open"
    text = Text(
        "同一事项已有待复核的申请，请等待其结论或先撤回。",
        "The same is proposed already. Wait for the decision, or take it back first.",
    )

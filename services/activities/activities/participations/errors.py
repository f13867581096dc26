"""What taking part refuses."""

from common.errors import DomainError
from common.text import Text


class MembersOnly(DomainError):
    """Rewards go to persons, and the caller's account belongs to none."""

    status = 403
    code = "campaign.members_only"
    text = Text(
        "只有会员本人可以领取，请用会员账号登录并完成绑定。",
        "Only members can take part. Sign in as a member and bind your account.",
    )

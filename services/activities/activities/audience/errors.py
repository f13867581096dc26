"""What who-may-join refuses."""

from common.errors import DomainError
from common.text import Text


class NotForYou(DomainError):
    """The person does not meet the conditions; `errors` name each."""

    status = 403
    code = "audience.not_for_you"
    text = Text(
        "您不符合本活动的参与条件，原因见下；如信息有误请联系工会更正。",
        "You do not meet the conditions, for the reasons below. If the record is wrong, ask your union.",
    )

"""What can be refused about cover that is carried over."""

from common.errors import DomainError
from common.text import Text


class CarriedDayWrong(DomainError):
    """The cover has not begun, or has ended."""

    code = "carried.day_wrong"
    text = Text(
        "起保日期应在 {first} 至 {last} 之间：只能转入已经生效且尚未到期的保障。",
        "The first day of cover must lie between {first} and {last}: only cover that has begun and still runs is "
        "carried over.",
    )

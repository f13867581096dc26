"""What slots and bookings refuse."""

from common.errors import Conflict, DomainError
from common.text import Text


class SlotUnknown(DomainError):
    """A time has to be chosen, of those that the campaign has."""

    status = 422
    code = "booking.slot_missing"
    text = Text("请选择预约时段。", "Choose a time slot.")


class SlotFull(Conflict):
    """All of its places are taken."""

    code = "booking.full"
    text = Text("该时段已约满，请选择其他时段。", "This slot is full. Choose another one.")


class SlotPast(Conflict):
    """It has begun."""

    code = "booking.past"
    text = Text("该时段已开始或已过，请选择其他时段。", "This slot has begun or is over. Choose another one.")


class SlotsInvalid(DomainError):
    """Times that make no sense; `errors` name them."""

    code = "slots.invalid"
    text = Text("时段设置有误，请按提示修改。", "The time slots are wrong. Correct them as shown.")


class SlotInUse(Conflict):
    """People have booked it."""

    code = "slots.in_use"
    text = Text(
        "该时段已有 {taken} 人预定，不能删除，名额也不能少于已预定数。",
        "{taken} people have booked this slot: it cannot go, nor have fewer places than that.",
    )


class BookingNotBookable(Conflict):
    """Codes are not booked."""

    code = "booking.not_bookable"
    text = Text("电子码不能取消或改约。", "A code can be neither cancelled nor moved.")

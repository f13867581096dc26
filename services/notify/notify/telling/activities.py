"""What members are told about bookings and rewards beside their code, and staff about a stock that runs low."""

from common.clock import BUSINESS_ZONE
from common.contracts.activities import BookingConfirmed, CodesRunningLow, RewardCollected, RewardRevoked
from common.text import Text

from ..messages.composing import Told
from .scene import Scene

ANY_TIME = Text("活动期间", "any time while it lasts")


async def tell_booking(scene: Scene, event: BookingConfirmed) -> None:
    """Tell the person what was booked, its number, where and when."""
    await _tell(
        scene,
        event,
        "activities.booking_confirmed",
        place=event.place,
        number=event.number,
        time=time_of(event),
    )


def time_of(event: BookingConfirmed) -> Text:
    """Return when to come, in Asia/Shanghai: "12月5日 08:00-09:00"; any time where the booking has none."""
    if event.starts_at is None or event.ends_at is None:
        return ANY_TIME
    begin, end = event.starts_at.astimezone(BUSINESS_ZONE), event.ends_at.astimezone(BUSINESS_ZONE)
    hours = f"{begin:%H:%M}-{end:%H:%M}"
    return Text(f"{begin.month}月{begin.day}日 {hours}", f"{begin:%Y-%m-%d} {hours}")


async def tell_collected(scene: Scene, event: RewardCollected) -> None:
    """Tell the person that it was handed out, so that nobody collects in their name unseen."""
    await _tell(scene, event, "activities.reward_collected")


async def tell_revoked(scene: Scene, event: RewardRevoked) -> None:
    """Tell the person why it was taken back."""
    await _tell(scene, event, "activities.reward_revoked", reason=scene.keys.open_words(event.reason))


async def _tell(
    scene: Scene, event: BookingConfirmed | RewardCollected | RewardRevoked, name: str, **more: Text | str
) -> None:
    person = await scene.person(event.person_id)
    if person is None:
        return
    variables = {"name": scene.name_of(person.name), "campaign": event.campaign_title, **more}
    await scene.tell(name, "member", Told(person.id, person.mobile, person.account_id, variables))


async def tell_low_stock(scene: Scene, event: CodesRunningLow) -> None:
    """Tell whoever published the campaign how many codes are left."""
    variables = {"campaign": event.campaign_title, "left": event.left}
    told = Told(event.account_id, None, event.account_id, variables)
    await scene.tell("activities.codes_running_low", "staff", told)

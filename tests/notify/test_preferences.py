"""The switches of the settings page are obeyed, except by what must arrive and what waits in the app (row E.11)."""

import pytest
from sqlalchemy import select

from common.contracts.identity import MembersAdmitted, PreferencesChanged
from common.ids import new_id
from notify.copies.models import Preference
from notify.messages.models import Message
from notify.messages.rules import wanted

from .conftest import Place
from .test_messages import payout

E11 = pytest.mark.feature("E.11")


def chosen(
    place: Place, version: int = 1, *, enrolment: bool = True, notices: bool = True
) -> PreferencesChanged:
    return PreferencesChanged(
        person_id=place.person_id, version=version, enrolment_sms=enrolment, service_notices=notices
    )


async def made(place: Place) -> set[tuple[str, str]]:
    """Return (channel, event) of the messages that were made for the member."""
    async with place.client.context.db.transaction(place.tenant.id) as session:
        rows = (await session.execute(select(Message).where(Message.audience == "member"))).scalars()
        return {(row.channel, row.template) for row in rows}


async def test_a_switch_is_kept_once_and_an_older_one_changes_nothing(place: Place) -> None:
    await place.deliver(chosen(place, 2, enrolment=False), times=2)
    await place.deliver(chosen(place, 1))
    async with place.client.context.db.transaction(place.tenant.id) as session:
        (row,) = (await session.execute(select(Preference).where(Preference.id == place.person_id))).scalars()
    assert (row.version, row.enrolment_sms, row.service_notices) == (2, False, True)


@E11
async def test_no_sms_about_cover_for_who_wants_none_and_the_others_get_theirs(place: Place) -> None:
    await place.deliver(chosen(place, enrolment=False))
    await place.deliver(place.policies(3))
    async with place.client.context.db.transaction(place.tenant.id) as session:
        statement = select(Message.recipient_id).where(Message.template == "enrollment.member_covered")
        told = set((await session.execute(statement)).scalars())
    assert len(told) == 2 and place.person_id not in told
    await place.deliver(chosen(place, 2, enrolment=True))
    await place.deliver(place.policies(1))
    assert await made(place) == {("sms", "enrollment.member_covered")}


@E11
async def test_what_must_arrive_comes_all_the_same(place: Place) -> None:
    await place.deliver(MembersAdmitted(batch_id=new_id(), members=[place.person()]))
    await place.deliver(chosen(place, enrolment=False, notices=False))
    await place.deliver(payout(place))
    assert ("sms", "claims.payout_completed") in await made(place)


def test_which_switch_an_event_belongs_to() -> None:
    assert not wanted("enrollment.member_covered", enrolment_sms=False, service_notices=True)
    assert wanted("claims.claim_step", enrolment_sms=False, service_notices=True)
    assert not wanted("activities.booking_confirmed", enrolment_sms=True, service_notices=False)

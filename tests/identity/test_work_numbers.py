"""A member's work number (工号) is told with the member's facts, so that forms of other services have it."""

import pytest

from common.contracts.identity import MembersAdmitted
from common.testing import Client

from .members_of import admit, union_of


@pytest.mark.feature("A.04")
async def test_a_work_number_is_told_once_with_its_member(identity: Client) -> None:
    union = await union_of(identity, "bit")
    member = await admit(union)
    body = {"items": [{"person_id": member["person_id"], "work_number": "a 0815"}]}
    staff = union.actor("identity.portal.manage")
    assert (await identity.send("PUT", "/work-numbers", staff, json=body)).json() == {"changed": 1}
    assert (await identity.send("PUT", "/work-numbers", staff, json=body)).json() == {"changed": 0}
    (told,) = await union.events(MembersAdmitted)
    (fact,) = told.members
    keys = await union.keys()
    assert str(fact.person_id) == member["person_id"] and not told.notify
    assert fact.work_number and keys.open(fact.work_number.ciphertext, context="work_number") == "A0815"
    assert fact.version > 1, "a copy takes only what is newer"

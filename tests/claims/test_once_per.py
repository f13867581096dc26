"""What a person may apply for once (row E.07) is once on every way in: invited, at the counter, by the member."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from common.contracts.pack import load_pack
from common.testing import Client, TestTenant

from .test_wuxi import DAY, PAPERS, invite, invited, taken_in
from .world import Person, World, errors, id_number

PACK = Path(__file__).resolve().parents[2] / "tenants" / "wuxi.yaml"


@pytest_asyncio.fixture
async def wuxi(claims: Client, new_tenant: Callable[..., Awaitable[TestTenant]]) -> World:
    """The city's union, where each person may have one application of a kind."""
    pack = load_pack(PACK)
    kinds = tuple(kind.model_copy(update={"once_per": "person"}) for kind in pack.claims)
    made = World(claims, await new_tenant(claims.context, pack=pack.model_copy(update={"claims": kinds})))
    await made.approve_unit()
    return made


@pytest_asyncio.fixture
async def person(wuxi: World) -> Person:
    return await wuxi.cover()


async def hand_in(wuxi: World, person: Person, actor: Any, claim: dict[str, Any], papers: Any) -> Any:
    for rule, kind in papers:
        paper = await wuxi.paper(actor, person.name, kind=kind)
        await wuxi.hand_in(actor, claim, {"receipt": paper, "rule": rule})
    return await wuxi.send_in(actor, claim)


@pytest.mark.feature("E.07")
async def test_at_the_counter(wuxi: World, person: Person) -> None:
    staff = wuxi.role("claims_checker")
    papers = (*PAPERS, ("assessment", "other"), ("discharge-record", "discharge_record"))
    first = (await taken_in(wuxi, person, staff)).json()
    sent = await hand_in(wuxi, person, staff, first, papers)
    assert sent.status_code == 200, sent.text
    refused = await hand_in(wuxi, person, staff, (await taken_in(wuxi, person, staff)).json(), papers)
    assert refused.status_code == 422 and "claim.only_once" in errors(refused), refused.text
    assert sent.json()["number"] in refused.text


@pytest.mark.feature("E.07")
async def test_where_staff_invite(wuxi: World, person: Person) -> None:
    papers = (("pathology", "pathology"), ("discharge-record", "discharge_record"))
    sent = await hand_in(wuxi, person, person.actor, await invited(wuxi, person), papers)
    assert sent.status_code == 200, sent.text
    diagnosed = (date.fromisoformat(DAY) - timedelta(days=1)).isoformat()
    number = id_number(person.serial)
    again = await invite(wuxi, number, diagnosed_on=diagnosed, hospital="无锡市人民医院")
    refused = await hand_in(wuxi, person, person.actor, again.json(), papers)
    assert refused.status_code == 422 and errors(refused) == {"claim.only_once"}, refused.text
    assert sent.json()["number"] in refused.text

"""Members whom the register has by a passport or permit are enrolled by it (rows D.04, D.06)."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from common.consumer import Worker
from common.contracts.identity import PersonFact
from enrollment.issuing.jobs import issue_policies
from enrollment.policies.models import Policy

from .beijing import Beijing, born_years_ago


async def told(
    beijing: Beijing,
    number: str,
    *,
    kind: str = "passport",
    sex: str | None = "male",
    born: date | None = None,
    version: int = 1,
) -> PersonFact:
    """Let the register tell a member who holds another document."""
    keys = beijing.tenant.keys
    fact = beijing.person_fact(
        number,
        "约翰",
        person_id=keys.person_id(kind, number),
        document_kind=kind,
        member_number=f"M{number}",
        sex=sex,
        born=keys.sealed(born.isoformat(), context="person.born") if born else None,
        version=version,
    )
    await beijing.tell_persons([fact])
    return fact


async def from_register(beijing: Beijing, order: str, *facts: PersonFact) -> dict[str, Any]:
    body = {"person_ids": [str(fact.person_id) for fact in facts]} if facts else {}
    return await beijing.post(f"/orders/{order}/people/from-register", beijing.handler, body)


@pytest.mark.feature("D.04")
async def test_a_passport_holder_is_enrolled_from_the_register_to_the_policy(
    beijing: Beijing, worker: Worker
) -> None:
    people = [
        await told(beijing, "E12345678", born=born_years_ago(40, days=1)),
        await told(
            beijing, "H12345678", kind="hk_macau_permit", sex="female", born=born_years_ago(30, days=1)
        ),
    ]
    order = await beijing.order()
    added = await from_register(beijing, order, *people)
    assert (added["insurable"], added["not_insurable"]) == (2, 0), await beijing.reasons(order)
    submitted = (await beijing.submit(order)).json()
    await beijing.reviewed(order)
    await beijing.pay(order, submitted["amount_due"])
    await beijing.post(f"/orders/{order}/payment/confirm", beijing.finance)
    await issue_policies(worker.context, beijing.tenant.id)
    async with beijing.client.context.db.transaction(beijing.tenant.id) as session:
        mine = select(Policy).where(Policy.tenant_id == beijing.tenant.id)
        policies = (await session.execute(mine)).scalars().all()
    assert {(row.person_id, row.document_kind) for row in policies} == {
        (fact.person_id, fact.document_kind) for fact in people
    }
    shown = (await beijing.client.get(f"/orders/{order}/people", beijing.handler)).json()["items"]
    assert {row["document_number"] for row in shown} == {"E*****678", "H*****678"}
    certificate = await beijing.client.get(f"/policies/{policies[0].id}/certificate", beijing.handler)
    assert certificate.status_code == 200, certificate.text


@pytest.mark.feature("D.06")
async def test_the_registers_birth_date_decides(beijing: Beijing) -> None:
    over = await told(beijing, "E11111111", born=born_years_ago(61))
    unknown = await told(beijing, "E22222222", sex=None)
    order = await beijing.order()
    added = await from_register(beijing, order, over, unknown)
    assert (added["insurable"], added["not_insurable"]) == (0, 2)
    items = (await beijing.client.get(f"/orders/{order}/people", beijing.handler)).json()["items"]
    reasons = {r["code"]: r for item in items for r in item["reasons"]}
    assert set(reasons) == {"age.over", "document.holder_unknown"}
    assert reasons["age.over"]["action"] == "ask_consent"
    assert "补登" in reasons["document.holder_unknown"]["advice"]
    await told(beijing, "E22222222", born=born_years_ago(40), version=2)
    checked = await beijing.post(f"/orders/{order}/recheck", beijing.handler)
    assert (checked["insurable"], checked["not_insurable"]) == (1, 1)


@pytest.mark.feature("D.04")
async def test_a_passport_holder_by_form_and_roster(beijing: Beijing) -> None:
    fact = await told(beijing, "E12345678", born=born_years_ago(40))
    order = await beijing.order()
    path = f"/orders/{order}/people"
    row = {"name": "约翰", "id_number": "E12345678", "member_number": "ME12345678"}
    await beijing.upload(order, [row])
    shown = (await beijing.client.get(path, beijing.handler)).json()["items"]
    assert [(item["insurable"], item["reasons"]) for item in shown] == [(True, [])]
    await beijing.post(f"{path}/delete", beijing.handler, {"ids": [shown[0]["id"]]})
    added = await beijing.post(path, beijing.handler, {"document_number": "E12345678"}, status=201)
    assert added["insurable"] and added["document_number"] == "E*****678"
    unknown = {"name": "安娜", "document_number": "E87654321"}
    refused = await beijing.post(path, beijing.handler, unknown, status=422)
    assert "id.length" in {error["code"] for error in refused["errors"]}
    assert fact.document_kind == "passport"


@pytest.mark.feature("D.04")
async def test_who_cannot_be_covered_is_added_from_the_register_once(beijing: Beijing) -> None:
    """Also somebody whose number in the register is wrong, so that the row names no person."""
    wrong = await told(beijing, "11010519800101", kind="resident_id")
    order = await beijing.order()
    added = await from_register(beijing, order, wrong)
    assert (added["insurable"], added["not_insurable"]) == (0, 1)
    for again in (await from_register(beijing, order, wrong), await from_register(beijing, order)):
        assert (again["not_insurable"], again["order"]["not_insurable"]) == (0, 1)
        assert "没有可加入的会员" in again["message"]

"""Introductions of contribution-type and public-benefit programmes (row E.08)."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from common.contracts.pack import load_pack
from common.testing import Client, TestTenant

PACK = load_pack(Path(__file__).resolve().parents[2] / "tenants" / "beijing.yaml")


@pytest.mark.feature("E.08")
async def test_programmes_are_introduced_by_kind(
    enrollment: Client, new_tenant: Callable[..., Awaitable[TestTenant]]
) -> None:
    tenant = await new_tenant(enrollment.context, pack=PACK)
    for kind in ("contribution", "public_benefit"):
        answer = await enrollment.get("/products", tenant=tenant.code, params={"kind": kind})
        assert answer.status_code == 200, answer.text
        items = answer.json()["items"]
        expected = [product.code for product in PACK.products if product.kind == kind]
        assert expected and [item["code"] for item in items] == expected
        for item in items:
            product = PACK.product(item["code"])
            assert product.introduction is not None
            assert item["introduction"] == PACK.article(product.introduction).body.zh
            assert item["introduction_en"] and item["title"] and item["benefits"]
    everything = (await enrollment.get("/products", tenant=tenant.code)).json()["items"]
    assert len(everything) == len(PACK.products)


@pytest.mark.feature("E.08")
async def test_another_kind_and_another_union_are_refused(
    enrollment: Client, new_tenant: Callable[..., Awaitable[TestTenant]]
) -> None:
    tenant = await new_tenant(enrollment.context, pack=PACK)
    wrong = await enrollment.get("/products", tenant=tenant.code, params={"kind": "lottery"})
    assert wrong.status_code == 422
    unknown = await enrollment.get("/products", tenant="nobody-here", params={"kind": "contribution"})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "tenant.unknown")

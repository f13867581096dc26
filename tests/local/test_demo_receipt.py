"""`huzhu demo`: a photograph that was misread is taken again; what stays misread is said in one line."""

from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from common.contracts.pack import TenantPack
from huzhu.demo.claiming import MEMBER, upload_receipt
from huzhu.demo.world import World
from huzhu.papers import ReceiptValues


class Member:
    """Hands papers in; the reader misreads the name on the first so many of them."""

    def __init__(self, misread: int) -> None:
        self.handed_in, self.misread = 0, misread
        self.papers: list[ReceiptValues] = []

    async def upload(self, *_: object, **__: object) -> dict[str, str]:
        self.handed_in += 1
        return {"document_id": str(self.handed_in), "receipt": f"receipt {self.handed_in}"}

    async def get(self, path: str) -> dict[str, Any]:
        number = int(path.rsplit("/", 1)[1])
        values = self.papers[number - 1]
        payer = "陆红" if number <= self.misread else values.payer
        told = {"票据号码": values.number, "金额合计小写": f"{values.total:.2f}", "交款人": payer}
        told |= {"医保统筹基金支付": f"{values.pooled:.2f}", "其他支付": f"{values.other:.2f}"}
        told |= {"个人账户支付": f"{values.account:.2f}", "个人现金支付": f"{values.cash:.2f}"}
        fields = {name: {"value": value} for name, value in told.items()}
        return {"state": "recognized", "type": "e_receipt", "fields": fields}


@pytest.mark.parametrize("misread", [0, 1, 4])
async def test_a_misread_receipt_is_photographed_again(
    wuxi_pack: TenantPack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, misread: int
) -> None:
    async with httpx.AsyncClient() as http:
        world = World(http, wuxi_pack, 7, "", tmp_path)
    member = Member(misread)
    draw = world.receipt

    def receipt(payer: str, *, salt: int = 0, shot: int = 0) -> Any:
        values, photo = draw(payer, salt=salt, shot=shot)
        member.papers.append(values)
        return values, photo

    monkeypatch.setattr(world, "receipt", receipt)
    monkeypatch.setattr(world, "member", cast(Any, member))
    if misread < 4:
        said = await upload_receipt(world)
        assert "全部正确" in said
        assert world.facts["receipt"] == f"receipt {misread + 1}"
        assert world.facts["receipt_values"] == member.papers[misread]
    else:
        with pytest.raises(AssertionError) as refused:
            await upload_receipt(world)
        words = str(refused.value)
        assert f"陆红，应为 {world.people[MEMBER].name}" in words and "票据号码" not in words
        assert "\n" not in words and len(words) < 120

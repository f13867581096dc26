"""The union's money: contributions, batches, what the bank answers and states, the books."""

import io
from datetime import date
from decimal import Decimal
from typing import Any

from common.clock import today
from common.contracts.enrollment import ContributionReceived
from common.ids import new_id
from common.sheets import SheetWriter

from .ground import FUND, PRODUCT, Ground
from .papers import money


class Money(Ground):
    """A fund, its batches and its bank."""

    async def fund(self, amount: str = "100000.00") -> ContributionReceived:
        event = ContributionReceived(
            contribution_id=new_id(), order_id=new_id(), order_number="20260101000001", fund=FUND,
            product_code=PRODUCT, unit_id=self.unit_id, amount=Decimal(amount), received_on=today(),
        )  # fmt: skip
        await self.tell(event)
        return event

    async def batch(self, purpose: str = "claim") -> dict[str, Any]:
        body = {"fund": FUND, "purpose": purpose}
        answer = await self.client.post("/payout-batches", self.staff("payout_maker"), json=body)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def released(self, purpose: str = "claim") -> dict[str, Any]:
        batch = await self.batch(purpose)
        answer = await self.client.post(
            f"/payout-batches/{batch['id']}/release", self.staff("payout_checker")
        )
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def result_rows(self, batch: dict[str, Any]) -> list[list[str]]:
        """Payout number, account and amount of each line of a released batch, from the bank's own file."""
        answer = await self.client.get(
            f"/payout-batches/{batch['id']}/file?format=csv", self.staff("payout_maker")
        )
        assert answer.status_code == 200, answer.text
        lines = answer.content.decode("utf-8-sig").splitlines()[1:]
        return [[cells[1], cells[3], cells[5]] for cells in (line.split(",") for line in lines)]

    def result_file(self, rows: list[list[str]], status: str = "成功", reason: str = "") -> bytes:
        heading = "付款编号,收款账号,金额,处理结果,失败原因,银行流水号,记账日期"
        lines = [
            f"{n},{account},{amount},{status},{reason},S{n},{today():%Y%m%d}" for n, account, amount in rows
        ]
        return "\r\n".join([heading, *lines]).encode("gb18030")

    async def send_result(self, batch: dict[str, Any], data: bytes) -> Any:
        path = f"/payout-batches/{batch['id']}/results"
        return await self.client.post(
            path, self.staff("payout_maker"), content=data, headers={"Content-Type": "text/csv"}
        )

    def statement(
        self, *lines: tuple[str, str, str], opening: str = "0.00", day: date | None = None
    ) -> bytes:
        """A bank's statement of a day: serial, signed amount and memo of each line."""
        balance, data = Decimal(opening), io.BytesIO()
        with SheetWriter(data) as sheet:
            sheet.row(["江苏银行账户明细"])
            sheet.row(
                ["交易日期", "收入金额", "支出金额", "账户余额", "对方户名", "对方账号", "交易流水号", "摘要"]
            )
            for serial, amount, memo in lines:
                signed = Decimal(amount)
                balance += signed
                income, expense = (money(signed), "") if signed > 0 else ("", money(-signed))
                sheet.row(
                    [
                        f"{day or today():%Y-%m-%d}",
                        income,
                        expense,
                        money(balance),
                        "许晓霞",
                        "",
                        serial,
                        memo,
                    ]
                )
        return data.getvalue()

    async def send_statement(self, data: bytes, **options: Any) -> Any:
        actor = options.pop("actor", None) or self.staff("finance")
        path = f"/reconciliation/statements?fund={FUND}"
        return await self.client.post(
            path, actor, content=data, headers={"Content-Type": "application/octet-stream"}, **options
        )

    async def bank_difference(self, side: str) -> str:
        """The id of a line at the bank alone, or of an entry of the books alone ("lines", "entries")."""
        answer = await self.send_statement(self.statement(("S-alone", "1.23", "结息")))
        assert answer.status_code == 201, answer.text
        found = await self.client.get(f"/reconciliation/{side}?fund={FUND}", self.staff("finance"))
        return str(found.json()["items"][0]["id"])

    async def ledger(self) -> dict[str, Any]:
        answer = await self.client.get("/ledger/funds", self.staff("payout_maker"))
        assert answer.status_code == 200, answer.text
        fund = answer.json()[0]
        assert fund["difference"] == "0.00"
        return dict(fund)

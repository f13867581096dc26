"""The bank's files: the payout batch, its answer, the account statement; when batches are made (rows N.05, B.09)."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from .base import Line, Part, broken

BatchField = Literal[
    "sequence", "payout_number", "account_number", "account_name", "bank_name", "amount",
    "currency", "purpose", "claim_number", "mobile", "payer_account", "paid_on", "batch_number",
]  # fmt: skip
SummaryField = Literal[
    "batch_number", "count", "total", "payer_account", "payer_name", "paid_on", "currency", "purpose",
]  # fmt: skip
ResultField = Literal[
    "sequence", "payout_number", "account_number", "account_name", "amount",
    "status", "reason", "bank_serial", "paid_on",
]  # fmt: skip
StatementField = Literal[
    "booked_on", "income", "expense", "amount", "balance", "serial",
    "counterparty_name", "counterparty_account", "memo",
]  # fmt: skip
Encoding = Literal["utf-8", "utf-8-sig", "gb18030"]
Delimiter = Literal[",", "|", "\t", ";"]


class BatchColumn(Part):
    """A column of the batch file: a field, or a constant text."""

    title: Line
    field: BatchField | None = None
    constant: str | None = None

    @model_validator(mode="after")
    def _one_source(self) -> "BatchColumn":
        if (self.field is None) == (self.constant is None):
            raise broken("field 与 constant 必须且只能写一个", "write exactly one of field and constant")
        return self


class SummaryColumn(Part):
    """A cell of the line with count and total that some banks want before the payments."""

    title: Line
    field: SummaryField | None = None
    constant: str | None = None

    @model_validator(mode="after")
    def _one_source(self) -> "SummaryColumn":
        if (self.field is None) == (self.constant is None):
            raise broken("field 与 constant 必须且只能写一个", "write exactly one of field and constant")
        return self


class BatchSchedule(Part):
    """When what waits is put into batches by itself: days of the week (1 is Monday) and time in Shanghai.

    Such a batch still needs two people: one who checks it, another who releases it.
    """

    weekdays: Annotated[tuple[Annotated[int, Field(ge=1, le=7)], ...], Field(min_length=1)] = (1, 2, 3, 4, 5)
    at: Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]


class BatchLayout(Part):
    """The batch file that goes to the bank."""

    format: Literal["csv", "xlsx"]
    encoding: Encoding = "utf-8-sig"
    delimiter: Delimiter = ","
    header: bool = True
    summary: tuple[SummaryColumn, ...] = ()
    purpose: Line = Field(description="Text on the receiver's statement.")
    max_rows: Annotated[int, Field(ge=1, le=100_000)] = 2000
    columns: Annotated[tuple[BatchColumn, ...], Field(min_length=3)]
    schedule: BatchSchedule | None = None

    @model_validator(mode="after")
    def _payable(self) -> "BatchLayout":
        fields = [column.field for column in self.columns if column.field]
        missing = sorted({"payout_number", "account_number", "account_name", "amount"} - set(fields))
        if missing:
            names = ", ".join(missing)
            raise broken(f"批次文件缺少列 {names}", f"the batch file lacks the columns {names}")
        if len(set(fields)) != len(fields):
            raise broken("批次文件有重复的列", "a field stands in two columns of the batch file")
        return self


class ResultColumn(Part):
    """A column of the result file, found by its heading."""

    title: Line
    field: ResultField


class ResultLayout(Part):
    """The bank's result file; a status that is none of those named is a fault of its line.

    `reversed`: the bank took the money back to the union's account after it had been paid (退汇).
    `pending`: the bank has no answer yet, as where no status is written: the payout stays open.
    """

    format: Literal["csv", "xlsx"]
    encoding: Encoding = "gb18030"
    delimiter: Delimiter = ","
    columns: Annotated[tuple[ResultColumn, ...], Field(min_length=3)]
    success: Annotated[tuple[Line, ...], Field(min_length=1)]
    failure: Annotated[tuple[Line, ...], Field(min_length=1)]
    reversed: tuple[Line, ...] = ()
    pending: tuple[Line, ...] = ("处理中", "待处理", "未处理", "已受理")

    @model_validator(mode="after")
    def _readable(self) -> "ResultLayout":
        missing = sorted({"payout_number", "amount", "status"} - {column.field for column in self.columns})
        if missing:
            names = ", ".join(missing)
            raise broken(f"结果文件缺少列 {names}", f"the result file lacks the columns {names}")
        statuses = [*self.success, *self.failure, *self.reversed]
        if len(set(statuses)) != len(statuses):
            raise broken(
                "success、failure 与 reversed 有相同的状态",
                "a status stands in two of success, failure and reversed",
            )
        return self


class StatementColumn(Part):
    """A column of the account statement, found by its heading."""

    title: Line
    field: StatementField


class StatementLayout(Part):
    """The bank's account statement (对账单) for the daily reconciliation.

    Money in and out stand in two columns (`income`, `expense`), or in one signed `amount`.
    """

    format: Literal["csv", "xlsx"]
    encoding: Encoding = "gb18030"
    delimiter: Delimiter = ","
    columns: Annotated[tuple[StatementColumn, ...], Field(min_length=3)]

    @model_validator(mode="after")
    def _readable(self) -> "StatementLayout":
        fields = {column.field for column in self.columns}
        missing = sorted({"booked_on", "serial"} - fields)
        if missing:
            names = ", ".join(missing)
            raise broken(f"对账单缺少列 {names}", f"the statement lacks the columns {names}")
        if ("amount" in fields) == ({"income", "expense"} <= fields):
            raise broken(
                "对账单须有 income 与 expense 两列，或只有 amount 一列",
                "a statement has income and expense, or one amount",
            )
        return self


class Bank(Part):
    """The files that go to the bank and come from it."""

    batch: BatchLayout
    result: ResultLayout
    statement: StatementLayout | None = None

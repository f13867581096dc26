"""Layout of a payout batch for the bank, and of the file it answers with (row N.05)."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from .base import Line, Part, broken

BatchField = Literal[
    "sequence", "payout_number", "account_number", "account_name", "bank_name", "amount",
    "currency", "purpose", "claim_number", "mobile", "payer_account", "paid_on",
]  # fmt: skip
ResultField = Literal[
    "sequence", "payout_number", "account_number", "account_name", "amount",
    "status", "reason", "bank_serial", "paid_on",
]  # fmt: skip
Encoding = Literal["utf-8", "utf-8-sig", "gb18030"]


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


class BatchLayout(Part):
    """The batch file that goes to the bank."""

    format: Literal["csv", "xlsx"]
    encoding: Encoding = "utf-8-sig"
    header: bool = True
    purpose: Line = Field(description="Text on the receiver's statement.")
    max_rows: Annotated[int, Field(ge=1, le=100_000)] = 2000
    columns: Annotated[tuple[BatchColumn, ...], Field(min_length=3)]

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
    """The bank's result file; a status that is neither success nor failure leaves the payout open."""

    format: Literal["csv", "xlsx"]
    encoding: Encoding = "gb18030"
    columns: Annotated[tuple[ResultColumn, ...], Field(min_length=3)]
    success: Annotated[tuple[Line, ...], Field(min_length=1)]
    failure: Annotated[tuple[Line, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _readable(self) -> "ResultLayout":
        missing = sorted({"payout_number", "amount", "status"} - {column.field for column in self.columns})
        if missing:
            names = ", ".join(missing)
            raise broken(f"结果文件缺少列 {names}", f"the result file lacks the columns {names}")
        if set(self.success) & set(self.failure):
            raise broken("success 与 failure 有相同的状态", "a status stands in success and in failure")
        return self


class Bank(Part):
    """Both files of a payout batch."""

    batch: BatchLayout
    result: ResultLayout

"""The figures of a report as sections: a title, headings and rows, the same for workbook and PDF."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.auth.scope import sees_whole_tenant
from common.contracts.pack import TenantPack
from common.sheets import Cell

from ..statistics.models import StatisticDay
from ..statistics.rules import ratio, times_of
from ..statistics.service import read_backlog, read_fund_standings
from .figures import FigureRepository
from .rules import Period

NO_UNIT = "（无单位）"


@dataclass(frozen=True)
class Section:
    """One figure: `rows` hold texts, whole numbers and yuan; `note` says what they mean."""

    title: str
    headings: tuple[str, ...]
    rows: list[list[Cell]]
    note: str = ""


@dataclass(frozen=True)
class Asked:
    """What a report is made of: the session, for whom, of which period, by which pack."""

    session: AsyncSession
    actor: Actor
    period: Period
    pack: TenantPack
    repository: FigureRepository = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "repository", FigureRepository(self.session, self.actor.tenant_id))

    def product(self, code: str) -> str:
        """Return a product's title; its code if the pack no longer has it."""
        return next((p.title.zh for p in self.pack.products if p.code == code), code)

    def kind(self, code: str) -> str:
        """Return the title of a kind of claim; its code if the pack no longer has it."""
        return next((kind.title.zh for kind in self.pack.claims if kind.code == code), code)


async def sections_of(asked: Asked, figures: tuple[str, ...]) -> list[Section]:
    """Return the sections of a report in the pack's order."""
    return [await FIGURES[figure](asked) for figure in figures]


def _percent(share: Decimal | None) -> str:
    return f"{share * 100:.2f}%" if share is not None else "—"


async def _summary(asked: Asked) -> Section:
    total = (await asked.repository.counted(asked.actor, asked.period))[0]
    claims = await asked.repository.claims(asked.actor, asked.period)
    rows: list[list[Cell]] = [
        ["互助金收入（元）", Decimal(total.contributions)],
        ["参保人次", total.enrolled],
        ["受理申请（件）", sum(row.submitted for row in claims)],
        ["审核通过（件）", sum(row.granted for row in claims)],
        ["给付人次", total.paid_claims],
        ["给付金额（元）", Decimal(total.paid)],
        ["赔付率", _percent(ratio(Decimal(total.paid), Decimal(total.contributions)))],
    ]
    return Section("概况", ("指标", "数值"), rows, "赔付率为本期给付金额除以本期互助金收入。")


async def _by_unit(asked: Asked) -> Section:
    units = await asked.repository.units()
    rows: list[list[Cell]] = []
    for row in await asked.repository.counted(asked.actor, asked.period, StatisticDay.unit_id):
        unit = units.get(row.unit_id)
        name, branch = (unit.name, branch_of(asked.pack, unit.org_path)) if unit else (NO_UNIT, "")
        rows.append(
            [name, branch, row.enrolled, Decimal(row.contributions), row.paid_claims, Decimal(row.paid)]
        )
    rows.sort(key=lambda cells: (str(cells[1]), str(cells[0])))
    return Section(
        "单位参保情况",
        ("单位", "所属机构", "参保人次", "互助金收入（元）", "给付人次", "给付金额（元）"),
        rows,
        "参保人次按保障生效日计入。",
    )


def branch_of(pack: TenantPack, org_path: str) -> str:
    """Return the name of the branch at the end of a path; empty for the union itself."""
    last = org_path.strip("/").rsplit("/", 1)[-1]
    return next((b.name.zh for b in pack.organisation.branches if b.code == last), "")


async def _contributions(asked: Asked) -> Section:
    found = await asked.repository.counted(asked.actor, asked.period, StatisticDay.product_code)
    rows: list[list[Cell]] = [
        [
            asked.product(row.product_code),
            row.enrolled,
            Decimal(row.contributions),
            Decimal(row.paid),
            _percent(ratio(Decimal(row.paid), Decimal(row.contributions))),
        ]
        for row in found
    ]
    return Section(
        "互助金收支（按项目）", ("项目", "参保人次", "互助金收入（元）", "给付金额（元）", "赔付率"), rows,
        "收入已减去应退金额。",
    )  # fmt: skip


async def _claims(asked: Asked) -> Section:
    rows: list[list[Cell]] = [
        [asked.kind(row.kind), row.submitted, row.granted, row.automatic, row.refused, Decimal(row.amount)]
        for row in await asked.repository.claims(asked.actor, asked.period)
    ]
    headings = ("申请类型", "受理", "通过", "其中自动审核", "未通过", "通过金额（元）")
    return Section("理赔情况（按类型）", headings, rows)


async def _times(asked: Asked) -> Section:
    times = times_of(await asked.repository.days_to_payment(asked.actor, asked.period))
    rows: list[list[Cell]] = [
        ["到账笔数", times.payouts],
        ["平均（天）", str(times.average) if times.average is not None else "—"],
        ["中位数（天）", times.median if times.median is not None else "—"],
        ["九成到账不超过（天）", times.p90 if times.p90 is not None else "—"],
    ]
    rows += [[f"{name} 天", number] for name, number in times.buckets]
    return Section("给付时效", ("指标", "数值"), rows, "从提交申请到银行记账的天数，按到账日计入本期。")


async def _backlog(asked: Asked) -> Section:
    rows: list[list[Cell]] = [
        [row.kind_title, row.node_title, row.claims, row.amount, row.oldest_days]
        for row in await read_backlog(asked.session, actor=asked.actor)
    ]
    headings = ("申请类型", "节点", "待办", "金额（元）", "最长等待（天）")
    return Section("各节点待办", headings, rows, "截至报表生成时。")


async def _funds(asked: Asked) -> Section:
    headings = ("基金", "银行存款（元）", "应付给付（元）", "应退（元）", "在途（元）", "可用（元）")
    if not sees_whole_tenant(asked.actor):
        return Section("基金余额", headings, [], "基金余额仅供全会工作人员查看。")
    rows: list[list[Cell]] = [
        [fund.title, fund.bank, fund.owed, fund.refunds_owed, fund.in_transit, fund.available]
        for fund in await read_fund_standings(asked.session, actor=asked.actor)
    ]
    return Section("基金余额", headings, rows, "截至报表生成时。")


FIGURES: dict[str, Callable[[Asked], Awaitable[Section]]] = {
    "summary": _summary,
    "enrolment_by_unit": _by_unit,
    "contributions": _contributions,
    "claims": _claims,
    "time_to_payout": _times,
    "backlog": _backlog,
    "funds": _funds,
}

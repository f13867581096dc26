"""Permissions of the claims service, and the dependencies that admit one of several of them."""

from typing import Annotated, Any

from fastapi import Depends

from common.auth import REPLAY_EVENTS, Actor, Permission, meaning_of, permission
from common.auth.scope import sees_whole_tenant
from common.errors import NotPermitted
from common.http import authenticate, requires_any
from common.http.deps import Requires

SUBMIT = permission("claims.claim.submit", "提交理赔申请")
READ_OWN = permission("claims.claim.read_own", "查看本人的理赔")
READ = permission("claims.claim.read", "查看理赔案件")
CHECK = permission("claims.claim.check", "经办初审")
REVIEW = permission("claims.claim.review", "业务复核")
REPORT_REVIEW = permission("claims.claim.report_review", "报告复核")
APPROVE = permission("claims.claim.approve", "审批理赔")
COUNTER = permission("claims.claim.counter", "柜面受理、通知会员申请")
ASSIGN = permission("claims.claim.assign", "改派待办")
SAMPLE = permission("claims.claim.sample", "抽检自动审核的案件")
IMPORT_FEED = permission("claims.feed.import", "导入医保结算数据")
PREPARE_PAYOUT = permission("claims.payout.prepare", "给付制单")
RELEASE_PAYOUT = permission("claims.payout.release", "给付复核放行")
IMPORT_RESULT = permission("claims.payout.import_result", "导入银行回盘")
READ_LEDGER = permission("claims.ledger.read", "查看基金账")
RECONCILE = permission("claims.ledger.reconcile", "银行对账")
POST_LEDGER = permission("claims.ledger.post", "提出手工凭证和基金账户变更")
APPROVE_LEDGER = permission("claims.ledger.approve", "复核手工凭证和基金账户变更")
READ_STATISTICS = permission("claims.statistics.read", "查看理赔统计")
EXPORT_STATISTICS = permission("claims.statistics.export", "导出理赔记录")
MANAGE_REPORTING = permission("claims.reporting.manage", "管理数据接口密钥")
REPLAY = REPLAY_EVENTS

PUBLIC_ROUTES: frozenset[tuple[str, str]] = frozenset({("POST", "/sandbox/bank-results")})
"""Open to anonymous callers: the bank of local runs, which answers a file with a file and keeps nothing."""


ReaderDep = Annotated[Actor, requires_any(READ_OWN, READ)]
"""A member who reads what is their own, or staff who read what their scope reaches."""
DeciderDep = Annotated[Actor, requires_any(CHECK, REVIEW, REPORT_REVIEW, APPROVE)]
"""Staff who decide at some node of a chain; which node is the pack's business."""


def must_be_of_whole_union(actor: Actor, needed: Permission) -> Actor:
    """Return the caller, or raise NotPermitted: batches and books are the whole union's, no branch's."""
    if not sees_whole_tenant(actor):
        raise NotPermitted(permission=needed, action=f"{meaning_of(needed)}（全会）")
    return actor


class RequiresWholeUnion(Requires):
    """Dependency that admits callers with one of its permissions whose scope is the whole union."""

    async def __call__(self, actor: Annotated[Actor, Depends(authenticate)]) -> Actor:
        """Return the actor or raise NotPermitted."""
        return must_be_of_whole_union(await super().__call__(actor), self.permission)


def of_whole_union(first: Permission, *others: Permission) -> Any:
    """Annotate an endpoint's actor with permissions of which one admits those who work for the whole union."""
    return Depends(RequiresWholeUnion(first, *others))


PayoutReaderDep = Annotated[Actor, requires_any(PREPARE_PAYOUT, RELEASE_PAYOUT, IMPORT_RESULT)]
BatchReaderDep = Annotated[Actor, of_whole_union(PREPARE_PAYOUT, RELEASE_PAYOUT, IMPORT_RESULT)]
"""A batch holds payouts of every branch: for staff of the whole union."""
ApplicantDep = Annotated[Actor, requires_any(SUBMIT, COUNTER)]
"""A member with their own application, or staff with one that was taken at the counter."""

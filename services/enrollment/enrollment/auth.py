"""Named permissions of enrollment and the routes that need none."""

from common.auth import REPLAY_EVENTS, permission

ORDER_WRITE = permission("enrollment.order.write", "新建和修改参保申请")
ORDER_READ = permission("enrollment.order.read", "查看参保申请")
ORDER_REVIEW = permission("enrollment.order.review", "审核参保申请")
COVER_CARRY = permission("enrollment.cover.carry", "转入原系统的在保人员")
ROSTER_ACCEPT = permission("enrollment.roster.accept", "接收他人上传的花名册")
PAYMENT_REPORT = permission("enrollment.payment.report", "提交付款信息")
PAYMENT_CONFIRM = permission("enrollment.payment.confirm", "复核付款")
APPLICATION_WRITE = permission("enrollment.application.write", "办理个人参保申请")
APPLICATION_READ = permission("enrollment.application.read", "查看个人参保申请")
DUES_PAY = permission("enrollment.dues.pay", "缴纳会费")
RECEIPT_ISSUE = permission("enrollment.receipt.issue", "开具收据")
STATISTICS_READ = permission("enrollment.statistics.read", "查看参保统计")
POLICY_READ = permission("enrollment.policy.read", "查看参保记录")
EXPORT = permission("enrollment.export", "导出参保数据")
REPLAY = REPLAY_EVENTS

PUBLIC_ROUTES: frozenset[tuple[str, str]] = frozenset(
    {
        ("GET", "/products"),
        ("POST", "/payments/notices/{channel}/{tenant_id}"),
        ("GET", "/sandbox/payments/{tenant_id}/{number}"),
        ("POST", "/sandbox/payments/{tenant_id}/{number}/{decision}"),
    }
)

"""Named permissions of enrollment and the routes that need none."""

from common.auth import REPLAY_EVENTS, permission

ORDER_WRITE = permission("enrollment.order.write", "新建和修改参保申请")
ORDER_READ = permission("enrollment.order.read", "查看参保申请")
ORDER_REVIEW = permission("enrollment.order.review", "审核参保申请")
PAYMENT_REPORT = permission("enrollment.payment.report", "提交付款信息")
PAYMENT_CONFIRM = permission("enrollment.payment.confirm", "复核付款")
POLICY_READ = permission("enrollment.policy.read", "查看参保记录")
EXPORT = permission("enrollment.export", "导出参保数据")
REPLAY = REPLAY_EVENTS

PUBLIC_ROUTES: frozenset[tuple[str, str]] = frozenset({("GET", "/products")})

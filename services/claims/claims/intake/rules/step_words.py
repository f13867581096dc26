"""What the steps of a timeline are called, and what came of each, in words. Pure."""

from common.text import Text

STEPS = {
    "open": Text("通知申请", "Invitation"),
    "submit": Text("提交申请", "Handed in"),
    "automatic": Text("自动审核", "Decided by rule"),
    "payment": Text("给付", "Payment"),
    "appeal": Text("申诉成立，重新审核", "Appeal granted, looked at again"),
    "sample": Text("抽检有误，重新审核", "Found wrong by a sample, looked at again"),
    "withdraw": Text("撤回", "Withdrawn"),
}
ASSIGNED = "assigned"
"""The action of a step that gave the task to a colleague: it decides nothing, and staff alone read of it."""
FROM_FEED = Text("医保结算数据导入", "From the settlement feed")
"""The first step of a claim that a settlement made: nobody handed it in."""
OUTCOMES = {
    "opened": Text("已通知", "told"),
    "submitted": Text("已提交", "handed in"),
    "agreed": Text("同意", "agreed"),
    "returned": Text("退回补正", "returned for correction"),
    "rejected": Text("不予通过", "refused"),
    "decided": Text("通过", "approved"),
    "withdrawn": Text("已撤回", "withdrawn"),
    ASSIGNED: Text("改派", "assigned to a colleague"),
    "reopened": Text("重新审核", "looked at again"),
    "paid": Text("已打款", "paid"),
    "failed": Text("转账失败", "the transfer failed"),
    "card_changed": Text("柜面更换收款卡", "another card, named at the counter"),
    "reversed": Text("银行退汇", "given back by the bank"),
}
"""What came of a step of the timeline, by its action."""

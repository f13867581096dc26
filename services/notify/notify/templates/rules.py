"""Pure rules of templates: sample values, and what is wrong with a text."""

from collections.abc import Mapping

from common.contracts.pack import MESSAGE_EVENTS
from common.contracts.pack.messages import variables_of

SAMPLES: Mapping[str, str] = {
    "name": "欧阳晓明",
    "unit_name": "示范精密机械有限公司工会委员会",
    "from_unit": "示范电子有限公司工会委员会",
    "member_number": "32000000123",
    "order_number": "20261128093911177",
    "application_number": "GR20261128001",
    "policy_number": "SH2026000123",
    "claim_number": "LP2026000456",
    "receipt_number": "202600000789",
    "product": "住院医疗互助",
    "claim_kind": "住院",
    "people": "120",
    "amount": "461.00",
    "paid": "460.00",
    "difference": "1.00",
    "refund": "60.00",
    "starts_on": "2026-12-01",
    "ends_on": "2027-11-30",
    "first_ends_on": "2026-11-05",
    "last_ends_on": "2026-12-08",
    "paid_on": "2026-11-28",
    "valid_until": "2026-12-31",
    "period": "2026-11",
    "code": "482913",
    "minutes": "5",
    "days": "30",
    "appeal_days": "60",
    "purpose": "登录",
    "app": "会员服务平台",
    "reason": "出院记录不清晰，请重新拍摄",
    "decision": "维持原决定",
    "documents": "病理报告、出院记录",
    "node": "业务复核",
    "bank_name": "江苏银行",
    "card_tail": "4171",
    "account_holder": "市职工互助互济会",
    "account_bank": "江苏银行太湖新城支行",
    "account_number": "839010188900024409",
    "campaign": "互助保障知识竞答",
    "place": "市总工会一楼服务大厅",
    "endpoint": "人事系统",
    "status": "待付款",
    "due_on": "2026-12-05",
    "report": "理赔月报",
    "link": "https://example.org/console/",
    "text": "新年度续保已经开始，请于月底前办理。",
}
"""A value for each variable; one without is shown in brackets by its name."""


def sample_of(name: str) -> str:
    """Return a sample value."""
    return SAMPLES.get(name, f"［{name}］")


def unknown_in(event: str, text: str) -> list[str]:
    """Return the variables that an event does not offer; ValueError where a brace stands alone."""
    return sorted(variables_of(text) - MESSAGE_EVENTS[event])

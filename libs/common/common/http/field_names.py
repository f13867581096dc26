"""What the fields of requests are called, and what their choices say: for sentences that people read at a form.

A form of a union's pack has titles of its own; these are the fields that every union has.
"""

from ..text import Text


def _table(lines: str) -> dict[str, Text]:
    """Read entries of the form `code 中文|English`, separated by semicolons or lines; none may stand twice."""
    entries = [entry.strip().split(" ", 1) for entry in lines.replace("\n", ";").split(";") if entry.strip()]
    table = {code: Text(*words.split("|")) for code, words in entries}
    if len(table) < len(entries):
        raise ValueError("a code stands twice")
    return table


_ZH_EN = """
name 姓名|name; name_zh 中文名称|Chinese name; name_en 英文名称|English name; number 编号|number
document_number 证件号码|ID number; document_numbers 证件号码|ID numbers
document_kind 证件类型|type of document; id_number 身份证号|ID number; mobile 手机号|mobile
relation 关系|relation; applicant_relation 递交人与本人的关系|relation; sex 性别|sex
born_on 出生日期|date of birth; social_security_number 社保卡号|social-security number; bank_name 开户银行|bank
card_number 银行卡号|card number; bank_card 银行卡号|card number; holder 户名|account holder
recipient 收件人|recipient; region 所在地区|region; detail 详细地址|address; postcode 邮政编码|postcode
is_default 设为默认|default; code 代码或验证码|code; old_code 原手机验证码|code of the old mobile
captcha 图形验证码|picture code; password 密码|password; current 当前密码|current password
new 新密码|new password; username 用户名|user name; user_name 用户名|user name
second_factor 第二步验证|second factor; consent 同意声明|consent; consents 同意意见|consents; kind 类型|kind
reason 原因|reason; words 文字说明|words; note 说明|note; answer 答复|answer; decision 处理意见|decision
opinion 意见|opinion; action 操作|action; outcome 结果|outcome; verdict 抽检结论|verdict; score 评分|score
amount 金额|amount; fund 基金|fund; purpose 用途|purpose; payee 收款人|payee; insured 被保障人|insured person
on_behalf 代人申请|applying for another; taken_at 受理时间|time taken in; fields 填写内容|fields
value 内容|value; documents 材料|documents; papers 材料|papers; receipt 材料回执|receipt of a document
rule 材料类别|kind of paper; stay 第几次住院|stay; missing 需补正的材料|what is missing; node 环节|node
product 保障产品|product; product_code 保障产品|product; policy_id 保单|policy; policy_ids 保单|policies
policies 保单|policies; policy_number 保单号|policy number; order_number 参保申请号|order number
member_number 会员号|member number; staff_number 工号|staff number; work_number 工号|work number
department 部门|department; shares 份数|shares; employees 职工人数|number of employees
requested_start 起保日期|first day of cover; starts_on 生效日期|first day; last_day 最后一天|last day
effective_on 生效日期|effective day; periods 缴费期数|periods; wage 月工资|monthly wage
answers 填写内容|answers; health_declaration 健康告知|health declaration; voucher 付款凭证|proof of payment
mode 支付方式|way of payment; unit_id 单位|unit; to_unit_id 转入单位|new unit; units 单位|units
credit_code 统一社会信用代码|credit code; medical_code 医保单位编号|medical-insurance number
org_node 所属工会|branch; branch 所属工会|branch; branches 所属工会|branches; parent 上级|parent
level 层级|level; org_path 所属范围|branch; handler 经办人|handler; handler_id 经办人|handler
handler_name 经办人姓名|handler's name; handler_mobile 经办人手机号|handler's mobile
handler_id_number 经办人身份证号|handler's ID number; handler_username 经办人用户名|handler's user name
roles 角色|roles; people 人员|people; person_id 人员|person; person_ids 人员|people
ids 所选的记录|chosen rows; all 全部|all; items 明细|items; state 状态|state; status 状态|state
states 状态|states; year 年份|year; day 日期|day; days 天数|days; first 开始日期|first day
last 结束日期|last day; since 开始时间|from; until 结束时间|until; starts_from 生效日期起|begins from
starts_until 生效日期止|begins until; ends_from 到期日期起|ends from; ends_until 到期日期止|ends until
created_from 申请日期起|made from; created_until 申请日期止|made until; title 标题|title
title_zh 中文标题|Chinese title; title_en 英文标题|English title; body 正文|body; body_zh 中文正文|Chinese text
body_en 英文正文|English text; text 内容|text; text_en 英文内容|English text; format 格式|format
category 栏目|category; audience 发送对象|audience; channels 发送方式|channels; channel 发送方式|channel
event 事件|event; pinned 置顶|pinned; language 语言|language; enrolment_sms 参保短信|SMS about enrolment
service_notices 服务通知|service notices; opens_on 开始日期|first day; opens_time 开始时刻|opening hour
closes_on 结束日期|last day; closes_time 结束时刻|closing hour; valid_until 有效期至|valid until
gives 奖励方式|what is given; place 地点|place; per_person 每人份数|per person; low_stock 库存提醒数|low stock
code_format 券码格式|form of codes; members_only 仅限会员|members only; covered_by 参加的保障|covered by
age_from 最小年龄|youngest; age_to 最大年龄|oldest; count 数量|count; capacity 名额|places
starts_at 开始时间|begins; ends_at 结束时间|ends; slots 场次|slots; slot_id 场次|slot; questions 题目|questions
options 选项|options; right_options 正确选项|right answers; explanation 解析|explanation
attempts 可答次数|attempts; pass_mark 及格分|pass mark; seconds 限时（秒）|seconds; asked 出题数|questions asked
shuffled 打乱顺序|shuffled; chosen 所选答案|answer; token 链接|link; file 文件|file; url 接收地址|address
description 说明|description; event_types 事件类型|kinds of events; types 事件类型|kinds of events
yaml 配置内容|pack; at 时间|time; to 接收人|recipient; scope 范围|scope; command 事项|command
parameters 内容|parameters; source 来源|source; search 查询条件|search; expected 核对人数|expected count
orders 参保申请|orders; insurable 可参保|may be covered; uncovered_only 仅未参保|uncovered only
over_age 超龄参保|over age; face 人脸核验|face check; card 银行卡核验|card check; entry_ids 账目|entries
order 排序|order; taken 领取情况|taken; unit 单位名称|unit's name; document 材料|document
covered_only 仅余额足够的|only what the money covers; payout_id 给付|payout; payout_ids 给付|payouts
payouts 笔数|number of payouts; total 合计|total; shown 页面上的合计|sum that was shown; mended 已改正的|who was mended
leave_out_not_insurable 不含不可参保人员|leave out who cannot be covered
"""
TITLES = _table(_ZH_EN)

CHOSEN = frozenset(
    {
        "relation",
        "applicant_relation",
        "document_kind",
        "kind",
        "product",
        "product_code",
        "sex",
        "fund",
        "unit_id",
    }
)
"""What is chosen from a list, not typed."""

UNDER: dict[tuple[str, str], Text] = {
    ("units", "name"): Text("单位名称", "name of the unit"),
    ("reporting", "name"): Text("密钥名称", "name of the key"),
    ("units", "code"): Text("验证码", "code"),
    ("members", "code"): Text("验证码", "code"),
    ("sessions", "code"): Text("验证码", "code"),
    ("branches", "code"): Text("代码", "code"),
}
"""What a field is called under the first part of a path, where that differs."""

_CHOICES = """
female 女|female; male 男|male; self 本人|oneself; spouse 配偶|spouse; child 子女|child; parent 父母|parent
grandchild 孙子女、外孙子女|grandchild; grandparent 祖父母、外祖父母|grandparent
sibling 兄弟姐妹|sibling; colleague 同事|colleague
other 其他|other; insured 被保障人本人|the insured person; legal_heir 法定继承人|legal heir
resident_id 居民身份证|resident ID card; passport 护照|passport
hmt_residence_permit 港澳台居民居住证|residence permit
hk_macau_permit 港澳居民来往内地通行证|Hong Kong and Macau permit
taiwan_permit 台湾居民来往大陆通行证|Taiwan permit
foreign_permanent_resident 外国人永久居留证|permanent residence; id_card 身份证|ID card
bank_card 银行卡|bank card; social_security_card 社保卡|social-security card; appeal 申诉|appeal
complaint 投诉|complaint; agree 同意|agree; return 退回|return; reject 不同意|reject; granted 支持|granted
dismissed 不支持|dismissed; answered 答复|answered; confirmed 无误|confirmed; wrong 有误|wrong
to_review 待我审核|for me to review
claim 理赔给付|claims; refund 退费|refunds; qr 扫码支付|QR code; web 网页支付|web; wechat 微信|WeChat
sms 短信|SMS; inapp 站内消息|in the app; approved 通过|approved; rejected 不通过|rejected
returned 退回|returned; export 导出本人数据|export; erasure 删除本人数据|erasure; zh 中文|Chinese
en 英文|English; image 图片|picture; audio 语音|sound; code 券码|code; goods 实物|goods; nothing 无奖励|nothing
single 单选|single; multiple 多选|multiple; true_false 判断|true or false; member 会员|members
staff 工作人员|staff; handler 经办人|handlers; public 所有人|everybody; applicant 申请人|applicant
pass 通过|pass; fail 不通过|fail; draft 暂存|draft; submitted 待审核|submitted; to_pay 待付款|to pay
payment_review 付款复核中|payment checked; payment_held 金额不符|on hold; paid 已付款|paid; done 已完成|done
not_started 未生效|not begun; in_force 保障中|in force; expired 已到期|expired; terminated 已终止|ended
new 新登记|new; reported 已上报|reported; left 已离会|left; queued 待发送|queued; delivered 已送达|delivered
failed 失败|failed; held 暂停|held; introduction 介绍|introduction; faq 常见问题|FAQ; help 帮助|help
announcement 公告|announcement; sample 样例|sample; health 健康|health; news 新闻|news; register 注册|register
sign_in 登录|sign in; bind 绑定|bind; recover 找回|recover; confirm 本人确认|confirm; requested 已申请|requested
consented 已同意|consented; refused 已拒绝|refused; month 月|month; year 年|year; unit 单位|unit
urgent 期限近的在前|due first; oldest 到达早的在前|longest waiting first; newest 新到的在前|newest first
mine 我领取的|taken by me; free 未领取|taken by nobody
"""
CHOICES = _table(_CHOICES)


def title_of(place: list[str], *, path: str = "") -> Text | None:
    """Return what the field at a place of a request is called; None for what no form shows."""
    code = next((part for part in reversed(place) if not part.isdigit()), "")
    first = path.strip("/").split("/", 1)[0]
    return UNDER.get((first, code)) or TITLES.get(code)


def choice(code: str) -> Text:
    """Return a choice in words; what has none is called by its code."""
    return CHOICES.get(code) or Text(code, code)

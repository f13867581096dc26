"""A place of a pack in the words of whoever has to agree to its change. Pure."""

import re
from collections.abc import Mapping
from typing import Any

from common.text import Text

_PART = re.compile(r"([^.\[\]]+)|\[([^\]]*)\]")
_WORDS = """
account 收款账户|account; activities 活动|activities; address 地址|address; admission 入会|admission
after_days 多少天后|after days; age_from 起始年龄|age from; age_to 截止年龄|age to; ages 年龄|ages
amendment 增减员|amendment; amount 金额|amount; amounts 金额|amounts
appeal_days 申诉期限（天）|days to appeal; appeals 申诉|appeals; at_least 至少|at least
at_most 至多|at most; attempts 次数|attempts; audience 对象|audience; bands 分档|bands; bank 银行|bank
base 基数|base; below 低于|below; benefits 待遇|benefits; body 正文|body; branches 机构|branches
branding 外观|branding; cap 上限|cap; caps 上限|caps; catalogue 目录|catalogue; category 类别|category
chain 办理流程|chain; chains 办理流程|chains; changes 变更|changes; channel 渠道|channel
charge 收费方式|charge; claims 理赔|claims; closes_on 结束日|closes on; code 代码|code; colour 颜色|colour
commitment 承诺书|commitment; confirmation 确认|confirmation; consent 同意|consent; consents 同意|consents
contact 联系方式|contact; content 内容|content; contribution 互助金|contribution; count 数量|count
cover 保障|cover; day 日|day; days 天数|days; deadline_days 办理期限（天）|days to decide
decide_within_days 审核期限（天）|days to decide; deductible 起付线|deductible; demo 演示数据|demonstration
document_number 证件号码|ID number; documents 材料|documents; dues 会费|dues; effective 生效|effect
effective_from 生效日|in force from; eligibility 参保条件|eligibility; employees 职工人数|employees
en 英文|English; enabled 启用|enabled; everyone_below 少于多少人须全员参加|everybody below
explanation 说明|explanation; fee 费用|fee; fields 填写项|fields; finance 财务|finance; floor 下限|floor
form 表单|form; format 格式|format; formula 计算|formula; four_eyes_with 不得同为一人|four eyes with
from_day 自第几天|from day; fund 基金|fund; funds 基金|funds; group 团体|group; handler 经办人|handler
header 表头|header; health_declaration 健康告知|health declaration; help 填写说明|help; hint 提示|hint
holder 户名|holder; hours 时间|hours; illnesses 病种|illnesses; introduction 介绍|introduction
keep_days 保存天数|days kept; label 名称|label; level 层级|level; levels 层级|levels
logo_text 标识文字|logo; max 上限|most; max_amount 最高金额|highest amount
max_bytes 最大字节数|largest bytes; max_days 最多天数|most days; max_files 最多文件数|most files
max_length 最多字数|longest; maximum 上限|most; may_reject 可以驳回|may reject
may_return 可以退回|may return; member 会员|member; members_only 仅限会员|members only
messages 消息|messages; minimum 下限|least; mobile 手机号码|mobile; mode 方式|mode; name 名称|name
nodes 环节|nodes; not_after_claim 理赔后不可|not after a claim; notices 通知|notices; number 编号|number
offered_from 开始办理|offered from; offered_until 停止办理|offered until; on_behalf 代办|on behalf
opens_on 开始日|opens on; options 选项|options; ordered_by 由谁参保|ordered by; orders 参保申请|orders
organisation 机构|organisation; over_age 超龄|over age; papers 材料|papers; parent 上级|parent
participation 参保率要求|participation; payee 收款人|payee; payer 缴费方|payer; people 人员|people
per_day 每天|a day; per_share 每份|a share; period 期间|period; permissions 权限|permissions
person 个人|person; phone 电话|phone; portals 统一身份认证|portals; privacy 个人信息保护|privacy
products 参保项目|products; profile_documents 单位证明材料|papers of a unit
quiet_hours 免打扰时间|quiet hours; rate 比例|rate; read_seconds 须阅读的秒数|seconds to read
refund 退费|refund; region 地区|region; registration 注册|registration; renewal 续保|renewal
reports 统计报表|reports; required 必填|required; retention 保存期限|retention; review 审核|review
role 角色|role; roles 角色|roles; roster 花名册|roster; rounding 取整|rounding; rule 规则|rule
rules 规则|rules; sample_share 抽检比例|share looked at; schedule 时间安排|schedule; scope 范围|scope
server 服务地址|server; sex 性别|sex; share 比例|share; share_limit 每人份数上限|most shares
short_name 简称|short name; sign_in 登录方式|ways to sign in; slogan 标语|slogan
sms_signature 短信签名|SMS signature; staff 工作人员|staff; start 开始|start; statement 说明|statement
stay 住院|stay; straight_through 自动审核|straight through
submit_within_days 提交期限（天）|days to hand in; sum_insured 保额|sum insured; summary 摘要|summary
target 目标|target; tenant 工会|union; term_months 保障期（月）|months of cover
terminations 提前终止|terminations; terms 条款|terms; text 文字|text; tiers 分档|tiers; title 名称|title
transfers 调动|transfers; types 类型|types; unit 单位|unit; units 单位|units; until 截至|until
up_to 不超过|up to; uploads 上传|uploads; valid_until 有效期至|valid until
waiting_days 等待期（天）|waiting days; within_days 期限（天）|within days; work_number 工号|work number
zh 中文|Chinese
"""
WORDS = {
    code: Text(*titles.split("|"))
    for code, _, titles in (
        entry.strip().partition(" ") for entry in re.split(r"[;\n]", _WORDS) if entry.strip()
    )
}
ORDER = Text("（增减或顺序）", "(what there is, or its order)")


def place_words(path: str, *packs: Mapping[str, Any]) -> str:
    """Return "参保项目“三合一” › 互助金 › 每人份数上限" for "products[three-in-one].contribution.share_limit".

    Items of a list are called as the first of `packs` that holds them calls them. What has no words is left as it is
    written: a place is never left out.
    """
    said: list[str] = []
    held: list[Any] = list(packs)
    for member, item in _PART.findall(path):
        if member:
            held = [one.get(member) if isinstance(one, Mapping) else None for one in held]
            said.append(WORDS[member].in_language() if member in WORDS else member)
        elif not path.endswith("[]") or item:
            held = [_item(one, item) for one in held]
            said[-1:] = [f"{said[-1] if said else ''}“{_called(held, item)}”"]
        else:
            said.append(ORDER.in_language())
    return " › ".join(said)


def _item(items: Any, name: str) -> Any:
    """An item of a list by what tells it apart, or by its place."""
    if not isinstance(items, list | tuple):
        return None
    for key in ("code", "name", "key"):
        for one in items:
            if isinstance(one, Mapping) and str(one.get(key)) == name:
                return one
    return items[int(name)] if name.isdigit() and int(name) < len(items) else None


def _called(held: list[Any], name: str) -> str:
    for one in held:
        for key in ("title", "label", "name"):
            said = one.get(key) if isinstance(one, Mapping) else None
            if isinstance(said, Mapping) and said.get("zh"):
                return Text(str(said["zh"]), str(said.get("en") or said["zh"])).in_language()
            if isinstance(said, str) and said:
                return said
    return str(int(name) + 1) if name.isdigit() else name

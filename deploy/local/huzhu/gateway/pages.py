"""The first page: where everything is, and who can sign in for a trial."""

import html
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from huzhu.accounts import HANDLER_BY, MEMBER_BY, handler_name, handler_way, member_way
from huzhu.home import SERVICES

PAGES = Path(__file__).resolve().parents[1] / "pages"
TENANTS = Path(__file__).resolve().parents[4] / "tenants"

WORDS = {
    "zh": {
        "lead": "职工互助保障平台：参保、理赔、给付、通知，一个系统服务多家工会。",
        "try": "试用账号",
        "count": "{count} 个账号",
        "user": "用户名",
        "roles": "角色",
        "password": "初始密码写在启动命令的输出里；短信验证码在沙箱页查看。",
        "unit": "单位与经办人",
        "people": "会员",
        "number": "身份证号",
        "mobile": "手机号",
        "places": "入口",
        "member": "会员端（手机）",
        "console": "管理端（电脑）",
        "sandbox": "沙箱：查看发出的短信",
        "api": "接口文档",
        "events": "事件文档（AsyncAPI）",
        "health": "运行状态",
    },
    "en": {
        "lead": "Mutual-aid cover for trade unions: enrolment, claims, payouts and messages in one system.",
        "try": "Demo accounts",
        "count": "{count} accounts",
        "user": "User name",
        "roles": "Roles",
        "password": "The start command printed the initial password; SMS codes appear on the sandbox page.",
        "unit": "Units and handlers",
        "people": "Members",
        "number": "ID number",
        "mobile": "Mobile",
        "places": "Places",
        "member": "Member app (phone)",
        "console": "Console (desk)",
        "sandbox": "Sandbox: messages sent",
        "api": "API reference",
        "events": "Event catalogue (AsyncAPI)",
        "health": "State",
    },
}


def first_page(language: str) -> str:
    """Return the page at /, in Chinese or English."""
    words = WORDS[language]
    template = (PAGES / "index.html").read_text(encoding="utf-8")
    apis = "".join(f'<li><a href="/api/{name}/docs">{words["api"]}: {name}</a></li>' for name in SERVICES)
    return template.format(
        lang="zh-CN" if language == "zh" else "en", apis=apis, accounts=_accounts(language), **words
    )


def _accounts(language: str) -> str:
    load_pack = import_module("common.contracts.pack").load_pack
    return "".join(_union(load_pack(path), language) for path in sorted(TENANTS.glob("*.yaml")))


def _union(pack: Any, language: str) -> str:
    """Return one union's accounts and how each kind of people comes in, folded under its name."""
    words = WORDS[language]
    titles = {role.code: getattr(role.title, language) for role in pack.roles}
    staff = [(one.username, "、".join(titles[role] for role in one.roles)) for one in pack.demo.staff]
    units = [(one.name, f"{one.handler_name} {handler_name(one)}") for one in pack.demo.units]
    people = [(one.name, one.id_number, one.mobile) for unit in pack.demo.units for one in unit.people]
    parts = [
        _table("staff", [words["user"], words["roles"]], staff),
        f"<p>{html.escape(HANDLER_BY[language][handler_way(pack)])}</p>",
        _table("units", [words["unit"], words["user"]], units),
        f"<p>{html.escape(MEMBER_BY[language][member_way(pack)])}</p>",
        _table("people", [words["people"], words["number"], words["mobile"]], people),
    ]
    name = html.escape(f"{getattr(pack.tenant.name, language)} ({pack.code})")
    count = words["count"].format(count=len(staff) + len(units) + len(people))
    return f"<details><summary>{name} · {count}</summary>{''.join(parts)}</details>"


def _table(kind: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f'<th scope="col">{html.escape(title)}</th>' for title in heads)
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    return f'<table class="{kind}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'

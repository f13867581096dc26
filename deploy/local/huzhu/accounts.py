"""How each kind of people comes in on a local run, in words: the first page and the start command say it."""

from typing import Any

PORTALS = {"oidc", "cas"}
HANDLER_BY = {
    "zh": {
        "sms": "经办人登录：管理端，手机号 + 短信验证码（沙箱页可查）",
        "password": "经办人登录：管理端，用户名 + 初始密码 + 短信验证码（沙箱页可查）",
        "portal": "经办人登录：管理端，选统一门户，在沙箱门户中选人",
    },
    "en": {
        "sms": "Handlers: console, mobile and SMS code (sandbox page)",
        "password": "Handlers: console, user name, initial password and SMS code (sandbox page)",
        "portal": "Handlers: console, the portal; choose somebody in the sandbox's portal",
    },
}
MEMBER_BY = {
    "zh": {
        "register": "会员登录：会员端，先注册（姓名、有效身份证号、手机号、短信验证码）；申请给付前先由经办人参保",
        "bind": "会员登录：会员端，绑定会员（姓名、证件、图形验证码、短信验证码、人脸识别；沙箱里人脸识别总是通过）",
        "portal": "会员登录：会员端，选统一门户，在沙箱门户中选人",
    },
    "en": {
        "register": "Members: member app, register (name, valid ID number, mobile, SMS code); a claim needs cover",
        "bind": "Members: member app, bind (name, document, picture, SMS code, face; the sandbox passes every face)",
        "portal": "Members: member app, the portal; choose somebody in the sandbox's portal",
    },
}  # fmt: skip


def handler_way(pack: Any) -> str:
    """Return how a unit's handler signs in: portal, sms or password."""
    ways = set(pack.registration.sign_in.handler)
    return "portal" if ways & PORTALS else "sms" if "sms" in ways else "password"


def member_way(pack: Any) -> str:
    """Return how a member comes in: portal, bind or register."""
    if PORTALS & set(pack.registration.sign_in.member):
        return "portal"
    return "bind" if pack.registration.binding.face_verification else "register"


def handler_name(unit: Any) -> str:
    """Return with what a demo unit's handler signs in."""
    return str(unit.handler_username or unit.handler_mobile)


def accounts_in_short(pack: Any) -> list[str]:
    """Return the lines that the start command prints about a union: somebody of each kind, and how members come in."""
    lines = [f"{pack.code:<10}工作人员 staff {pack.demo.staff[0].username}"] if pack.demo.staff else []
    for unit in pack.demo.units[:1]:
        lines.append(f"{'':<10}经办人 handler {unit.handler_name} {handler_name(unit)}（{unit.name}）")
        lines += [f"{'':<10}会员 member {one.name} {one.id_number} {one.mobile}" for one in unit.people[:1]]
        lines.append(f"{'':<10}{HANDLER_BY['zh'][handler_way(pack)]}")
        lines.append(f"{'':<10}{MEMBER_BY['zh'][member_way(pack)]}")
    return lines

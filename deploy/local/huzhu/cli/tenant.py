"""`huzhu tenant check`: says what is wrong with a tenant pack, before it is applied."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from common.contracts.pack import PackInvalid, load_pack, read_text

if TYPE_CHECKING:
    from huzhu.operator import Operator

Result = TypeVar("Result")
NOT_FOUND = 2


def _there(pack: Path) -> Path:
    if pack.is_file() and os.access(pack, os.R_OK):
        return pack
    told = (
        "没有读取这个文件的权限 this file may not be read"
        if pack.is_file()
        else "这是文件夹，请写明文件 this is a folder: name the file"
        if pack.is_dir()
        else "没有这个文件，请核对路径和文件名 there is no such file: check its path and name"
    )
    typer.echo(f"{pack}: {told}", err=True)
    raise typer.Exit(NOT_FOUND)


PackFile = Annotated[Path, typer.Argument(help="配置包文件 the tenant pack, YAML", callback=_there)]
Acting = Annotated[
    str,
    typer.Option(
        "--operator", envvar="HUZHU_OPERATOR", help="以哪位平台管理员的身份 operator of the platform"
    ),
]


def check(
    pack: PackFile,
) -> None:
    """检查配置包。Check a pack: prints nothing and exits 0, or one line per fault with its place and exits 1."""
    try:
        load_pack(pack)
    except PackInvalid as invalid:
        for fault in invalid.faults:
            print(fault.show(pack.name))
        raise typer.Exit(1) from None


def apply(
    pack: PackFile,
    operator: Acting = "ops1",
) -> None:
    """载入或更新配置包。Apply a tenant pack to the running platform; returns when every service has it.

    The first version of a tenant is live at once. A changed pack waits for `huzhu tenant consent` by a second person.
    """
    check(pack)
    code = load_pack(pack).code
    version = asyncio.run(as_operator(operator, lambda signed_in: signed_in.apply(code, read_text(pack))))
    if version["status"] == "proposed":
        typer.echo(
            f"{code} 第 {version['version']} 版等待第二人同意 waits for a second person: "
            f"huzhu tenant consent {code} {version['version']}"
        )
    else:
        typer.echo(f"{code} 第 {version['version']} 版已生效 version {version['version']} is live")


def consent(
    code: Annotated[str, typer.Argument(help="工会代码 code of the tenant")],
    version: Annotated[int, typer.Argument(help="待同意的版本号 the proposed version")],
    operator: Annotated[
        str,
        typer.Option(
            "--operator",
            envvar="HUZHU_OPERATOR",
            help="第二人，不能是提交者 who consents, not the one who applied it",
        ),
    ] = "ops2",
) -> None:
    """第二人同意变更。Consent, as the second person, to a changed pack."""
    missing = f"工会 {code} 待同意的第 {version} 版 proposed version {version} of tenant {code}"
    asyncio.run(as_operator(operator, lambda signed_in: signed_in.consent(code, version), missing=missing))
    typer.echo(f"{code} 第 {version} 版已生效 version {version} is live")


def admin(
    code: Annotated[str, typer.Argument(help="工会代码 code of the tenant")],
    user_name: Annotated[str, typer.Argument(help="登录名 sign-in name")],
    name: Annotated[str, typer.Argument(help="姓名 name")],
    mobile: Annotated[str, typer.Argument(help="手机号 mobile")],
    role: Annotated[str, typer.Option(help="配置包里的角色代码 code of a role of the pack")] = "admin",
    operator: Acting = "ops1",
) -> None:
    """创建第一个管理账号。Make a tenant's first account and print the invitation with which its owner sets a password.

    Hand it over in person: it is shown once, and a code goes to the owner's mobile when it is entered.
    """
    body = {"user_name": user_name, "name": name, "mobile": mobile, "roles": [role]}

    async def made(signed_in: "Operator") -> dict[str, Any]:
        account = await signed_in.send("POST", f"/tenants/{code}/staff", body)
        return await signed_in.send("POST", f"/tenants/{code}/staff/{account['id']}/invitation")

    invitation = asyncio.run(as_operator(operator, made, missing=f"工会 {code} tenant {code}"))
    typer.echo(f"{code}：{user_name} 已创建 made")
    typer.echo(f"邀请码 invitation (7 天 days): {invitation['token']}")
    typer.echo(
        "请当面或经安全渠道交给本人，只显示这一次：在管理端登录页点“我收到了邀请码”填写，验证码会发到其手机。\n"
        "Hand it over in person, it is shown this once: enter it at “I have an invitation” on the console's sign-in "
        "page; a code goes to their mobile."
    )


def _secret_of(name: str) -> str:
    from huzhu.running import local_environment

    listed = local_environment().get("IDENTITY_PLATFORM_OPERATORS", "")
    operators = dict(one.split(":", 1) for one in listed.split(",") if ":" in one)
    if name not in operators:
        typer.echo(
            f"没有平台管理员 {name}；可选：{'、'.join(operators) or '无'}，或给出 HUZHU_OPERATOR_SECRET。"
            f" There is no operator {name}: choose one of those, or give HUZHU_OPERATOR_SECRET.",
            err=True,
        )
        raise typer.Exit(2)
    return operators[name]


async def as_operator(
    name: str, work: Callable[["Operator"], Awaitable[Result]], *, missing: str = ""
) -> Result:
    """Do something as an operator of the running platform; a refusal ends the command with its words.

    `missing`: what it means when the platform says that something is not there.
    """
    import httpx

    from huzhu.operator import NoPlatform, Operator, OperatorRefused
    from huzhu.running import Unanswered, public_url

    secret = os.environ.get("HUZHU_OPERATOR_SECRET") or _secret_of(name)
    try:
        async with Operator(public_url(), name, secret) as operator:
            return await work(operator)
    except OperatorRefused as error:
        unknown = bool(missing) and error.code.endswith("not_found")
        typer.echo(f"平台上没有 the platform has no: {missing}" if unknown else str(error), err=True)
        raise typer.Exit(1) from None
    except (httpx.HTTPError, httpx.InvalidURL, NoPlatform):
        raise Unanswered from None

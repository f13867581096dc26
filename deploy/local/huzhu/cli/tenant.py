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


PackFile = Annotated[Path, typer.Argument(help="The tenant pack, a YAML file.", callback=_there)]


def check(
    pack: PackFile,
) -> None:
    """Check a tenant pack: prints nothing and exits 0, or prints one line per fault with its place and exits 1."""
    try:
        load_pack(pack)
    except PackInvalid as invalid:
        for fault in invalid.faults:
            print(fault.show(pack.name))
        raise typer.Exit(1) from None


def apply(
    pack: PackFile,
) -> None:
    """Apply a tenant pack to the running platform; returns when every service has it.

    The first version of a tenant is live at once. A changed pack waits for `huzhu tenant consent` by a second person.
    """
    check(pack)
    code = load_pack(pack).code
    version = asyncio.run(as_operator("ops1", lambda operator: operator.apply(code, read_text(pack))))
    if version["status"] == "proposed":
        typer.echo(
            f"{code} 第 {version['version']} 版等待第二人同意 waits for a second person: "
            f"huzhu tenant consent {code} {version['version']}"
        )
    else:
        typer.echo(f"{code} 第 {version['version']} 版已生效 version {version['version']} is live")


def consent(
    code: Annotated[str, typer.Argument(help="Code of the tenant.")],
    version: Annotated[int, typer.Argument(help="The proposed version.")],
    operator: Annotated[str, typer.Option(help="Who consents; not the one who applied it.")] = "ops2",
) -> None:
    """Consent, as the second person, to a changed pack."""
    asyncio.run(as_operator(operator, lambda signed_in: signed_in.consent(code, version)))
    typer.echo(f"{code} 第 {version} 版已生效 version {version} is live")


def admin(
    code: Annotated[str, typer.Argument(help="工会代码 code of the tenant")],
    user_name: Annotated[str, typer.Argument(help="登录名 sign-in name")],
    name: Annotated[str, typer.Argument(help="姓名 name")],
    mobile: Annotated[str, typer.Argument(help="手机号 mobile")],
    role: Annotated[str, typer.Option(help="配置包里的角色代码 code of a role of the pack")] = "admin",
) -> None:
    """Make a tenant's first account and print the invitation with which its owner sets a password.

    Hand it over in person: it is shown once, and a code goes to the owner's mobile when it is entered.
    """
    body = {"user_name": user_name, "name": name, "mobile": mobile, "roles": [role]}

    async def made(operator: "Operator") -> dict[str, Any]:
        account = await operator.send("POST", f"/tenants/{code}/staff", body)
        return await operator.send("POST", f"/tenants/{code}/staff/{account['id']}/invitation")

    invitation = asyncio.run(as_operator("ops1", made))
    typer.echo(f"{code}：{user_name} 已创建 made")
    typer.echo(f"邀请码 invitation (7 天 days): {invitation['token']}")
    typer.echo(
        "请当面或经安全渠道交给本人，只显示这一次：在管理端登录页点“我收到了邀请码”填写，验证码会发到其手机。\n"
        "Hand it over in person, it is shown this once: enter it at “I have an invitation” on the console's sign-in "
        "page; a code goes to their mobile."
    )


def _secret_of(name: str) -> str:
    from huzhu.running import local_environment

    operators = local_environment()["IDENTITY_PLATFORM_OPERATORS"].split(",")
    return dict(operator.split(":", 1) for operator in operators).get(name, "")


async def as_operator(name: str, work: Callable[["Operator"], Awaitable[Result]]) -> Result:
    """Do something as an operator of the running platform; a refusal ends the command with its words."""
    import httpx

    from huzhu.operator import Operator, OperatorRefused
    from huzhu.running import public_url

    secret = os.environ.get("HUZHU_OPERATOR_SECRET") or _secret_of(name)
    try:
        async with Operator(public_url(), name, secret) as operator:
            return await work(operator)
    except (OperatorRefused, httpx.HTTPError) as error:
        typer.echo(str(error) or "平台没有应答 the platform does not answer", err=True)
        raise typer.Exit(1) from None

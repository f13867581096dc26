"""`huzhu events`: look at the bus, replay from it, have facts said again."""

import asyncio
from typing import Annotated
from uuid import UUID

import typer

from huzhu.cli.facts import IDENTITYS, ask_as_operator, ask_with_token, token_of_staff
from huzhu.home import SERVICES

Topic = Annotated[str, typer.Option("--topic", help="只看一个服务的事件 one producer")]
Service = Annotated[str, typer.Option("--service", help="服务名 service")]


def tail(
    topic: Topic = "",
    follow: Annotated[bool, typer.Option("--follow", "-f", help="继续等待新事件 wait for more")] = False,
    data: Annotated[bool, typer.Option("--data", help="连同内容（个人信息为密文） with the payload")] = False,
) -> None:
    """Print the events on the bus, oldest first; personal values stay sealed."""
    from huzhu.cli.bus import tail_topics
    from huzhu.running import use_local_environment

    use_local_environment()
    asyncio.run(tail_topics([topic] if topic else list(SERVICES), follow=follow, data=data))


def replay(
    service: Service,
    topic: Topic = "",
    event: Annotated[
        str, typer.Option("--dead-letter", help="重做一个死信 one dead letter by event id")
    ] = "",
) -> None:
    """Apply the events of the bus again to rebuild a service's copies, or redo one dead letter.

    Handlers that send or pay are never run again by a replay of the bus.
    """
    from huzhu.cli.bus import redo, replay_bus

    done = asyncio.run(redo(service, UUID(event)) if event else replay_bus(service, topic))
    typer.echo(f"已重放 replayed: {done}")


def dead_letters(service: Annotated[str, typer.Option("--service", help="服务名 service")] = "") -> None:
    """List the events that were given up, service by service."""
    from huzhu.cli.bus import print_dead_letters

    for name in [service] if service else SERVICES:
        asyncio.run(print_dead_letters(name))


def snapshot(
    fact: Annotated[str, typer.Argument(help="units | members | tenants | languages | policies")],
    tenant: Annotated[str, typer.Option("--tenant", help="工会代码 code of the tenant")],
    user: Annotated[
        str,
        typer.Option(
            "--user", help="以本工会有 events.replay 权限的账号登录（密码、验证码会询问） a staff account"
        ),
    ] = "",
    token: Annotated[
        str, typer.Option("--token", envvar="HUZHU_TOKEN", help="已有的访问令牌 a token you have")
    ] = "",
    operator: Annotated[str, typer.Option(help="平台管理员 operator of the platform")] = "ops1",
) -> None:
    """Ask a service to say all its facts again, so that lost copies are rebuilt while everything runs.

    Identity's facts (units, members, tenants, languages) as an operator of the platform: the secret is that of
    HUZHU_OPERATOR_SECRET, or of this home. Policies are the union's own: a staff account whose role has events.replay
    (in the packs: admin), with --user, or its access token with --token. Sends no message and pays nothing again.
    """
    if not token and user:
        token = token_of_staff(tenant, user)
    if token:
        told = ask_with_token(fact, tenant, token)
    elif fact in IDENTITYS:
        told = asyncio.run(ask_as_operator(fact, tenant, operator))
    else:
        typer.echo(
            f"{fact} 属于工会：请用 --user 写本工会有 events.replay 权限的账号（配置包中的 admin 角色）。"
            f" {fact} belong to the union: name a staff account whose role has events.replay with --user.",
            err=True,
        )
        raise typer.Exit(2)
    typer.echo(told)

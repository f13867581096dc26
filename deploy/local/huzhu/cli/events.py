"""`huzhu events`: look at the bus, replay from it, have facts said again."""

import asyncio
from typing import Annotated
from uuid import UUID

import typer

from huzhu.cli.facts import FACTS, IDENTITYS, ask_as_operator, ask_with_token, token_of_staff
from huzhu.cli.tenant import Acting
from huzhu.home import SERVICES
from huzhu.service_names import known

Topic = Annotated[str, typer.Option("--topic", help="只看一个服务的事件 one producer")]
Service = Annotated[str, typer.Option("--service", help="服务名 service")]


def tail(
    topic: Topic = "",
    follow: Annotated[bool, typer.Option("--follow", "-f", help="继续等待新事件 wait for more")] = False,
    data: Annotated[bool, typer.Option("--data", help="连同内容（个人信息为密文） with the payload")] = False,
) -> None:
    """列出总线上的事件，个人信息为密文。Print the events on the bus, oldest first; personal values stay sealed."""
    from huzhu.cli.bus import tail_topics
    from huzhu.running import use_local_environment

    topics = [known(topic)] if topic else list(SERVICES)
    use_local_environment()
    asyncio.run(tail_topics(topics, follow=follow, data=data))


def replay(
    service: Service,
    topic: Topic = "",
    event: Annotated[
        str, typer.Option("--dead-letter", help="重做一个死信 one dead letter by event id")
    ] = "",
) -> None:
    """重放总线上的事件，或重做一个死信。Apply the bus again to rebuild a service's copies, or redo one dead letter.

    Handlers that send or pay are never run again by a replay of the bus.
    """
    known(service)
    event_id, topic = _event_id(event) if event else None, known(topic) if topic else ""
    from huzhu.cli.bus import redo, replay_bus

    if event_id is not None:
        _say_redone(event, asyncio.run(redo(service, event_id)))
        return
    typer.echo(f"已重放 replayed: {asyncio.run(replay_bus(service, topic))}")


def _event_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        typer.echo(
            f"“{text}”不是事件编号，编号见 huzhu events dead-letters 或 parked 的 event_id。 No event's id: see there.",
            err=True,
        )
        raise typer.Exit(2) from None


def _say_redone(event: str, found: list[bool]) -> None:
    """Tell a dead letter that was redone before from one that nobody knows."""
    if not found:
        typer.echo(
            f"没有死信 {event}；死信列表见 huzhu events dead-letters。 There is no such dead letter in this service.",
            err=True,
        )
        raise typer.Exit(1)
    typer.echo(
        f"已重放 replayed: {sum(found)}" if any(found) else f"{event} 此前已重做 it was redone before: 0"
    )


def dead_letters(service: Annotated[str, typer.Option("--service", help="服务名 service")] = "") -> None:
    """列出放弃的事件。List the events that were given up, service by service."""
    names = [known(service)] if service else SERVICES
    from huzhu.cli.bus import print_dead_letters

    for name in names:
        asyncio.run(print_dead_letters(name))


def parked(service: Annotated[str, typer.Option("--service", help="服务名 service")] = "") -> None:
    """列出挂起的事件：等待重试的，和等待新版本的。List the events that are tried again or wait for another version."""
    names = [known(service)] if service else SERVICES
    from huzhu.cli.bus import print_parked

    for name in names:
        asyncio.run(print_parked(name))


def give_up(
    service: Service,
    event: Annotated[str, typer.Argument(help="事件编号 event id, see huzhu events parked")],
) -> None:
    """不再等新版本：事件转为死信，同一主题的后续事件继续。Make an event that waits for another version a dead letter.

    The later events of its subject go on without it; it can be redone when a version that knows it runs again.
    """
    known(service)
    event_id = _event_id(event)
    from huzhu.cli.bus import give_up

    if not asyncio.run(give_up(service, event_id)):
        typer.echo(
            f"没有等待新版本的事件 {event}，见 huzhu events parked。 No such event waits for another version.",
            err=True,
        )
        raise typer.Exit(1)
    typer.echo(f"已转为死信 a dead letter now: {event}")


def snapshot(
    fact: Annotated[str, typer.Argument(help=" | ".join(FACTS))],
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
    operator: Acting = "ops1",
) -> None:
    """请服务重述全部事实，重建其他服务的副本。Ask a service to say all its facts again while everything runs.

    Identity's facts (units, members, staff, tenants, languages) as an operator of the platform: the secret is that of
    HUZHU_OPERATOR_SECRET, or of this home. Policies, matters (applications and online payments under way) and claims
    are the union's own: a staff account whose role has events.replay (in the packs: admin), with --user, or its access
    token with --token. Sends no message and pays nothing again.
    """
    if fact not in FACTS:
        typer.echo(f"没有 {fact}；可选 choose one of: {', '.join(FACTS)}", err=True)
        raise typer.Exit(2)
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

"""`huzhu keys`: what the master keys wrap, a new master key, the move of everything to it (docs/key-rotation.md)."""

import asyncio
import base64
import os
from datetime import datetime
from typing import Annotated

import httpx
import typer

from huzhu.cli.tenant import Acting, as_operator
from huzhu.home import SERVICES


def status() -> None:
    """各主密钥各用在多少处。Say how many keys each master key wraps, service by service."""
    from huzhu.cli.master_keys import in_use, newest_number
    from huzhu.running import use_local_environment

    use_local_environment()
    newest = newest_number()
    for service in SERVICES:
        counts = asyncio.run(in_use(service))
        shown = "，".join(f"{number} 号 {counts[number]} 个" for number in sorted(counts)) or "无 none"
        typer.echo(f"{service}: {shown}")
    typer.echo(f"最新主密钥 newest master key: {newest}")


def new_master(
    show: Annotated[
        bool, typer.Option("--print", help="只输出，由密钥管理系统保存 only print the entry to be added")
    ] = False,
) -> None:
    """生成一个新的主密钥。Make one more master key: into this home's secrets, or printed for a secret store."""
    material = base64.b64encode(os.urandom(32)).decode()
    if show:
        from huzhu.cli.master_keys import newest_number
        from huzhu.running import use_local_environment

        use_local_environment()
        typer.echo(f"{newest_number() + 1}:{material}")
        return
    from huzhu.running import running_home
    from huzhu.secret_file import add_master_key

    home = running_home()
    if not home.secrets_path.exists():
        typer.echo(
            f"{home.secrets_path} 不存在：密钥不在本机时请用 --print，再把输出加到 HUZHU_MASTER_KEYS 末尾。"
            " It is not there: where keys are kept elsewhere use --print, and append it to HUZHU_MASTER_KEYS.",
            err=True,
        )
        raise typer.Exit(1)
    number = add_master_key(home.secrets_path, material)
    typer.echo(
        f"已加入 {number} 号主密钥。请重启平台，再运行 huzhu keys rotate。"
        f" Master key {number} added: restart the platform, then huzhu keys rotate."
    )


def rotate(
    without_check: Annotated[
        bool,
        typer.Option(
            "--without-check",
            help="平台已停止：不询问各服务是否认识新密钥 the platform is stopped: do not ask whether it knows the key",
        ),
    ] = False,
) -> None:
    """把所有密钥改用最新主密钥，可中断后重跑。Wrap all keys anew under the newest master key; may be run again."""
    from huzhu.cli.master_keys import newest_number, rewrap
    from huzhu.running import use_local_environment

    use_local_environment()
    newest = newest_number()
    if not without_check:
        must_know(newest)
    changed = {service: asyncio.run(rewrap(service)) for service in SERVICES}
    for service, number in changed.items():
        typer.echo(f"{service}: {number}")
    typer.echo(
        f"完成，全部在 {newest} 号主密钥下。旧主密钥请再保留 30 天（总线上的旧事件仍引用它）。"
        f" Done, all under master key {newest}. Keep the old one for 30 days more: events on the bus refer to it."
    )


def new_signing(
    operator: Acting = "ops1",
) -> None:
    """更换令牌的签名密钥，一刻钟后启用。Make a new key, which signs tokens in a quarter of an hour."""
    answer = asyncio.run(as_operator(operator, lambda it: it.send("POST", "/signing-keys")))
    signs_from = datetime.fromisoformat(answer["signs_from"]).astimezone()
    typer.echo(
        f"新的签名密钥 new signing key: {answer['kid']}，启用时间 signs from {signs_from:%Y-%m-%d %H:%M}"
    )


def must_know(newest: int) -> None:
    """Refuse unless every process knows the newest key: one that does not could open nothing any more."""
    from huzhu.reachable import every_process

    found = every_process()
    if not any("worker" in name for name, _ in found):
        _refuse(
            "不知道各 worker 的地址，未轮换：请用 HUZHU_PROBES= 写明（docs/configuration.md）；"
            "平台已停止时用 --without-check。"
            " Nothing says where the workers are, nothing was changed: name them in HUZHU_PROBES; for a platform that"
            " is stopped there is --without-check."
        )
    for name, url in found:
        known = _known_at(url)
        if known is None:
            _refuse(
                f"{url} 没有应答 {name} 认识哪些主密钥，未轮换。请核对 PORT= 或 HUZHU_URL=；平台已停止时用"
                f" --without-check。 {name} does not answer there which master keys it knows: nothing"
                " was changed. Check PORT= or HUZHU_URL=; for a platform that is stopped there is --without-check."
            )
        elif known < newest:
            _refuse(
                f"{name} 还不认识 {newest} 号主密钥：请先重启平台，等全部进程更新完。"
                f" {name} does not know master key {newest} yet: restart the platform first, and wait until every"
                " process was replaced."
            )
        elif known > newest:
            _refuse(
                f"{name} 已有 {known} 号主密钥，而本命令只认识到 {newest} 号，未轮换：请用新的 HUZHU_MASTER_KEYS 再运行"
                f"（Kubernetes 上请新建会话）。 {name} knows master key {known}, this command none above {newest}:"
                " nothing was changed. Run it with the new HUZHU_MASTER_KEYS (on Kubernetes in a new session)."
            )


def _known_at(url: str) -> int | None:
    """The newest master key that a running process knows; None where nobody, or somebody else, answers."""
    try:
        answer = httpx.get(url, trust_env=False, timeout=5)
        return int(answer.json()["master_key"]) if answer.is_success else None
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError):
        return None


def _refuse(words: str) -> None:
    typer.echo(words, err=True)
    raise typer.Exit(1)

"""`huzhu keys`: what the master keys wrap, a new master key, the move of everything to it (docs/key-rotation.md)."""

import asyncio
import base64
import os
from collections import Counter
from typing import Annotated

import httpx
import typer

from common.consumer.worker import tenant_ids
from common.crypto import MasterKeys
from common.crypto.master_rotation import master_keys_in_use, rewrap_tenants
from common.http import ServiceContext
from huzhu.cli.service_contexts import worker_of
from huzhu.cli.tenant import as_operator
from huzhu.home import SERVICES
from huzhu.running import public_url, running_home, use_local_environment
from huzhu.secret_file import add_master_key
from identity.extras import signing_keys

MASTER_KEYS = "HUZHU_MASTER_KEYS"


def status() -> None:
    """Say how many keys each master key wraps, service by service."""
    use_local_environment()
    newest = MasterKeys.parse(os.environ[MASTER_KEYS]).newest
    for service in SERVICES:
        counts = asyncio.run(_in_use(service))
        shown = "，".join(f"{number} 号 {counts[number]} 个" for number in sorted(counts)) or "无 none"
        typer.echo(f"{service}: {shown}")
    typer.echo(f"最新主密钥 newest master key: {newest}")


async def _in_use(service: str) -> Counter[int]:
    context = worker_of(service).context
    try:
        found = await master_keys_in_use(context, await tenant_ids(context))
        if service == "identity":
            found += await signing_keys(context).master_keys_in_use()
        return found
    finally:
        await context.close()


def new_master(
    show: Annotated[
        bool, typer.Option("--print", help="只输出，由密钥管理系统保存 only print the entry to be added")
    ] = False,
) -> None:
    """Make one more master key: into this home's secrets, or printed for a secret store."""
    material = base64.b64encode(os.urandom(32)).decode()
    if show:
        use_local_environment()
        typer.echo(f"{MasterKeys.parse(os.environ[MASTER_KEYS]).newest + 1}:{material}")
        return
    number = add_master_key(running_home().secrets_path, material)
    typer.echo(
        f"已加入 {number} 号主密钥。请重启平台，再运行 huzhu keys rotate。"
        f" Master key {number} added: restart the platform, then huzhu keys rotate."
    )


def rotate() -> None:
    """Wrap all tenant keys and signing keys anew under the newest master key; may be stopped and run again."""
    use_local_environment()
    newest = MasterKeys.parse(os.environ[MASTER_KEYS]).newest
    _must_know(newest)
    changed = {service: asyncio.run(_rotate(service)) for service in SERVICES}
    for service, number in changed.items():
        typer.echo(f"{service}: {number}")
    typer.echo(
        f"完成，全部在 {newest} 号主密钥下。旧主密钥请再保留 30 天（总线上的旧事件仍引用它）。"
        f" Done, all under master key {newest}. Keep the old one for 30 days more: events on the bus refer to it."
    )


def new_signing(
    operator: Annotated[str, typer.Option(help="平台管理员 operator of the platform")] = "ops1",
) -> None:
    """Sign tokens with a new key from now on; the old one stays published until its tokens are over."""
    answer = asyncio.run(as_operator(operator, lambda it: it.send("POST", "/signing-keys")))
    typer.echo(f"新的签名密钥 new signing key: {answer['kid']}")


async def _rotate(service: str) -> int:
    context = worker_of(service).context
    try:
        changed = await rewrap_tenants(context, await tenant_ids(context))
        return changed + await _signing(service, context)
    finally:
        await context.close()


async def _signing(service: str, context: ServiceContext) -> int:
    return await signing_keys(context).rewrap() if service == "identity" else 0


def _must_know(newest: int) -> None:
    """Refuse while a running service does not know the newest key yet: it could open nothing any more."""
    for service in SERVICES:
        try:
            answer = httpx.get(f"{public_url()}/api/{service}/readyz", trust_env=False, timeout=5)
        except httpx.HTTPError:
            continue
        if answer.is_success and answer.json().get("master_key", newest) < newest:
            typer.echo(
                f"{service} 还不认识 {newest} 号主密钥：请先重启平台。"
                f" {service} does not know master key {newest} yet: restart the platform first.",
                err=True,
            )
            raise typer.Exit(1)

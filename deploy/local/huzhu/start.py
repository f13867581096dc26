"""What a start does besides processes: databases brought up to date, tenants loaded, addresses printed."""

import asyncio
import os
from pathlib import Path

import typer

from common.bus.postgres import create_schema
from common.contracts.pack import load_pack
from common.db.migrate import upgrade
from huzhu.accounts import accounts_in_short
from huzhu.home import SERVICES
from huzhu.operator import Operator, load_tenant
from huzhu.supervisor import Platform

REPOSITORY = Path(__file__).resolve().parents[3]
TENANTS = REPOSITORY / "tenants"


async def migrate(platform: Platform) -> None:
    """Bring every service's database to its newest revision, and create the bus."""
    environment = platform.environment()
    for name in SERVICES:
        with platform.progress.step(f"database of {name}"):
            folder = REPOSITORY / "services" / name / "migrations"
            await asyncio.to_thread(upgrade, folder, environment[f"{name.upper()}_OWNER_DATABASE_URL"])
    with platform.progress.step("event log"):
        await create_schema(environment["BUS_OWNER_DATABASE_URL"])


async def announce(platform: Platform) -> None:
    """Load the tenants that ship, then say where everything is."""
    secrets = platform.home.secrets
    operator = Operator(platform.public_url, "ops1", secrets["platform_operator_1"])
    async with operator:
        for path in sorted(TENANTS.glob("*.yaml")):
            with platform.progress.step(f"tenant {path.stem}"):
                await load_tenant(operator, path, demo_password=secrets["demo_password"])
    url = platform.public_url
    accounts = "\n".join(
        f"  {line}" for path in sorted(TENANTS.glob("*.yaml")) for line in accounts_in_short(load_pack(path))
    )
    typer.echo(
        f"""
互助平台已启动 · Huzhu is running

  首页 first page        {url}/
  会员端 member app      {url}/m/
  管理端 console         {url}/console/
  沙箱（短信）sandbox     {url}/sandbox/
  接口文档 API           {url}/api/identity/docs   {url}/api/openapi.json
  事件文档 events        {url}/asyncapi.json
  初始密码 password       {secrets["demo_password"]}
  演示 demo              .venv/bin/huzhu demo
  数据 data              {os.fspath(platform.home.path)}

  试用账号 demo accounts（首页 {url}/ 上全部列出 · all on the first page）
{accounts}

按 Ctrl-C 停止 · Ctrl-C stops all of it
"""
    )

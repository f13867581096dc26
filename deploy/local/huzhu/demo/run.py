"""Runs the steps in order, one line each with its time; stops at the first that fails."""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx

from common.contracts.pack import TenantPack

from . import claiming, enrolment
from .caller import Refused
from .world import World

Step = Callable[[World], Awaitable[str]]
STEPS: tuple[tuple[str, Step], ...] = (
    *enrolment.STEPS,
    ("会员注册 member registers", claiming.register_member),
    ("上传票据 receipt recognised", claiming.upload_receipt),
    ("他人票据 another's receipt", claiming.refuse_foreign_receipt),
    ("提交理赔 claim submitted", claiming.submit_claim),
    ("两人审批 two approve", claiming.decide_claim),
    ("免申即享 settlement feed", claiming.feed_settlement),
    ("银行批次 bank batch", claiming.pay_batch),
    ("对账与短信 books and message", claiming.check_books),
)


async def run_demo(
    url: str, *, pack: TenantPack, password: str, seed: int, say: Callable[[str], None]
) -> bool:
    """Drive the main job of `pack`'s tenant on the platform at `url`; return whether every step passed."""
    async with httpx.AsyncClient(base_url=url, timeout=120, trust_env=False) as http:
        with tempfile.TemporaryDirectory() as folder:
            world = World(http, pack, seed, password, Path(folder))
            for title, step in STEPS:
                if not await _run(title, step, world, say):
                    return False
    return True


async def _run(title: str, step: Step, world: World, say: Callable[[str], None]) -> bool:
    started = time.monotonic()
    try:
        result, passed = await step(world), True
    except (Refused, TimeoutError, AssertionError, httpx.HTTPError, KeyError) as error:
        result, passed = f"{type(error).__name__}: {error}", False
    mark = "✓" if passed else "✗"
    say(f"{mark} {title:<28} {time.monotonic() - started:6.2f} s  {result}")
    await asyncio.sleep(0)
    return passed

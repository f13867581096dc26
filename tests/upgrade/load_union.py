"""`python load_union.py URL PACK`: load a union and its demo accounts, with the code that PYTHONPATH names."""

import asyncio
import os
import sys
from pathlib import Path

from huzhu.operator import Operator, load_tenant


async def main(url: str, pack: Path) -> None:
    """Load it as the first operator."""
    async with Operator(url, "ops1", os.environ["HUZHU_OPERATOR_SECRET"]) as operator:
        await load_tenant(operator, pack, demo_password=os.environ["HUZHU_DEMO_PASSWORD"])


asyncio.run(main(sys.argv[1], Path(sys.argv[2])))

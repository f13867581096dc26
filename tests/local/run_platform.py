"""A small platform for the tests: the real parts, one serving child with a child of its own, one stubborn child."""

import asyncio
import json
import sys
from pathlib import Path

from huzhu.home import Home
from huzhu.parts.ports import Ports
from huzhu.supervisor import Child, Platform

CHILD = str(Path(__file__).with_name("child.py"))


def platform_on(home: Home) -> Platform:
    """Two children like `api` and `worker`."""
    port = Ports(home).take("test.api")
    address = f"http://127.0.0.1:{port}"
    return Platform(
        home,
        [
            Child("api", [sys.executable, CHILD, "serve", str(port)], ready_url=address),
            Child("worker", [sys.executable, CHILD, "stubborn"], stop_within_s=0.5),
        ],
        public_url=address,
    )


async def _main(home: Home) -> None:
    await platform_on(home).run_forever(started=lambda platform: print(json.dumps(platform.pids), flush=True))


if __name__ == "__main__":
    asyncio.run(_main(Home(sys.argv[1])))

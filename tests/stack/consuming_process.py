"""A member of a consumer group in a process of its own, to be killed, stopped and cut off.

Commands on its standard input, one answer line each: `poll` waits for the next records and prints their values
as JSON, `commit` commits them.
"""

import asyncio
import json
import os
import sys

from tests.stack.connect import bus_of


async def main() -> None:
    bus = bus_of(os.environ)
    consumer = bus.consumer("g", [sys.argv[1]])
    await consumer.start()
    print("joined", flush=True)
    positions = {}
    while line := await asyncio.to_thread(sys.stdin.readline):
        if line.strip() == "poll":
            batches = await consumer.poll(within=30.0, most=20)
            positions = {place: found[-1].offset + 1 for place, found in batches.items()}
            print(json.dumps([int(r.value) for found in batches.values() for r in found]), flush=True)
        else:
            try:
                await consumer.commit(positions)
                print("committed", flush=True)
            except Exception as error:
                print(f"refused {type(error).__name__}", flush=True)
    await consumer.stop()
    await bus.close()


if __name__ == "__main__":
    asyncio.run(main())

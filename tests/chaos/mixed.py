"""`make load`: mixed traffic by Locust against a stack of its own; a report by route and by process.

HUZHU_LOAD_SECONDS (60), HUZHU_LOAD_USERS (8).
"""

import asyncio
import csv
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import psutil

from common.telemetry.logs import configure_logs
from huzhu.parts.kafka import available
from huzhu.processes.program import recorded
from tests.bench.platform import free_port
from tests.stack.running import Stack, running_stack

from .accounts import ACCOUNTS, MOST_MEMBERS, prepare, write
from .faults import family

OUT = Path("build/load")
LOCUST = OUT / "tools" / "bin" / "locust"
SCRIPT = Path("deploy/load/locustfile.py")


@dataclass(frozen=True)
class Used:
    """What a process and its children have used."""

    cpu_s: float
    memory_mb: float


def used(stack: Stack) -> dict[str, Used]:
    """CPU seconds so far and proportional memory of each part and process."""
    found = {}
    for name in recorded(stack.home.stack):
        cpu = memory = 0.0
        for process in family(stack.unit(name)):
            try:
                times = process.cpu_times()
                cpu += times.user + times.system
                memory += process.memory_full_info().pss / 2**20
            except psutil.Error:
                continue
        found[name] = Used(cpu, memory)
    return found


async def call(url: str, *, users: int, seconds: int) -> int:
    """Run Locust; return its exit code (1: some requests failed)."""
    words = [
        *(str(LOCUST), "-f", str(SCRIPT), "--headless", "--host", url, "--only-summary"),
        *("--users", str(users), "--spawn-rate", "4", "--run-time", f"{seconds}s", "--csv", str(OUT / "run")),
    ]
    environment = {**os.environ, "HUZHU_LOAD_ACCOUNTS": str(ACCOUNTS), "HUZHU_LOAD_WRITES": "1"}
    process = await asyncio.create_subprocess_exec(*words, env=environment)
    try:
        return await asyncio.wait_for(process.wait(), seconds + 120)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def report(before: dict[str, Used], after: dict[str, Used], *, seconds: int) -> str:
    """The tables of Markdown."""
    lines = ["| route | calls/s | p50 ms | p95 ms | p99 ms | failed |", "|---|---|---|---|---|---|"]
    with (OUT / "run_stats.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            name = f"{row['Type']} {row['Name']}".strip()
            lines.append(
                f"| {name} | {float(row['Requests/s']):.2f} | {row['50%']} | {row['95%']} | {row['99%']} "
                f"| {row['Failure Count']} |"
            )
    spent = {name: after[name].cpu_s - before[name].cpu_s for name in after if name in before}
    whole = sum(spent.values()) or 1.0
    lines += ["", "| process | share of CPU | cores | memory MB |", "|---|---|---|---|"]
    for name, cpu in sorted(spent.items(), key=lambda pair: -pair[1]):
        share = f"{100 * cpu / whole:.0f} %"
        lines.append(f"| {name} | {share} | {cpu / seconds:.2f} | {after[name].memory_mb:.0f} |")
    return "\n".join(lines) + "\n"


async def main() -> int:
    if (reason := available()) is not None:
        print(f"Apache Kafka cannot run here: {reason}")
        return 2
    users = min(int(os.environ.get("HUZHU_LOAD_USERS", "8")), MOST_MEMBERS)
    seconds = min(int(os.environ.get("HUZHU_LOAD_SECONDS", "60")), 600)
    configure_logs("load", level="ERROR")
    async with asyncio.timeout(2400), running_stack(port=free_port()) as stack:
        print("the stack runs; a unit enrols its people …", flush=True)
        write(await prepare(stack.url, stack.home.stack.secrets, members=MOST_MEMBERS))
        before = used(stack)
        code = await call(stack.url, users=users, seconds=seconds)
        text = report(before, used(stack), seconds=seconds)
    (OUT / "report.md").write_text(text, encoding="utf-8")
    print(text)
    return code


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))

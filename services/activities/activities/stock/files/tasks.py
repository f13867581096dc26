"""The task that imports a file of codes: killed anywhere it goes on; nothing is imported twice."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from common.audit import record
from common.clock import today
from common.crypto import TenantKeys
from common.errors import NotFound
from common.sheets import SheetWriter
from common.tasks import TaskKind, TaskRun
from common.tasks.files import TaskFiles
from common.text import Text

from ...auth import MANAGE
from ...campaigns.repository import CampaignRepository
from ..repository import SealedCode, StockRepository
from ..service import INDEX
from .reading import CodeFile, CodeLine, LeftOut, read_code_file
from .reasons import words_of

IMPORT = "codes.import"
FILE_KEY = "codes.file"
CHUNK = 2_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def import_file(run: TaskRun) -> None:
    """Read the file, add its good codes some thousand at a time, give back every line that was left out."""
    campaign_id = UUID(run.parameters["campaign_id"])
    async with run.transaction() as session:
        campaign = await CampaignRepository(session, run.tenant_id).managed(run.actor, campaign_id)
    if campaign is None:
        raise NotFound
    async with _fetched(run) as path:
        file: CodeFile = await run.in_process(read_code_file, path, form=campaign.code_format, today=today())
    done = 0
    while done < len(file.good):
        async with run.chunk() as chunk:
            done = int(chunk.cursor.get("done", 0))
            part = file.good[done : done + CHUNK]
            if not part:
                break
            repository = StockRepository(chunk.session, run.tenant_id)
            added = await repository.add_codes(campaign_id, await _fresh(run, repository, campaign_id, part))
            done += len(part)
            if done >= len(file.good):
                await _filled(run, chunk.session, campaign_id)
            chunk.advance(
                cursor={"done": done}, done=len(file.left_out) + done, total=file.lines, imported=len(added)
            )
    await _write_result(run, campaign_id, file)
    await TaskFiles.of(run.context).remove_one(run.parameters["object_name"])


async def _fresh(
    run: TaskRun, repository: StockRepository, campaign_id: UUID, part: Sequence[CodeLine]
) -> list[SealedCode]:
    indexes = await asyncio.to_thread(_indexes, run.keys, part)
    known = await repository.known(campaign_id, [one for all_ in indexes.values() for one in all_])
    fresh = [line for line in part if not known.intersection(indexes[line.code])]
    return await asyncio.to_thread(lambda: [_sealed(run.keys, line, import_id=run.id) for line in fresh])


def _indexes(keys: TenantKeys, part: Sequence[CodeLine]) -> dict[str, list[str]]:
    """Return the index of each code under every live key, because older codes were indexed with an older one."""
    return {line.code: keys.blinds(INDEX, line.code) for line in part}


def _sealed(keys: TenantKeys, line: CodeLine, *, import_id: UUID) -> SealedCode:
    return SealedCode(
        code=keys.seal(line.code, context="code"),
        index=keys.blind(INDEX, line.code),
        pin=keys.seal(line.pin, context="code.pin") if line.pin else None,
        expires_on=line.expires_on,
        import_id=import_id,
    )


async def _filled(run: TaskRun, session: AsyncSession, campaign_id: UUID) -> None:
    campaign = await CampaignRepository(session, run.tenant_id).managed(run.actor, campaign_id, lock=True)
    if campaign is not None:
        campaign.stock_filled()
    await record(
        session, actor_id=run.actor.id, action="campaign.code_file_imported",
        subject=f"campaign:{campaign_id}", detail={"task": str(run.id)},
    )  # fmt: skip


async def _write_result(run: TaskRun, campaign_id: UUID, file: CodeFile) -> None:
    doubles: list[LeftOut] = []
    for start in range(0, len(file.good), CHUNK):
        part = file.good[start : start + CHUNK]
        indexes = await asyncio.to_thread(_indexes, run.keys, part)
        async with run.transaction() as session:
            ours = await StockRepository(session, run.tenant_id).brought_by(
                campaign_id, run.id, [one for all_ in indexes.values() for one in all_]
            )
        doubles += [
            LeftOut(line.line, line.code, "code.in_stock")
            for line in part
            if not ours.intersection(indexes[line.code])
        ]
    left_out = sorted([*file.left_out, *doubles], key=lambda one: one.line)
    await run.progress(
        done=file.lines,
        total=file.lines,
        doubles=sum(1 for one in left_out if one.reason in ("code.in_file", "code.in_stock")),
        faulty=sum(1 for one in left_out if one.reason not in ("code.in_file", "code.in_stock")),
    )
    async with run.result(f"电子码导入结果-{today():%Y%m%d}.xlsx", XLSX) as path:
        await asyncio.to_thread(_write, path, left_out, file.lines)


def _write(path: Path, left_out: Sequence[LeftOut], lines: int) -> None:
    with SheetWriter(path, sheet="未导入", widths=[10.0, 30.0, 50.0]) as sheet:
        imported = lines - len(left_out)
        sheet.title(f"共 {lines} 行，导入 {imported} 个，未导入 {len(left_out)} 行", 3)
        sheet.heading(["行号", "电子码", "未导入的原因"])
        sheet.freeze()
        for one in left_out:
            sheet.row([str(one.line), one.code, words_of(one.reason, one.first_line)], wrong=[1])


@asynccontextmanager
async def _fetched(run: TaskRun) -> AsyncIterator[Path]:
    """Bring the stored file into a folder of its own, decrypted."""
    folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="huzhu-codes-"))
    try:
        path = folder / "codes"
        key = run.keys.open_bytes(run.parameters["object_key"], context=FILE_KEY)
        source = TaskFiles.of(run.context).read(run.parameters["object_name"], key=key)
        with await asyncio.to_thread(path.open, "wb") as out:
            async with aclosing(source) as pieces:  # type: ignore[type-var]
                async for piece in pieces:
                    await asyncio.to_thread(out.write, piece)
        yield path
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, True)


IMPORT_KIND = TaskKind(IMPORT, Text("导入电子码", "Import of codes"), MANAGE, import_file)

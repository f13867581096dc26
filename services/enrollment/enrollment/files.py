"""Workbooks as responses: written to a temporary file first, streamed from it, removed afterwards."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote

from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@asynccontextmanager
async def workbook_file() -> AsyncIterator[Path]:
    """Yield the path of a workbook to be written; on an error the file is removed at once."""
    folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="huzhu-export-"))
    try:
        yield folder / "export.xlsx"
    except BaseException:
        await asyncio.to_thread(shutil.rmtree, folder, True)
        raise


def workbook_response(path: Path, name: str) -> FileResponse:
    """Return a written workbook as a download called `name`; its folder is removed when it has been sent."""
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    remove = BackgroundTask(shutil.rmtree, path.parent, True)
    return FileResponse(path, media_type=XLSX, headers=headers, background=remove)

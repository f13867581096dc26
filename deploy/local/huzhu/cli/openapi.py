"""`huzhu openapi`: the API of all services as one document, without a running platform."""

from pathlib import Path
from typing import Annotated

import typer

from huzhu.gateway.describe import write_openapi


def openapi(file: Annotated[Path, typer.Argument(help="写入的文件 file to write")]) -> None:
    """Write the merged OpenAPI document."""
    write_openapi(file)

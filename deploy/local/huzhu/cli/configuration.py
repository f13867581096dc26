"""`huzhu configuration`: the page of every environment variable, without a running platform."""

from pathlib import Path
from typing import Annotated

import typer

from huzhu.configuration import configuration as page


def configuration(file: Annotated[Path, typer.Argument(help="写入的文件 file to write, .md")]) -> None:
    """输出配置项文档。Write the page of every environment variable."""
    file.write_text(page(), encoding="utf-8")

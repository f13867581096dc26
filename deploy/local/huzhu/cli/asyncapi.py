"""`huzhu asyncapi`: the event documents, without a running platform."""

from pathlib import Path
from typing import Annotated

import typer

from common.events.asyncapi import write_asyncapi
from common.events.catalogue import catalogue


def asyncapi(
    file: Annotated[
        Path, typer.Argument(help="写入的文件 file to write: .yaml, .json; .md 为事件目录 the catalogue")
    ],
) -> None:
    """Write the AsyncAPI document, or the catalogue of events for people."""
    if file.suffix == ".md":
        file.write_text(catalogue(), encoding="utf-8")
    else:
        write_asyncapi(file)

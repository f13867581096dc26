"""`huzhu objects`: the object store copied into a folder, and put back from there."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from common.storage.client import make_client
from huzhu.recovery.objects import copy_objects, put_objects_back
from huzhu.service_contexts import worker_of

if TYPE_CHECKING:
    from minio import Minio

Folder = Annotated[Path, typer.Argument(help="文件夹 folder", file_okay=False)]


def save(folder: Folder) -> None:
    """把新对象复制到文件夹。Copy the objects that are not there yet; they are sealed, and useless without the keys."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        typer.echo(
            f"无法建立文件夹 {folder}（{error.strerror}），没有复制：请核对路径，以及存档的磁盘是否已挂载。"
            " It cannot be made, nothing was copied: check the path, and whether the archive's disk is mounted.",
            err=True,
        )
        raise typer.Exit(1) from error
    typer.echo(f"新增对象 new objects: {copy_objects(_client(), folder)}")


def put_back(folder: Folder) -> None:
    """把文件夹里的对象放回。Put back what the store has not."""
    if not folder.is_dir():
        typer.echo(f"没有文件夹 {folder}，请核对路径。 There is no such folder: check its path.", err=True)
        raise typer.Exit(2)
    typer.echo(f"放回对象 objects put back: {put_objects_back(_client(), folder)}")


def _client() -> "Minio":
    return make_client(worker_of("identity").context.settings)

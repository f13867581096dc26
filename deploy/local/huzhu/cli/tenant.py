"""`huzhu tenant check`: says what is wrong with a tenant pack, before it is applied."""

from pathlib import Path
from typing import Annotated

import typer

from common.contracts.pack import PackInvalid, load_pack


def check(
    pack: Annotated[
        Path, typer.Argument(help="The tenant pack, a YAML file.", exists=True, dir_okay=False, readable=True)
    ],
) -> None:
    """Check a tenant pack: prints nothing and exits 0, or prints one line per fault with its place and exits 1."""
    try:
        load_pack(pack)
    except PackInvalid as invalid:
        for fault in invalid.faults:
            print(fault.show(pack.name))
        raise typer.Exit(1) from None

"""From a phone's photo to verified fields, with the real models; and how the paper lies does not matter."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from ocr.recognition import DocumentType, Recognition, Recognizer, Source

from .conftest import PHOTOS, photo_truths
from .evaluate import TYPES, same

TRUTHS = {truth["id"]: truth for truth in photo_truths()}
ROOT = Path(__file__).parents[3]
COMMAND = ROOT / "deploy/local/huzhu/cli/ocr.py"  # by itself: the other commands' imports are not under test


def mistakes(found: Recognition, truth: dict[str, Any]) -> dict[str, str | None]:
    return {
        name: found.fields[name].value if name in found.fields else None
        for name, value in truth["fields"].items()
        if name not in found.fields or not same(name, found.fields[name].value, value)
    }


@pytest.mark.parametrize("number", sorted(TRUTHS))
def test_a_photo(recognizer: Recognizer, picture: Callable[[str], bytes], number: str) -> None:
    truth = TRUTHS[number]
    found = recognizer.recognize(picture(number))
    assert found.type == TYPES[truth["type"]]
    wrong = mistakes(found, truth)
    assert not {name for name in wrong if name in found.fields and found.fields[name].verified}
    assert not wrong.keys() & {"票据号码", "金额合计小写", "交款人"}
    assert len(wrong) <= 1, wrong
    if truth["qr"]:
        assert found.fields["票据号码"].source is Source.BOTH and found.fields["票据号码"].verified
    if "金额合计小写" in truth["fields"]:
        assert found.fields["金额合计小写"].verified
    for field in found.fields.values():
        assert field.box is None or (0 <= field.box.left < field.box.right <= 1)


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_turned_photo(recognizer: Recognizer, picture: Callable[[str], bytes], turn: int) -> None:
    out = io.BytesIO()
    Image.open(io.BytesIO(picture("010"))).rotate(turn, expand=True).save(out, "JPEG", quality=92)
    found = recognizer.recognize(out.getvalue())
    assert found.type is DocumentType.PRINTED_RECEIPT
    assert len(mistakes(found, TRUTHS["010"])) <= 1
    box = found.fields["票据号码"].box
    assert box is not None and box.left > 0.5 and box.top < 0.4  # where it stands on the upright page


def test_an_empty_sheet_is_other(recognizer: Recognizer) -> None:
    out = io.BytesIO()
    Image.new("RGB", (900, 600), "white").save(out, "PNG")
    found = recognizer.recognize(out.getvalue())
    assert (found.type, found.fields, found.checks) == (DocumentType.OTHER, {}, ())


def test_the_command_goes_on_after_a_file_it_cannot_read(tmp_path: Path) -> None:
    """As a process of its own, without a network: any connection fails the run."""
    (tmp_path / "no.jpg").write_bytes(b"no picture")
    good = str(PHOTOS / "photo" / "039.jpg")
    script = (
        "import socket, sys, typer\n"
        "def refuse(*a, **k): raise SystemExit('network')\n"
        "socket.socket.connect = refuse\n"
        "import importlib.util as u\n"
        f"spec = u.spec_from_file_location('command', {str(COMMAND)!r})\n"
        "module = u.module_from_spec(spec); spec.loader.exec_module(module)\n"
        "app = typer.Typer(); app.command()(module.ocr); app()\n"
    )
    inputs = [str(tmp_path / "no.jpg"), str(tmp_path / "none.pdf"), good]
    command = [sys.executable, "-c", script, *inputs, "--json"]
    env = {**os.environ, "PYTHONPATH": f"{ROOT / 'services/ocr'}:{ROOT / 'deploy/local'}"}
    done = subprocess.run(command, capture_output=True, text=True, env=env, check=False)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 1, done.stderr
    assert [line["file"] for line in lines] == inputs
    assert [line.get("error", {}).get("code") for line in lines] == [
        "document.unsupported",
        "file.unreadable",
        None,
    ]
    assert lines[2]["type"] == "discharge_record"
    assert lines[2]["fields"]["交款人"] == {
        **lines[2]["fields"]["交款人"],
        "source": "print",
        "verified": False,
    }

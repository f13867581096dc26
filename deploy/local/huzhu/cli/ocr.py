"""`huzhu ocr FILE...`: recognises documents on this machine; the platform need not run."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from ocr.recognition import Recognition


def ocr(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="pictures (jpg, png, heic, webp, bmp, tiff), pdf or ofd files", show_default=False
        ),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object for each file")] = False,
) -> None:
    """识别票据等材料：类型、字段、校验结果。Recognises documents: type, fields and cross-checks."""
    raise typer.Exit(ocr_command(files, as_json))


def ocr_command(files: list[Path], as_json: bool) -> int:
    """Prints one result for each file as soon as it is there; 1 when a file could not be read, else 0."""
    # Imported here: the models' libraries take seconds, which no other command should wait for.
    from ocr.recognition import Recognizer, UnreadableDocument

    status = 0
    recognizer: Recognizer | None = None
    for file in files:
        try:
            data = file.read_bytes()
            recognizer = recognizer or Recognizer()
            found = recognizer.recognize(data, filename=file.name)
        except UnreadableDocument as refusal:
            status = 1
            _refused(file, refusal.code, f"{refusal.zh} {refusal.en}", as_json)
        except OSError as error:
            status = 1
            _refused(
                file, "file.unreadable", f"无法读取文件。The file cannot be read: {error.strerror}", as_json
            )
        except Exception as fault:  # one file's fault must not cost the others their results
            status = 1
            sentence = f"识别时发生内部错误。Recognition failed: {type(fault).__name__}"
            _refused(file, "recognition.failed", sentence, as_json)
        else:
            _found(file, found, as_json, several=len(files) > 1)
    return status


def as_object(found: "Recognition") -> dict[str, Any]:
    """The result as it is printed in JSON."""
    return {
        "type": str(found.type),
        "fields": {
            name: {
                "value": field.value,
                "confidence": field.confidence,
                "source": str(field.source),
                "verified": field.verified,
                **({"box": asdict(field.box)} if field.box is not None else {}),
            }
            for name, field in found.fields.items()
        },
        "checks": [
            {"code": check.code, "passed": check.passed, **({"detail": check.detail} if check.detail else {})}
            for check in found.checks
        ],
        "seconds": found.seconds,
        "pages": found.pages,
    }


def _found(file: Path, found: "Recognition", as_json: bool, *, several: bool) -> None:
    if as_json:
        named = {"file": str(file)} if several else {}
        _line(json.dumps({**named, **as_object(found)}, ensure_ascii=False))
        return
    _line(f"{file}: {found.type} ({found.seconds:.1f} s)")
    for name, field in found.fields.items():
        _line(
            f"  {'✓' if field.verified else ' '} {name}: {field.value}  [{field.source} {field.confidence:.2f}]"
        )
    for check in found.checks:
        _line(f"  {'✓' if check.passed else '✗'} {check.code} {check.detail}".rstrip())


def _refused(file: Path, code: str, message: str, as_json: bool) -> None:
    if as_json:
        _line(
            json.dumps({"file": str(file), "error": {"code": code, "message": message}}, ensure_ascii=False)
        )
    else:
        _line(f"{file}: {code}: {message}")


def _line(text: str) -> None:
    typer.echo(text)  # flushes each line

"""From a pack's text to a TenantPack, or to every fault in it with its place."""

from pathlib import Path

import orjson

from common.text import Text

from .checks import check_references
from .faults import Fault, PackInvalid, Problem, dotted
from .model import TenantPack
from .shape import check_shape
from .source import MAX_BYTES, Node, Unreadable, read_source


def check_pack(text: str) -> list[Fault]:
    """Return every fault of a pack's text in the order of the file; an empty list if it can be applied."""
    return _examine(text)[1]


def parse_pack(text: str) -> TenantPack:
    """Return the pack that a YAML text holds; PackInvalid with every fault otherwise."""
    root, faults = _examine(text)
    if faults or root is None:
        raise PackInvalid(faults)
    return TenantPack.model_validate_json(orjson.dumps(root.plain()))


def load_pack(path: Path | str) -> TenantPack:
    """Return the pack of a YAML file; PackInvalid with every fault otherwise, OSError if there is no such file."""
    return parse_pack(read_text(path))


def read_text(path: Path | str) -> str:
    """Return the text of a pack file, reading no more than a pack may have; PackInvalid if it is not UTF-8."""
    with Path(path).open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    try:
        # A text cut in the middle of a character is too long anyway, which is then said.
        return data.decode("utf-8-sig", errors="strict" if len(data) <= MAX_BYTES else "replace")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise PackInvalid(
            [
                Fault(
                    line,
                    1,
                    "",
                    "yaml.encoding",
                    "文件不是 UTF-8 编码，请另存为 UTF-8",
                    "the file is not UTF-8: save it as UTF-8",
                )
            ]
        ) from None


def _examine(text: str) -> tuple[Node | None, list[Fault]]:
    try:
        root, repeated = read_source(text)
    except Unreadable as error:
        return None, [_fault(Problem((), error.code, error.text), error.line, error.column)]
    view, problems = check_shape(root)
    problems += check_references(view)
    faults = [_fault(problem, line, column) for problem, line, column in repeated]
    faults += [_fault(problem, *_position(root, problem)) for problem in problems]
    return root, sorted(set(faults))


def _position(root: Node, problem: Problem) -> tuple[int, int]:
    """Return line and column of a problem: its own value, or the nearest part around it that is in the file."""
    for length in range(len(problem.place), -1, -1):
        node = root.find(problem.place[:length])
        if node is not None:
            whole = length == len(problem.place)
            return node.key_at if problem.at_key and whole and node.key_at else (node.line, node.column)
    return 1, 1


def _fault(problem: Problem, line: int, column: int) -> Fault:
    text: Text = problem.text
    return Fault(line, column, dotted(problem.place), problem.code, text.zh, text.en)

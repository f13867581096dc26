"""Where a branch may stand in the tree, and the paths of what hangs below it."""

import re
from collections.abc import Mapping

from common.contracts.pack.organisation import Organisation
from common.identifiers import Fault
from common.text import Text

LONGEST_NAME = 60
DEEPEST_PATH = 400
_CODE = re.compile(r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*", re.ASCII)
CODE = Fault(
    "branch.code",
    Text("机构代码不正确。", "The code is wrong."),
    Text(
        "请用小写字母、数字、短横线或下划线，以字母开头，最多40个字符。",
        "Use small letters, digits, - and _, beginning with a letter; at most 40.",
    ),
)
NAME_MISSING = Fault(
    "branch.name_missing",
    Text("没有填写机构名称。", "The name is missing."),
    Text("请填写中文和英文名称。", "Enter it in Chinese and English."),
)
NAME_LONG = Fault(
    "branch.name_length",
    Text(f"机构名称最多{LONGEST_NAME}个字。", f"A name has at most {LONGEST_NAME} characters."),
    Text("请缩短后重试。", "Shorten it."),
)
REGION = Fault(
    "branch.region",
    Text("行政区划代码应为6位数字。", "A division code has 6 digits."),
    Text("请按 GB/T 2260 填写，或留空。", "Use GB/T 2260, or leave it out."),
)
LEVEL = Fault(
    "branch.level",
    Text("机构层级不正确。", "The level is wrong."),
    Text(
        "请选择本工会设置的、低于上级机构且高于单位的层级。",
        "Choose a level of the union below the parent's and above the unit.",
    ),
)


def branch_faults(
    *, code: str | None, name_zh: str, name_en: str, region: str | None
) -> dict[str, list[Fault]]:
    """Return all that is wrong with a branch's own values, by field."""
    return {
        "code": [CODE] if code is not None and not (len(code) <= 40 and _CODE.fullmatch(code)) else [],
        "name_zh": _name_faults(name_zh),
        "name_en": _name_faults(name_en),
        "region": [REGION]
        if region and not (len(region) == 6 and region.isascii() and region.isdigit())
        else [],
    }


def _name_faults(name: str) -> list[Fault]:
    if not name:
        return [NAME_MISSING]
    return [NAME_LONG] if len(name) > LONGEST_NAME or not name.isprintable() else []


def level_faults(organisation: Organisation, *, level: str, parent_level: str) -> list[Fault]:
    """Return what is wrong with a level: it stands below its parent's and above the unit's."""
    depth: Mapping[str, int] = {part.code: number for number, part in enumerate(organisation.levels)}
    above = depth.get(parent_level, -1)
    fits = level in depth and above < depth[level] < len(depth) - 1
    return [] if fits else [LEVEL]


def child_path(parent_path: str, code: str) -> str:
    """Return the path of a branch below another."""
    return f"{parent_path}{code}/"


def moved_path(path: str, *, old: str, new: str) -> str:
    """Return where a path that lies at or below `old` lies after the move to `new`."""
    return new + path[len(old) :]


def may_hang_below(path: str, parent_path: str) -> bool:
    """Whether a branch may move below a parent: not below itself."""
    return not parent_path.startswith(path)

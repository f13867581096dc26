"""The two faults that every check knows: a name that is not there, and a rule between parts that is broken."""

from collections.abc import Collection, Iterator

from common.text import Text

from ..faults import Place, Problem

_KINDS = {
    "fund": "基金", "benefit": "待遇", "product": "项目", "role": "角色", "chain": "审批流程", "article": "文章",
    "article kind": "内容类别",
    "illness": "病种", "claim kind": "申请类型", "branch": "机构", "level": "层级", "permission": "权限",
    "event": "消息事件", "field": "字段",
    "answer": "选项",
}  # fmt: skip


def unknown(place: Place, kind: str, code: str, known: Collection[str]) -> Iterator[Problem]:
    """Yield a fault if `code` is not among the known codes of this kind of part, naming the nearest known one."""
    if code not in known:
        near = _nearest(code, known)
        zh = f"{_KINDS[kind]} {code} 不存在" + (f"，是否为 {near}？" if near else "")
        en = f"there is no {kind} {code}" + (f"; did you mean {near}?" if near else "")
        yield Problem(place, "unknown_reference", Text(zh, en))


def wrong(place: Place, code: str, zh: str, en: str) -> Problem:
    """Return a fault with its own sentence."""
    return Problem(place, code, Text(zh, en))


def _nearest(code: str, known: Collection[str]) -> str | None:
    from difflib import get_close_matches

    return next(iter(get_close_matches(code, sorted(known), n=1)), None)

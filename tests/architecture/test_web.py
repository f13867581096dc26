"""The web apps keep the house's rules: one client, both languages, and a menu that knows the services' permissions."""

import re
from collections.abc import Iterator
from functools import cache

import pytest

from common.auth.permissions import all_permissions
from huzhu.gateway.app import service_apps
from huzhu.gateway.describe import placeholder_environment

from .test_routes import permissions_of, routes_of
from .web_source import COMMENTS, Source, bare_chinese, sources

APPS = ("apps/member/src", "apps/console/src", "packages/shared/src")
CLIENTS = {
    "packages/shared/src/http.ts": "the client",
    "packages/shared/src/session.ts": "a session is renewed and ended below the client, which itself waits for it",
    "packages/shared/src/leaving.ts": "the service is told of a sign-out beside, without waiting and without a session",
}
ASKS = re.compile(r"\b(?:fetch\s*\(|XMLHttpRequest|sendBeacon|EventSource|WebSocket|axios)")

WORDS = {"apps/member/src/messages.ts", "apps/console/src/messages.ts", "packages/shared/src/messages.ts"}
"""Beside the member app's folder of words; both halves are compared by the apps' own tests."""
IN_EVERY_LANGUAGE = {
    "中文": "a language is named in itself",
    "微信": "the name of a program, as it calls itself",
    "支付宝": "the name of a program, as it calls itself",
    "微信 WeChat": "the name of a program, as it calls itself",
    "全部删除": "the words that the service asks for, whatever the language",
}


@cache
def everything() -> list[Source]:
    return sources(*APPS)


def own_calls(found: list[Source]) -> Iterator[str]:
    """Servers are asked through one client, which knows tokens, languages, refusals and lost connections."""
    for source in found:
        if source.path not in CLIENTS:
            text = COMMENTS.sub("", source.text)
            yield from (f"{source.path}: {asked}" for asked in ASKS.findall(text))


def one_language(found: list[Source]) -> Iterator[str]:
    for source in found:
        if source.path not in WORDS and "/words/" not in source.path:
            known = IN_EVERY_LANGUAGE
            yield from (f"{source.path}: {said}" for said in bare_chinese(source) if said not in known)


def test_pages_ask_through_the_client() -> None:
    assert list(own_calls(everything())) == []
    assert {one.path for one in everything() if ASKS.search(COMMENTS.sub("", one.text))} == set(CLIENTS)


def test_every_sentence_of_a_page_has_its_english() -> None:
    assert list(one_language(everything())) == []
    assert len(everything()) > 150


def page(text: str) -> list[Source]:
    return [Source("apps/console/src/pages/Planted.vue", text)]


@pytest.mark.parametrize(
    "text",
    [
        "<script setup>\nawait fetch('/api/claims')\n</script>",
        "new XMLHttpRequest()",
        "navigator.sendBeacon(a)",
    ],
)
def test_a_planted_call_is_seen(text: str) -> None:
    assert list(own_calls(page(text)))


@pytest.mark.parametrize(
    "text",
    [
        "<template>\n<p>联系我们</p>\n</template>\n",
        "<template>\n<p>{{ count }} 人</p>\n</template>\n",
        '<template>\n<input placeholder="请填写">\n</template>\n',
        "<template>\n<input :placeholder=\"'请填写'\">\n</template>\n",
        "<template>\n<p>{{ ready ? '好了' : '等待' }}</p>\n</template>\n",
        "<script setup>\nconst title = '联系我们'\n</script>\n",
        "<script setup>\nconst title = `共 ${count} 人`\n</script>\n",
        "<script setup>\nconst title = say('联系我们', '联系我们')\n</script>\n",
        "<script setup>\nconst title = say('联系我们', `${english ? '无' : 'none'} contact`)\n</script>\n",
    ],
)
def test_planted_chinese_is_seen(text: str) -> None:
    assert list(one_language(page(text)))


@pytest.mark.parametrize(
    "text",
    [
        "<template>\n<!-- 注 -->\n<p :title=\"say('联系', 'Contact')\">{{ say(`${n} 人`, `${n}`) }}</p>\n</template>\n",
        "<script setup>\n// 注\nconst pair = ['one', '联系', 'Contact']\n</script>\n",
        "<script setup>\nconst text = english ? 'Contact' : '联系'\n</script>\n",
        "<script setup>\nconst text = say(`共 ${n} 人${m ? `，另有 ${m} 人` : ''}`, `${n}`)\n</script>\n",
        "<script setup>\nconst plain = value.replace(/[,，元]/g, '')\n</script>\n",
    ],
)
def test_both_languages_side_by_side_are_fine(text: str) -> None:
    assert list(one_language(page(text))) == []


ENTRY = re.compile(r"\{ to: '([\w-]+)'.*?may: \[([^\]]*)\]")
PAGE = re.compile(r"path: '([\w-]+)', component: \(\) => import\('\./(pages/[\w/]+\.vue)'\)")
QUOTED = re.compile(r"'([^']+)'")
CALL = re.compile(r"[`'\"]/api/([^`'\"?]*)")
FILLED = re.compile(r"\$\{(?:[^{}]|\{[^{}]*\})*\}")
ASKED = re.compile(r"\bmay\('([^']+)'\)|'((?:identity|enrollment|claims|notify|ocr|activities)\.\w+\.\w+)'")
ELSEWHERE = {
    "guides": "articles are read by everybody; the entry is for those who look after a unit",
    "payments": "a list of orders; each leads to the order's page, where the payment is confirmed",
    "counter": "what was taken in is handed on by desk/counter/sync.ts, line or no line",
}
"""Entries whose page itself asks nothing that needs their permission, each with its reason."""


def files() -> dict[str, str]:
    return {one.path.removeprefix("apps/console/src/"): one.text for one in everything()}


def entries(menu: str) -> dict[str, list[str]]:
    return {to: QUOTED.findall(may) for to, may in ENTRY.findall(menu)}


@cache
def demands() -> dict[str, set[str]]:
    """Return what each route demands, by method and path."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in placeholder_environment().items():
            patch.setenv(name, value)
        return {name: set(permissions_of(route.dependant)) for name, route in routes_of(service_apps())}


def demanded_by(page: str) -> set[str]:
    """Return the permissions of the routes that a page calls."""
    calls = CALL.findall(FILLED.sub("*", page))
    asked = [
        [part if part == "*" else re.split(r"\*|\$\{", part)[0] for part in call.split("/")] for call in calls
    ]
    found: set[str] = set()
    for name, permissions in demands().items():
        path = name.split(" /", 1)[1].split("/")
        for call in asked:
            same = (one in (part, "*") or part.startswith("{") for one, part in zip(call, path, strict=False))
            if len(call) == len(path) and all(same):
                found |= permissions
    return found


def idle_entries(menu: str, pages: dict[str, str]) -> set[tuple[str, str]]:
    """Entries with a permission that nothing asks for which their page calls: they open a page that refuses."""
    return {
        (to, permission)
        for to, may in entries(menu).items()
        if to not in ELSEWHERE
        for permission in set(may) - demanded_by(pages[to])
    }


def pages_of() -> dict[str, str]:
    return {to: files()[path] for to, path in PAGE.findall(files()["routes.ts"])}


def test_the_menu_shows_what_its_pages_may_ask() -> None:
    menu = files()["desk/menu.ts"]
    assert idle_entries(menu, pages_of()) == set()
    assert len(entries(menu)) > 40 and set(ELSEWHERE) <= set(entries(menu))
    assert all(entries(menu).values()), "each entry is for somebody"


@pytest.mark.parametrize("wrong", ["identity.unit.raed", "claims.claim.read"])
def test_a_planted_wrong_permission_is_seen(wrong: str) -> None:
    menu = files()["desk/menu.ts"].replace("identity.unit.read", wrong)
    assert idle_entries(menu, pages_of()) == {("units", wrong)}


def test_permissions_that_pages_ask_for_are_the_services_own() -> None:
    asked = {(one.path, a or b) for one in everything() for a, b in ASKED.findall(one.text)}
    may = {
        (one.path, name)
        for one in everything()
        for _, given in ENTRY.findall(one.text)
        for name in QUOTED.findall(given)
    }
    known = set(all_permissions())
    assert {(path, name) for path, name in asked | may if name not in known} == set()
    assert len(asked) > 40


DIALOG = re.compile(r"\bask\(\{")
TYPED = re.compile(r"\bfields\b")
NOT_TYPED = re.compile(r"fields: \[(?:\{[^{}]*type: '(?:file|password|switch|select)'[^{}]*\}(?:, )?)+\]")
NOT_KEPT = {
    "editor/inserting.ts: 图片说明": "part of the text, whose draft is kept",
    "editor/inserting.ts: 插入图片": "a file is chosen; the text's draft is kept",
    "editor/inserting.ts: 插入表格": "part of the text, whose draft is kept",
    "editor/inserting.ts: title": "a link, part of the text, whose draft is kept",
    "pages/admin/BranchTree.vue: 调整上级": "a place is chosen, nothing is typed",
    "pages/admin/MyAccount.vue: 修改密码": "passwords are not kept",
    "pages/admin/MyAccount.vue: 确认动态口令": "a code that is good for half a minute",
    "pages/admin/MyAccount.vue: 停用动态口令": "a password and a code that is good for half a minute",
    "pages/members/RequestList.vue: title": "about the person looked up a moment before, of whom no id is known",
    "pages/orders/OrderPage.vue: 确认参保人员": "about the person looked up a moment before, of whom no id is known",
}


def forgetful_dialogs(found: list[Source]) -> Iterator[str]:
    """What somebody types into a dialog survives a reload: the dialog says what it is about."""
    for source in found:
        for opened in DIALOG.finditer(source.text):
            text = source.text[opened.end() :]
            depth, end = 1, 0
            while depth and end < len(text):
                depth += {"{": 1, "}": -1}.get(text[end], 0)
                end += 1
            asked = text[:end]
            title = re.search(r"title: \['([^']+)'|\b(title)\b", asked)
            if TYPED.search(asked) and not NOT_TYPED.search(asked) and not re.search(r"\babout\b", asked):
                named = next(filter(None, title.groups()), "") if title else ""
                yield f"{source.path.removeprefix('apps/console/src/')}: {named}"


def test_what_is_typed_into_a_dialog_is_kept() -> None:
    assert sorted(set(forgetful_dialogs(everything())) - set(NOT_KEPT)) == []


def test_a_planted_dialog_that_forgets_is_seen() -> None:
    asked = "<script setup>\nask({ title: ['拒绝', 'Reject'], fields: [{ name: 'a', label: ['甲', 'A'] }] })\n</script>"
    assert list(forgetful_dialogs(page(asked))) == ["pages/Planted.vue: 拒绝"]
    assert list(forgetful_dialogs(page(asked.replace("title", "about: one.id, title", 1)))) == []

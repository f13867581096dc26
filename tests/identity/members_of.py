"""Unions of the other packs, their members put into the register, and people who bind."""

from typing import Any
from uuid import UUID

from common.clock import now, today
from common.identifiers import plain_document_number
from common.ids import new_id
from common.testing import Client
from identity.codes import captcha
from identity.members.repository import MemberRepository

from .union import ROOT, Union, a_mobile, an_id_number, apply


async def union_of(client: Client, pack: str, **changes: str) -> Union:
    """Apply one of the shipped packs as a new union's."""
    tenant_id = new_id()
    code = f"u{tenant_id.hex[-20:]}"
    text = (ROOT / "tenants" / f"{pack}.yaml").read_text(encoding="utf-8")
    known = text.split("\n  id: ", 1)[1].split("\n", 1)[0]
    text = text.replace(f"code: {pack}", f"code: {code}", 1).replace(known, str(tenant_id))
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    answer = await apply(client, code, text)
    assert answer.status_code == 200, answer.text
    return Union(client, tenant_id, code, text)


async def admit(
    union: Union,
    *,
    name: str = "李梅",
    number: str | None = None,
    kind: str = "resident_id",
    state: str = "confirmed",
    mobile: str | None = None,
) -> dict[str, Any]:
    """Put a member into the register."""
    number = plain_document_number(number or an_id_number())
    keys = await union.keys()
    row = {
        "id": keys.person_id(kind, number), "created_at": now(), "version": 1, "state": state,
        "document_kind": kind, "document_sealed": keys.seal(number, context="person.document"),
        "document_index": keys.blind("document", number), "name_sealed": keys.seal(name, context="person.name"),
        "name_index": keys.blind("name", name), "effective_on": today(), "pack_version": 1,
        **({"mobile_sealed": keys.seal(mobile, context="person.mobile"), "mobile_index": keys.blind("mobile", mobile)}
           if mobile else {}),
    }  # fmt: skip
    async with union.client.context.db.transaction(union.id) as session:
        members = MemberRepository.of(session)
        new = await members.register_new([row])
        members.remember(await members.locked(list(new)), reason="registered")
    return {"person_id": str(row["id"]), "name": name, "document_kind": kind, "document_number": number}


async def an_answer(union: Union, kind: str = "image") -> dict[str, str]:
    """Return the right answer to a captcha, as an eye or an ear would find it."""
    said: list[str] = []
    drawn = captcha._draw, captcha._speak
    captcha._draw = lambda text: said.append(text) or drawn[0](text)  # type: ignore[assignment,func-returns-value]
    captcha._speak = lambda text: said.append(text) or b"RIFF"  # type: ignore[assignment,func-returns-value]
    try:
        made = await union.post("/captchas", {"kind": kind})
    finally:
        captcha._draw, captcha._speak = drawn
    assert made.status_code == 201, made.text
    return {"captcha_id": made.json()["captcha_id"], "answer": said[-1]}


async def binding_of(union: Union, member: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return the body of a binding with a proved mobile."""
    mobile = changes.pop("mobile", None) or a_mobile()
    purpose = changes.pop("purpose", "bind")
    answered = {"captcha": await an_answer(union)} if union.pack.registration.binding.captcha else {}
    code = await union.code_for(mobile, purpose, **answered)  # type: ignore[arg-type]
    body = {
        "name": member["name"], "document_kind": member["document_kind"],
        "document_number": member["document_number"], "mobile": mobile, "code": code,
    }  # fmt: skip
    return {**body, **({"consent": {"version": 1}} if purpose == "bind" else {}), **changes}


async def begun(union: Union, member: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Begin to bind and return the answer with the headers of the device."""
    body = await binding_of(union, member, **changes)
    path = "/bindings/recover" if changes.get("purpose") == "recover" else "/bindings"
    answer = await union.post(path, body)
    assert answer.status_code == 201, answer.text
    return {
        **answer.json(),
        "mobile_typed": body["mobile"],
        "headers": {"Huzhu-Binding": answer.json()["token"]},
    }


async def steer(union: Union, **ports: str) -> None:
    """Let the sandbox decide so from now on."""
    answer = await union.client.send("PUT", "/sandbox/verifications", tenant=union.code, json=ports)
    assert answer.status_code == 200, answer.text


async def face(union: Union, binding: dict[str, Any], verdict: str = "pass") -> dict[str, Any]:
    """Go through one face verification and return the answer about its outcome."""
    await steer(union, face=verdict)
    path, headers = f"/bindings/{binding['id']}/face", binding["headers"]
    started = await union.post(path, {"consent": True}, headers=headers)
    assert started.status_code == 200, started.text
    ended = await union.post(f"{path}/outcome", headers=headers)
    assert ended.status_code == 200, ended.text
    return dict(ended.json())


async def bound(union: Union, member: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """Bind a member and return the tokens, the mobile and the member."""
    member = member or await admit(union)
    binding = await begun(union, member, **changes)
    tokens = binding["tokens"] or (await face(union, binding))["tokens"]
    return {
        **member,
        "mobile": binding["mobile_typed"],
        "tokens": tokens,
        "account_id": tokens["account"]["id"],
    }


def as_uuid(value: str) -> UUID:
    return UUID(value)

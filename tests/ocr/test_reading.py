"""Who sees a document: its owner, staff of the whole tenant, the bearer of a signed link, and nobody else."""

from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import pytest

from common.audit import verify as verify_audit
from common.auth import Actor
from common.crypto import sign
from common.ids import new_id

from . import files
from .world import READ, UPLOAD, World

PATHS = ["/documents/{id}", "/documents/{id}/content"]


@pytest.mark.parametrize("path", PATHS)
async def test_anonymous_foreign_and_other_tenant(world: World, other: World, path: str) -> None:
    body = await world.stored(world.member())
    address = path.format(id=body["document_id"])
    assert (await world.client.get(address)).status_code == 401
    assert (await world.client.get(address, world.member())).status_code == 404
    assert (await world.client.get(address, world.handler())).status_code == 404
    assert (await world.client.get(address, other.staff())).status_code == 404
    assert (await world.client.get(address, world.staff("claims.claim.read"))).status_code in {403, 404}
    assert (await world.client.get(address, world.staff(READ, org_path="/a/b/"))).status_code == 404
    assert (await world.client.get(path.format(id=new_id()), world.staff())).status_code == 404


async def test_reading_needs_a_permission(world: World) -> None:
    body = await world.stored(world.member())
    for path in (f"/documents/{body['document_id']}", "/documents"):
        assert (await world.client.get(path, world.member("claims.claim.submit"))).status_code == 403


async def test_a_member_without_the_permission_of_staff_reads_nothing_of_others(world: World) -> None:
    """A member's token that holds the staff's permission by a mistake of a pack still sees its own only."""
    body = await world.stored(world.member())
    wrong = world.member(UPLOAD, READ)
    assert (await world.client.get(f"/documents/{body['document_id']}", wrong)).status_code == 404


@pytest.mark.parametrize("data", [files.jpeg(), files.photo(), files.pdf()], ids=["jpg", "photo", "pdf"])
async def test_the_owner_gets_back_what_was_handed_in(world: World, data: bytes) -> None:
    member = world.member()
    body = await world.stored(member, data, name="我的.jpg")
    response = await world.client.get(f"/documents/{body['document_id']}/content", member)
    assert response.status_code == 200 and response.content == data
    assert response.headers["content-type"] == body["media_type"]
    assert response.headers["content-disposition"] == "inline; filename*=UTF-8''%E6%88%91%E7%9A%84.jpg"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["content-length"] == str(len(data))
    assert await world.audited() == []


async def test_a_person_sees_it_from_another_account(world: World) -> None:
    person = new_id()
    body = await world.stored(world.member(person_id=person))
    again = world.member(person_id=person)
    assert (await world.read(again, body["document_id"]))["state"] == "stored"
    listed = (await world.client.get("/documents", again)).json()["items"]
    assert [item["document_id"] for item in listed] == [body["document_id"]]


@pytest.mark.feature("N.07")
async def test_what_staff_look_at_is_in_the_audit_log(world: World) -> None:
    body = await world.stored(world.member())
    staff = world.staff()
    await world.read(staff, body["document_id"])
    await world.client.get(f"/documents/{body['document_id']}/content", staff)
    assert await world.audited() == [("document.read", str(staff.id)), ("document.opened", str(staff.id))]
    async with world.client.context.db.transaction(world.tenant.id) as session:
        assert (await verify_audit(session)).intact


async def test_a_link_opens_its_document_without_a_token(world: World) -> None:
    data = files.png()
    body = await world.stored(world.member(), data)
    reader = str(new_id())
    link = world.link(body["document_id"], reader_id=reader)
    response = await world.client.get(f"/documents/{body['document_id']}/content", params={"link": link})
    assert response.status_code == 200 and response.content == data
    assert await world.audited() == [("document.opened_by_link", reader)]


async def test_a_link_opens_nothing_else(world: World, other: World) -> None:
    body, second = await world.stored(world.member()), await world.stored(world.member())
    path = f"/documents/{body['document_id']}/content"

    async def code(link: str) -> str:
        response = await world.client.get(path, params={"link": link})
        assert response.status_code in {403, 404, 410}
        return str(response.json()["code"])

    assert await code(world.link(second["document_id"])) == "link.forged"
    assert await code(world.link(body["document_id"], tenant_id=str(other.tenant.id))) == "resource.not_found"
    assert await code(world.link(body["document_id"], ttl=timedelta(seconds=-1))) == "link.expired"
    assert await code(world.link(body["document_id"])[:-3] + "AAA") == "link.forged"
    assert await code(body["receipt"]) == "link.forged"
    claims = {"document_id": body["document_id"], "tenant_id": str(world.tenant.id)}
    assert await code(sign("document-link", claims, bytes(32), timedelta(minutes=5))) == "link.forged"
    assert (
        await code(sign("document-link", {"document_id": 1}, world.link_key, timedelta(1))) == "link.forged"
    )


async def test_the_list_is_ones_own_in_pages(world: World) -> None:
    member, stranger = world.member(), world.member()
    assert (await world.client.get("/documents")).status_code == 401
    ids = [(await world.stored(member))["document_id"] for _ in range(3)]
    await world.stored(stranger)
    first = (await world.client.get("/documents", member, params={"limit": 2})).json()
    rest = await world.client.get("/documents", member, params={"limit": 2, "cursor": first["next_cursor"]})
    found = [item["document_id"] for item in first["items"] + rest.json()["items"]]
    assert found == ids[::-1] and rest.json()["next_cursor"] is None
    staff = (await world.client.get("/documents", world.staff(UPLOAD, READ))).json()
    assert staff["items"] == []


async def test_staff_of_a_branch_read_what_was_recognised_through_their_own_link(
    world: World, other: World
) -> None:
    body = await world.stored(world.member())
    document_id, branch = body["document_id"], world.staff(READ, org_path="/a/")

    async def status(actor: Actor, **link: Any) -> int:
        token = world.link(document_id, **link)
        answer = await world.client.get(f"/documents/{document_id}", actor, params={"link": token})
        return answer.status_code

    assert await status(branch, reader_id=str(branch.id)) == 200
    assert await status(branch) == 404, "a link of somebody else"
    assert await status(branch, reader_id=str(branch.id), ttl=timedelta(seconds=-1)) == 404
    member = world.member()
    assert await status(member, reader_id=str(member.id)) == 404
    stranger = other.staff(READ, org_path="/a/")
    assert await status(stranger, reader_id=str(stranger.id)) == 404
    assert await status(world.staff(READ), ttl=timedelta(seconds=-1)) == 200, "the whole union needs none"


async def test_an_office_that_a_paper_passes_sees_it_whole_but_not_what_was_read(world: World) -> None:
    body = await world.stored(world.member())
    path = f"/documents/{body['document_id']}"
    for office in (world.staff("x", org_path="/a/"), world.staff(UPLOAD, org_path="/a/")):
        link = world.link(body["document_id"], reader_id=str(office.id))
        shown = await world.client.get(path, office, params={"link": link})
        assert shown.status_code == 200, shown.text
        assert shown.json()["filename"] == body_name(
            await world.client.get(f"{path}/content", params={"link": link})
        )
        assert shown.json()["fields"] == {}
    nobody = world.staff("x")
    assert (await world.client.get(path, nobody)).status_code == 403
    another = world.link(body["document_id"])
    assert (await world.client.get(path, nobody, params={"link": another})).status_code == 403
    assert (await world.client.get(path, params={"link": another})).status_code == 401


def body_name(answer: Any) -> str:
    return unquote(answer.headers["Content-Disposition"].split("''")[1])

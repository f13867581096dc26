"""Erasure of a person's documents, and contents that no document has."""

from datetime import timedelta
from uuid import UUID

import pytest

from common.clock import now, set_to
from common.consumer import ConsumerContext
from common.contracts.erasure import ClaimsErasureDone, EnrollmentErasureDone
from common.contracts.identity import PersonErased
from common.crypto import PersonErased as KeyDestroyed
from common.crypto.persons import PersonKeys
from common.errors import NotFound
from common.events.contract import Event
from common.events.outbox import wrap
from common.ids import new_id
from common.storage import object_name
from ocr.consumers import SUBSCRIPTIONS
from ocr.documents import rules
from ocr.documents.vault import FOLDER
from ocr.erasure.service import erase_person
from ocr.extras import vault_of
from ocr.jobs import ORPHAN_AGE, made_as, made_at, remove_orphans

from . import files
from .test_recognizer import OwnLane
from .world import UPLOAD, World


async def erase(world: World, person_id: object) -> int:
    context = world.client.context
    async with context.db.transaction(world.tenant.id) as session:
        return await erase_person(
            session,
            person_id=person_id,
            actor_id="system",
            vault=vault_of(context),  # type: ignore[arg-type]
        )


@pytest.mark.feature("N.07")
async def test_a_person_s_erasure_is_heard_once_and_twice(world: World) -> None:
    member = world.member()
    body = await world.stored(member, files.photo())
    assert member.person_id is not None
    said = PersonErased(request_id=new_id(), person_id=member.person_id)
    for _ in range(2):
        await deliver(world, said)
    row = await world.row(body["document_id"])
    assert (row.state, row.phash, row.thumbnail, row.filename) == ("erased", None, False, None)
    gone = await world.client.get(f"/documents/{body['document_id']}/thumbnail", member)
    assert (gone.status_code, gone.json()["code"]) == (410, "document.erased")
    assert (await world.audited()).count(("person.documents_erased", f"erasure:{said.request_id}")) >= 1


async def deliver(world: World, said: Event) -> None:
    """Hand an event to who listens to it."""
    context = world.client.context
    (subscription,) = [one for one in SUBSCRIPTIONS if one.event is type(said)]
    async with context.db.transaction(world.tenant.id) as session:
        wrapped = ConsumerContext(context, wrap(said, tenant_id=world.tenant.id))
        await subscription.handler(session, said, wrapped)


@pytest.mark.feature("N.07", "C.11")
@pytest.mark.parametrize("kind", [ClaimsErasureDone, EnrollmentErasureDone, PersonErased])
async def test_what_others_handed_in_about_an_erased_person_goes_too(
    world: World, kind: type[ClaimsErasureDone] | type[EnrollmentErasureDone] | type[PersonErased]
) -> None:
    """A clerk's scan at the counter and a handler's paper: each has a key of its own, which is destroyed."""
    member, neighbour, staff, handler = world.member(), world.member(), world.staff(UPLOAD), world.handler()
    scan = await world.stored(staff, recognize=True)
    papers = [scan["document_id"], (await world.stored(handler))["document_id"]]
    other = (await world.stored(staff))["document_id"]
    theirs = (await world.stored(neighbour))["document_id"]
    assert member.person_id is not None
    named = tuple(UUID(one) for one in [*papers, theirs, str(new_id())])
    rows = {} if kind is PersonErased else {"rows": 1}
    said = kind(request_id=new_id(), person_id=member.person_id, documents=named, **rows)
    for _ in range(2):
        await deliver(world, said)
    for one in papers:
        assert (await world.row(one)).state == "erased"
        gone = await world.client.get(f"/documents/{one}/content", params={"link": world.link(one)})
        assert (gone.status_code, gone.json()["code"]) == (410, "document.erased")
    assert await world.queued(scan["document_id"]) is None
    assert (await world.client.get(f"/documents/{other}/content", staff)).status_code == 200
    assert (await world.client.get(f"/documents/{theirs}/content", neighbour)).status_code == 200
    context = world.client.context
    async with context.db.transaction(world.tenant.id) as session:
        with pytest.raises(KeyDestroyed):
            await PersonKeys(context.keyring).find(session, UUID(papers[0]))
    assert (await world.audited()).count(("person.documents_erased", f"erasure:{said.request_id}")) >= 1


@pytest.mark.feature("N.07")
async def test_an_erased_person_s_documents_are_gone_for_everybody(world: World) -> None:
    member, neighbour = world.member(), world.member()
    body = await world.stored(member, recognize=True)
    waiting = await world.stored(member, recognize=True)
    kept = await world.stored(neighbour)
    assert await OwnLane(world, None).one()
    link = world.link(body["document_id"])
    assert await erase(world, member.person_id) == 2
    path = f"/documents/{body['document_id']}/content"
    for response in (
        await world.client.get(path, member),
        await world.client.get(path, world.staff()),
        await world.client.get(path, params={"link": link}),
    ):
        assert (response.status_code, response.json()["code"]) == (410, "document.erased")
    read = await world.read(member, body["document_id"])
    assert (read["state"], read["filename"], read["fields"], read["type"]) == ("erased", None, {}, None)
    assert await world.queued(waiting["document_id"]) is None
    assert (await world.client.get(f"/documents/{kept['document_id']}/content", neighbour)).status_code == 200
    context = world.client.context
    async with context.db.transaction(world.tenant.id) as session:
        with pytest.raises(KeyDestroyed):
            await PersonKeys(context.keyring).find(session, member.person_id)  # type: ignore[arg-type]
    assert ("person.documents_erased", "system") in await world.audited()


async def test_erasing_again_changes_nothing_and_no_new_key_is_made(world: World) -> None:
    member = world.member()
    body = await world.stored(member)
    await erase(world, member.person_id)
    version = (await world.row(body["document_id"])).version
    await erase(world, member.person_id)
    assert (await world.row(body["document_id"])).version == version
    refused = await world.upload(member)
    assert (refused.status_code, refused.json()["code"]) == (409, "document.owner_erased")
    assert await world.count_documents() == 1


async def test_a_document_erased_while_it_is_read_stays_erased(world: World) -> None:
    member = world.member()
    body = await world.stored(member, recognize=True)

    async def erased_meanwhile() -> None:
        await erase(world, member.person_id)

    assert await OwnLane(world, erased_meanwhile).one()
    row = await world.row(body["document_id"])
    assert row.state == "erased" and row.recognition is None
    assert await world.events("ocr.document_recognized.v1") == []


async def test_contents_without_a_document_are_removed_after_a_while(world: World) -> None:
    body = await world.stored(world.member())
    store = vault_of(world.client.context).store
    young = new_id()
    old = type(young)(
        int=(young.int & ((1 << 80) - 1)) | int((made_at(young) - 2 * ORPHAN_AGE).timestamp() * 1000) << 80
    )
    assert made_at(young) - made_at(old) >= timedelta(hours=1)
    for each in (young, old):
        await store.put_bytes(object_name(world.tenant.id, FOLDER, each), b"left behind")
    await remove_orphans(world.client.context, world.tenant.id)
    left = {name.rsplit("/", 1)[-1] for name in await world.object_names()}
    assert left == {body["document_id"], str(young)}


@pytest.mark.feature("N.07")
async def test_what_was_erased_leaves_the_store_too(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Older papers of a clerk lie under the clerk's key, which lives on: nothing of them stays in the store."""
    staff, member = world.staff(UPLOAD), new_id()
    monkeypatch.setattr(rules.Owner, "key_id", lambda owner, _: owner.account_id)
    older, kept = [(await world.stored(staff, files.photo()))["document_id"] for _ in range(2)]
    assert (await world.row(older)).key_id == staff.id
    await deliver(
        world, ClaimsErasureDone(request_id=new_id(), person_id=member, rows=1, documents=(UUID(older),))
    )
    with set_to(now() + 2 * ORPHAN_AGE):
        await remove_orphans(world.client.context, world.tenant.id)
    assert {made_as(name) for name in await world.object_names()} == {UUID(kept)}
    assert (await world.client.get(f"/documents/{kept}/content", staff)).status_code == 200


async def test_a_content_that_is_missing_in_the_store_is_not_found(world: World) -> None:
    member = world.member()
    body = await world.stored(member, files.png())
    [name] = await world.object_names()
    await vault_of(world.client.context).store.delete(name)
    response = await world.client.get(f"/documents/{body['document_id']}/content", member)
    assert (response.status_code, response.json()["code"]) == (404, NotFound.code)

"""Tokens, keys, refresh with reuse detection, sign-out."""

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from joserfc import jws
from joserfc.jwk import OKPKey

from common.auth import TokenVerifier
from common.auth.tokens import sign_actor, subject_key
from common.clock import now, set_to
from common.errors import SessionEnded
from common.testing import Client
from identity.accounts.models import Account
from identity.accounts.repository import AccountRepository
from identity.extras import signing_keys

from .union import Union, bearer, from_elsewhere, sign_in_operator


async def tokens_of(union: Union) -> dict:
    return (await union.register_unit())["tokens"]


async def refresh(union: Union, token: str):
    return await union.post("/sessions/refresh", {"refresh_token": token})


async def works(union: Union, tokens: dict) -> bool:
    return (await union.client.get("/units/me", headers=bearer(tokens))).status_code == 200


async def test_a_token_verifies_offline_with_the_published_keys(union: Union) -> None:
    jwks = (await union.client.get("/.well-known/jwks.json")).json()
    assert all("d" not in key and key["crv"] == "Ed25519" for key in jwks["keys"])
    verifier = TokenVerifier(issuer="huzhu", jwks_url="")
    verifier.use_keys(jwks)
    tokens = await tokens_of(union)
    actor = await verifier.verify(tokens["access_token"])
    assert (
        actor.tenant_id == union.id and actor.may("enrollment.order.write") and actor.may("identity.unit.own")
    )
    assert tokens["expires_in"] == 600


def signed_by(tokens: dict) -> dict:
    return dict(jws.extract_compact(tokens["access_token"].encode()).protected)


async def test_a_rotated_key_is_published_before_it_signs_and_the_old_one_after(union: Union) -> None:
    before = await tokens_of(union)
    assert (await union.client.post("/signing-keys")).status_code == 401
    assert (await union.client.post("/signing-keys", union.actor("x"))).status_code == 403
    assert (
        await union.client.post("/signing-keys", union.actor("identity.tenant.manage"))
    ).status_code == 404
    rotated = await union.client.post("/signing-keys", headers=await sign_in_operator(union.client, "ops1"))
    kids = [k["kid"] for k in (await union.client.get("/.well-known/jwks.json")).json()["keys"]]
    new, old = rotated.json()["kid"], signed_by(before)["kid"]
    assert rotated.status_code == 201 and kids[0] == new and old in kids
    signs_from = datetime.fromisoformat(rotated.json()["signs_from"])
    assert timedelta(minutes=10) < signs_from - now() <= timedelta(minutes=15), (
        "a gateway asks each ten minutes"
    )
    assert signed_by(await tokens_of(union))["kid"] == old, "who looks at tokens may not know the new one yet"
    assert await works(union, before)
    with set_to(signs_from + timedelta(minutes=1)):
        assert signed_by(await tokens_of(union))["kid"] == new
        assert old in {key["kid"] for key in (await signing_keys(union.client.context).jwks())["keys"]}
    with set_to(now() + timedelta(hours=3)):
        later = await signing_keys(union.client.context).jwks()
    still = {key["kid"] for key in later["keys"]}
    assert new in still and old not in still


async def test_a_gateway_that_looks_at_tokens_knows_their_algorithm(union: Union) -> None:
    """Envoy knows Ed25519 as EdDSA (RFC 8037), refuses other names in a token, and a whole set that has one."""
    assert signed_by(await tokens_of(union))["alg"] == "EdDSA"
    assert all(key.get("alg", "EdDSA") == "EdDSA" for key in (await jwks_of(union))["keys"])


async def test_tokens_of_a_key_made_before_still_verify(union: Union) -> None:
    old = OKPKey.generate_key("Ed25519", parameters={"kid": "old", "alg": "Ed25519"})
    actor = union.actor("identity.unit.own")
    token = sign_actor(actor, old, issuer="huzhu", issued_at=int(now().timestamp()), lifetime=60)
    verifier = TokenVerifier(issuer="huzhu", jwks_url="")
    verifier.use_keys({"keys": [old.as_dict(private=False)]})
    assert (await verifier.verify(token)).id == actor.id


async def jwks_of(union: Union) -> dict:
    return (await union.client.get("/.well-known/jwks.json")).json()


async def test_processes_that_start_together_make_one_key(identity: Client) -> None:
    from identity.extras import signing_keys as of
    from identity.keys.service import SigningKeys

    shared = of(identity.context)
    others = [
        SigningKeys(identity.context.db, shared._master, rotate_after=timedelta(days=90)) for _ in range(4)
    ]
    before = {key["kid"] for key in (await shared.jwks())["keys"]}
    with set_to(now() + timedelta(days=200)):
        made = await asyncio.gather(*[keys.jwks() for keys in others])
    new = [{key["kid"] for key in one["keys"]} - before for one in made]
    assert len(new[0]) == 1 and all(one == new[0] for one in new)
    await shared.rotate()


async def test_a_refresh_token_is_used_up(union: Union) -> None:
    tokens = await tokens_of(union)
    second = await refresh(union, tokens["refresh_token"])
    assert second.status_code == 200 and second.json()["refresh_token"] != tokens["refresh_token"]
    assert await works(union, second.json())
    assert (await refresh(union, "x" * 43)).json()["code"] == "auth.refresh_invalid"


async def test_a_token_used_twice_ends_the_session_for_good(union: Union) -> None:
    tokens = await tokens_of(union)
    second = (await refresh(union, tokens["refresh_token"])).json()
    with set_to(now() + timedelta(minutes=1)):
        reused = await refresh(union, tokens["refresh_token"])
    assert (reused.status_code, reused.json()["code"]) == (401, "auth.refresh_reused")
    assert (await refresh(union, second["refresh_token"])).json()["code"] == "auth.refresh_invalid"
    assert not await works(union, second) and not await works(union, tokens)


async def test_a_lost_answer_may_be_asked_for_again_at_once(union: Union) -> None:
    tokens = await tokens_of(union)
    first, again = (
        await refresh(union, tokens["refresh_token"]),
        await refresh(union, tokens["refresh_token"]),
    )
    assert first.status_code == again.status_code == 200
    assert (await refresh(union, again.json()["refresh_token"])).status_code == 200


async def test_a_refresh_token_is_good_in_its_union_only_and_not_for_ever(union: Union, other: Union) -> None:
    tokens = await tokens_of(union)
    assert (await refresh(other, tokens["refresh_token"])).status_code == 401
    with set_to(now() + timedelta(days=31)):
        assert (await refresh(union, tokens["refresh_token"])).json()["code"] == "auth.refresh_invalid"


async def test_signing_out_ends_this_session_only(union: Union) -> None:
    registered = await union.register_unit()
    code = await union.code_for(registered["mobile"], "sign_in")
    second = (await union.post("/sessions/handler", {"mobile": registered["mobile"], "code": code})).json()
    ended = await union.client.post("/sessions/end", headers=bearer(registered["tokens"]))
    assert ended.json() == {"ended": True}
    assert not await works(union, registered["tokens"]) and await works(union, second)
    assert (await refresh(union, registered["tokens"]["refresh_token"])).status_code == 401


async def test_signing_out_everywhere_ends_all_sessions_at_once(union: Union) -> None:
    registered = await union.register_unit()
    code = await union.code_for(registered["mobile"], "sign_in")
    second = (await union.post("/sessions/handler", {"mobile": registered["mobile"], "code": code})).json()
    assert (await union.client.post("/sessions/end-all", headers=bearer(second))).status_code == 200
    for tokens in (registered["tokens"], second):
        assert not await works(union, tokens)
        assert (await refresh(union, tokens["refresh_token"])).status_code == 401
    code = await union.code_for(registered["mobile"], "sign_in")
    third = await union.post("/sessions/handler", {"mobile": registered["mobile"], "code": code})
    assert await works(union, third.json()), "a new sign-in has the new epoch"
    actor = await union.client.context.verifier.verify(second["access_token"])
    with pytest.raises(SessionEnded):
        await union.client.context.epochs.check(actor)


@pytest.mark.parametrize("path", ["/sessions/end", "/sessions/end-all"])
async def test_who_may_sign_out(union: Union, other: Union, path: str) -> None:
    tokens = await tokens_of(union)
    client = union.client
    assert (await client.post(path)).status_code == 401
    assert (await client.post(path, union.actor("x"))).status_code == 403
    stranger = other.actor("identity.session.own", id=UUID(tokens["account"]["id"]))
    assert (await client.post(path, stranger)).status_code == 404
    assert await works(union, tokens)


async def test_an_access_token_ends_after_ten_minutes(union: Union) -> None:
    with set_to(now() - timedelta(minutes=11)):
        tokens = await tokens_of(union)
    answer = await union.client.get("/units/me", headers=bearer(tokens))
    assert answer.json()["code"] == "auth.session_ended"


async def test_operators_need_their_secret_and_are_limited(identity: Client) -> None:
    async with from_elsewhere(identity) as elsewhere:
        wrong = await elsewhere.post(
            "/platform/sessions", json={"operator": "ops1", "secret": "not the secret"}
        )
        assert (wrong.status_code, wrong.json()["code"]) == (401, "platform.unknown_operator")
        for _ in range(12):
            last = await elsewhere.post("/platform/sessions", json={"secret": "not the secret"})
        assert last.status_code == 429 and last.json()["params"]["seconds"] > 0
    assert await sign_in_operator(identity, "ops1"), "from another address it goes on"


async def test_an_epoch_whose_commit_failed_locks_nobody_out(union: Union) -> None:
    tokens = await tokens_of(union)
    account_id = UUID(tokens["account"]["id"])
    await union.client.context.epochs.raise_to(subject_key(union.id, account_id), 1)
    assert not await works(union, tokens)
    renewed = await refresh(union, tokens["refresh_token"])
    assert renewed.status_code == 200 and await works(union, renewed.json())


async def test_a_session_that_is_being_ended_is_not_carried_over(union: Union) -> None:
    tokens = await tokens_of(union)
    account_id = UUID(tokens["account"]["id"])
    async with union.client.context.db.transaction(union.id) as session:
        account = await AccountRepository.of(session).find(Account, account_id, lock=True)
        assert account is not None
        account.raise_epoch()
        await session.flush()
        await union.client.context.epochs.raise_to(subject_key(union.id, account_id), account.epoch)
        renewed = await refresh(union, tokens["refresh_token"])
        assert renewed.status_code == 200 and not await works(union, renewed.json())

"""Attacks on sign-in: guessing codes and captchas, forged and foreign tokens, mass assignment, enumeration."""

import asyncio
import time
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from joserfc import jwt
from joserfc.jwk import OKPKey

from common.auth.tokens import AUDIENCE
from common.clock import now, set_to
from common.ids import new_id
from common.testing import Client
from identity.extras import settings_of, signing_keys

from .forgery import unsigned, with_secret
from .members_of import admit, an_answer, binding_of, bound, face, union_of
from .people import registered, registration
from .union import Union, a_mobile, bearer, from_elsewhere

C12, E01, C01 = pytest.mark.feature("C.12"), pytest.mark.feature("E.01"), pytest.mark.feature("C.01")


@pytest_asyncio.fixture(loop_scope="session")
async def beijing(identity: Client) -> Union:
    return await union_of(identity, "beijing")


@C12
async def test_a_code_cannot_be_guessed(union: Union) -> None:
    body = await registration(union)
    answers = [
        (await union.post("/members/register", {**body, "code": f"{guess:06d}"})).json()["code"]
        for guess in range(6)
        if f"{guess:06d}" != body["code"]
    ]
    assert answers[:4] == ["code.wrong"] * 4 and answers[-1] == "code.spent"
    right = await union.post("/members/register", body)
    assert right.json()["code"] == "code.spent", "five tries for the code, not for each request"


@C12
async def test_guesses_at_once_are_counted_as_if_one_by_one(union: Union) -> None:
    body = await registration(union)
    guesses = [{**body, "code": f"{n:06d}"} for n in range(20) if f"{n:06d}" != body["code"]]
    answers = await asyncio.gather(*(union.post("/members/register", guess) for guess in guesses))
    codes = [answer.json()["code"] for answer in answers]
    assert codes.count("code.wrong") <= 4 and set(codes) <= {"code.wrong", "code.spent", "rate.limited"}


@E01
async def test_a_captcha_cannot_be_guessed_and_pictures_are_limited(beijing: Union) -> None:
    asked = {"purpose": "bind", "mobile": a_mobile()}
    answer = await an_answer(beijing)
    for guess in ("AAAAA", answer["answer"]):
        tried = await beijing.post("/verification-codes", {**asked, "captcha": {**answer, "answer": guess}})
        assert tried.json()["code"] == "captcha.wrong", "one try for each picture"
    unknown = {"captcha_id": str(new_id()), "answer": "AAAAA"}
    assert (await beijing.post("/verification-codes", {**asked, "captcha": unknown})).json()[
        "code"
    ] == "captcha.wrong"
    settings = settings_of(beijing.client.context)
    kept, settings.captchas_per_address = settings.captchas_per_address, 10
    try:
        async with from_elsewhere(beijing.client) as client:
            made = [
                (await client.post("/captchas", tenant=beijing.code, json={"kind": "image"})).status_code
                for _ in range(11)
            ]
    finally:
        settings.captchas_per_address = kept
    assert made == [201] * 10 + [429]


@E01
async def test_a_captcha_of_another_union_is_none(beijing: Union, identity: Client) -> None:
    second = await union_of(identity, "beijing")
    foreign = await an_answer(second)
    answer = await beijing.post(
        "/verification-codes", {"purpose": "bind", "mobile": a_mobile(), "captcha": foreign}
    )
    assert answer.json()["code"] == "captcha.wrong"


@C12
async def test_nobody_learns_which_numbers_are_members(union: Union) -> None:
    someone = await registered(union)
    await union.forget_resend()
    asked, other = [], a_mobile()
    for mobile in (someone["mobile"], other):
        for purpose, more in (("sign_in", {"account_kind": "member"}), ("bind", {}), ("recover", {})):
            answer = await union.post("/verification-codes", {"purpose": purpose, "mobile": mobile, **more})
            asked.append((purpose, answer.status_code, set(answer.json())))
    assert asked[:3] == asked[3:], "the same answer for a member's number and any other"
    wrong = [
        (await union.post("/sessions/member", {"mobile": mobile, "code": "000000"})).json()["code"]
        for mobile in (someone["mobile"], other)
    ]
    assert wrong == ["code.wrong"] * 2, "a wrong code tells no more than the asking did"


@C01
async def test_for_units_the_manual_wants_it_told_within_limits(union: Union) -> None:
    asked = {"purpose": "sign_in", "mobile": a_mobile(), "account_kind": "handler"}
    told = await union.post("/verification-codes", asked)
    assert (told.status_code, told.json()["code"]) == (404, "mobile.not_registered")
    settings = settings_of(union.client.context)
    kept, settings.codes_per_address = settings.codes_per_address, 5
    try:
        async with from_elsewhere(union.client) as client:
            answers = [
                (
                    await client.post(
                        "/verification-codes", tenant=union.code, json={**asked, "mobile": a_mobile()}
                    )
                )
                for _ in range(7)
            ]
    finally:
        settings.codes_per_address = kept
    assert [a.status_code for a in answers] == [404] * 5 + [429] * 2


@E01
async def test_the_register_cannot_be_searched_by_binding(beijing: Union) -> None:
    """Name and number are compared only for who proves a mobile, and each document has few tries a day."""
    from identity.members import registration as steps

    member, tries = await admit(beijing), []
    kept, steps.MOST_FOR_DOCUMENT = steps.MOST_FOR_DOCUMENT, 3
    try:
        for n in range(4):
            body = await binding_of(beijing, {**member, "name": f"李{'甲乙丙丁'[n]}"})
            tries.append((await beijing.post("/bindings", body)).json()["code"])
    finally:
        steps.MOST_FOR_DOCUMENT = kept
    assert tries == ["member.name_mismatch"] * 3 + ["rate.limited"]


async def test_forged_and_foreign_tokens_open_nothing(union: Union, other: Union) -> None:
    someone = await registered(union)
    context = union.client.context
    signing = await signing_keys(context).signing_key()
    decoded = jwt.decode(someone["tokens"]["access_token"], signing, algorithms=["EdDSA"])
    claims = dict(decoded.claims)
    public = (await signing_keys(context).jwks())["keys"][0]
    own = OKPKey.import_key(public)
    kid = str(public["kid"])
    stranger = OKPKey.generate_key("Ed25519", parameters={"kid": kid})
    at = int(time.time())
    grown = {**claims, "perms": ["identity.member.reveal", *claims["perms"]]}
    tampered = someone["tokens"]["access_token"].rsplit(".", 1)[0] + "." + "A" * 86
    forged = {
        "unsigned": unsigned(claims, kid=kid),
        "unsigned, said to be signed": unsigned(claims, "EdDSA", kid=kid),
        "public key as a secret": with_secret(grown, own.as_pem(private=False), kid=kid),
        "public JWK as a secret": with_secret(grown, str(public["x"]).encode(), kid=kid),
        "another key under our id": jwt.encode({"alg": "EdDSA", "kid": kid}, grown, stranger, algorithms=["EdDSA"]),
        "tampered": tampered,
        "a refresh token": someone["tokens"]["refresh_token"],
        "nothing": "",
    }  # fmt: skip
    for what, token in forged.items():
        answer = await union.client.get("/members/me", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 401, what
    for what, changes in {
        "another issuer": {"iss": "evil"},
        "another audience": {"aud": "huzhu"},
        "expired": {"iat": at - 7200, "exp": at - 3600},
        "without an end": {"exp": None},
    }.items():
        body = {k: v for k, v in {**claims, **changes}.items() if v is not None}
        token = jwt.encode({"alg": "EdDSA", "kid": kid}, body, signing, algorithms=["EdDSA"])
        answer = await union.client.get("/members/me", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 401, what
    assert claims["aud"] == AUDIENCE
    foreign = await other.client.get(
        "/members/me", headers={**bearer(someone["tokens"]), "X-Tenant": other.code}
    )
    assert foreign.json()["id"] == someone["person_id"], "the token alone says the tenant"


async def test_a_refresh_token_of_another_union_is_unknown(union: Union, other: Union) -> None:
    someone = await registered(union)
    answer = await other.post("/sessions/refresh", {"refresh_token": someone["tokens"]["refresh_token"]})
    assert answer.json()["code"] == "auth.refresh_invalid"


async def test_a_stolen_refresh_token_ends_the_session_for_both(beijing: Union) -> None:
    someone = await bound(beijing)
    stolen = {"refresh_token": someone["tokens"]["refresh_token"]}
    mine = (await beijing.post("/sessions/refresh", stolen)).json()
    with set_to(now() + timedelta(minutes=2)):
        thief = await beijing.post("/sessions/refresh", stolen)
    assert (thief.status_code, thief.json()["code"]) == (401, "auth.refresh_reused")
    again = await beijing.post("/sessions/refresh", {"refresh_token": mine["refresh_token"]})
    assert again.json()["code"] == "auth.refresh_invalid"
    assert (await beijing.client.get("/members/me", headers=bearer(mine))).status_code == 401, "at once"


async def test_what_is_not_asked_for_is_not_taken(beijing: Union) -> None:
    """Mass assignment: fields of the rows that no request names change nothing."""
    member = await admit(beijing)
    grown = {
        "state": "bound", "purpose": "recover", "person_id": str(new_id()), "account_id": str(new_id()),
        "face_failures": -5, "tenant_id": str(new_id()), "roles": ["admin"], "bound_by": "staff",
    }  # fmt: skip
    made = await beijing.post("/bindings", {**await binding_of(beijing, member), **grown})
    binding = {**made.json(), "headers": {"Huzhu-Binding": made.json()["token"]}}
    assert (binding["state"], binding["purpose"], binding["face_tries_left"]) == ("face", "bind", 3)
    done = await face(beijing, binding)
    assert done["tokens"]["account"]["roles"] == ["member"]
    headers = bearer(done["tokens"])
    address: dict[str, Any] = {
        "recipient": "李梅", "mobile": "13900001111", "region": "北京市", "detail": "长安街1号", "version": 9,
        "person_id": str(new_id()), "id": str(new_id()), "tenant_id": str(new_id()),
    }  # fmt: skip
    made = (await beijing.client.post("/members/me/addresses", headers=headers, json=address)).json()
    assert made["version"] < 9 and made["id"] != address["id"]
    listed = await beijing.client.get("/members/me/addresses", headers=headers)
    assert [item["id"] for item in listed.json()["items"]] == [made["id"]]

"""Collection by scan: short-lived signed passes, verified without network, counted once, doubles reported."""

import asyncio
import base64
import json
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from activities.counter.rules import CLOCK_SLACK, MOST_AGE, on_one_line, timing
from common import clock
from common.auth import Actor
from common.clock import now
from common.ids import new_id

from .conftest import COLLECT, Fair
from .people import admitted, person, tell, unit
from .test_bookings import bookable, booked


async def shown(fair: Fair, reward: dict[str, Any], member: Actor) -> str:
    answer = await fair.client.get(f"/rewards/{reward['id']}/pass", member)
    assert answer.status_code == 200, answer.text
    token: str = answer.json()["token"]
    return token


def scan(token: str, *, scan_id: str | None = None, at: datetime | None = None) -> dict[str, Any]:
    return {"scan_id": scan_id or str(new_id()), "token": token, "scanned_at": (at or now()).isoformat()}


async def sync(fair: Fair, *scans: dict[str, Any], actor: Actor | None = None, **more: Any) -> httpx.Response:
    body = {"device": more.pop("device", "服务台1"), "scans": list(scans)}
    return await fair.client.post("/counter/scans", actor or fair.officer, json=body, **more)


async def outcomes(fair: Fair, *scans: dict[str, Any], **more: Any) -> list[str]:
    answer = await sync(fair, *scans, **more)
    assert answer.status_code == 200, answer.text
    return [one["outcome"] for one in answer.json()["items"]]


async def waiting(fair: Fair) -> tuple[Actor, dict[str, Any]]:
    campaign, _ = await bookable(fair)
    member = fair.member()
    return member, await booked(fair, campaign, member)


def decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def verify_offline(token: str, keys: list[dict[str, Any]]) -> dict[str, Any]:
    """What a counter app does without network: nothing but the public keys."""
    head, body, signature = token.split(".")
    kid = json.loads(decoded(head))["kid"]
    key = next(key for key in keys if key["kid"] == kid)
    Ed25519PublicKey.from_public_bytes(decoded(key["x"])).verify(
        decoded(signature), f"{head}.{body}".encode()
    )
    claims: dict[str, Any] = json.loads(decoded(body))
    return claims


@pytest.mark.feature("E.04")
async def test_a_pass_is_scanned_and_collected_once(fair: Fair) -> None:
    member, reward = await waiting(fair)
    await tell(fair.client, fair.tenant, admitted(person(fair.tenant, member.person_id)))  # type: ignore[arg-type]
    token = await shown(fair, reward, member)
    looked = (await fair.client.post("/counter/look", fair.officer, json={"token": token})).json()
    assert (looked["state"], looked["number"], looked["name"]) == ("issued", reward["number"], "王**")
    item = (await sync(fair, scan(token))).json()["items"][0]
    assert (item["outcome"], item["collection"]["state"]) == ("collected", "collected")
    mine = (await fair.client.get(f"/rewards/{reward['id']}", member)).json()
    assert mine["state"] == "collected"
    states = (await fair.client.get("/participations", member)).json()["items"]
    assert [row["state"] for row in states] == ["received"]
    again = await fair.client.get(f"/rewards/{reward['id']}/pass", member)
    assert (again.status_code, again.json()["code"]) == (409, "reward.given_back")
    assert len(await fair.said("activities.reward_collected.v1")) == 1


@pytest.mark.feature("E.04")
async def test_a_counter_without_network_verifies_and_sends_later(fair: Fair) -> None:
    member, reward = await waiting(fair)
    manifest = (await fair.client.get("/counter/manifest", fair.officer)).json()
    assert [one["title"] for one in manifest["campaigns"]] == ["知识竞答"]
    assert all("d" not in key for key in manifest["keys"]), "private parts stay"
    token = await shown(fair, reward, member)
    claims = verify_offline(token, manifest["keys"])
    assert (claims["sub"], claims["n"]) == (reward["id"].replace("-", ""), reward["number"])
    assert 0 < claims["exp"] - now().timestamp() <= 120
    with pytest.raises(InvalidSignature):
        verify_offline(token[:-8] + "AAAAAAA" + token[-1], manifest["keys"])
    at = now()
    with clock.set_to(now() + timedelta(hours=20)):
        assert await outcomes(fair, scan(token, at=at)) == ["collected"]
    collected = (await fair.client.get(f"/rewards/{reward['id']}", member)).json()["collected_at"]
    assert abs(datetime.fromisoformat(collected) - at) < timedelta(seconds=1), "when it was scanned, not sent"


@pytest.mark.feature("E.04")
async def test_two_counters_without_network_are_found_out(fair: Fair) -> None:
    member, reward = await waiting(fair)
    token = await shown(fair, reward, member)
    other = fair.client.mint.actor(fair.tenant, COLLECT)
    first, second = scan(token), scan(token)
    assert await outcomes(fair, first, device="朝阳服务台") == ["collected"]
    item = (await sync(fair, second, actor=other, device="海淀服务台")).json()["items"][0]
    assert (item["outcome"], item["first_device"]) == ("double", "朝阳服务台")
    assert "朝阳服务台" in item["message"] and item["first_collected_at"]
    report = (await fair.client.get("/counter/scans", fair.officer, params={"outcome": "double"})).json()[
        "items"
    ]
    assert [(row["id"], row["device"], row["first_scan_id"]) for row in report] == [
        (second["scan_id"], "海淀服务台", first["scan_id"])
    ]
    assert len(await fair.said("activities.reward_collected.v1")) == 1


@pytest.mark.feature("E.04")
async def test_a_scan_sent_again_changes_nothing(fair: Fair) -> None:
    member, reward = await waiting(fair)
    one = scan(await shown(fair, reward, member))
    answers = await asyncio.gather(*(sync(fair, one) for _ in range(4)))
    found = sorted(a.json()["items"][0]["outcome"] for a in answers if a.status_code == 200)
    assert found.count("collected") == 1 and set(found) <= {"collected", "repeated"}
    assert await outcomes(fair, one) == ["repeated"]
    same = [(await sync(fair, one, once="sync-0001")).json() for _ in range(2)]
    assert same[0] == same[1]
    assert len(await fair.said("activities.reward_collected.v1")) == 1
    rest = (await fair.client.get("/counter/scans", fair.officer)).json()["items"]
    assert [row["outcome"] for row in rest] == ["collected"]


@pytest.mark.feature("E.04")
async def test_what_a_scan_is_not_worth_is_said(fair: Fair, other_fair: Fair) -> None:
    member, reward = await waiting(fair)
    foreigner, foreign = await waiting(other_fair)
    token = await shown(fair, reward, member)
    elsewhere = await shown(other_fair, foreign, foreigner)
    assert await outcomes(
        fair,
        scan("x" * 40),
        scan(elsewhere),
        scan(token, at=now() + timedelta(minutes=10)),
        scan(token, at=now() - timedelta(hours=1)),
        scan(token, at=now() - timedelta(days=15)),
    ) == ["forged", "forged", "expired", "expired", "too_late"]
    assert (await fair.client.get(f"/rewards/{reward['id']}", member)).json()["state"] == "issued"
    with clock.set_to(now() + timedelta(minutes=5)):
        looked = await fair.client.post("/counter/look", fair.officer, json={"token": token})
        assert (looked.status_code, looked.json()["code"]) == (422, "pass.expired")
    await fair.client.post(f"/rewards/{reward['id']}/cancel", member)
    assert await outcomes(fair, scan(token)) == ["given_back"]
    member2, reward2 = await waiting(fair)
    one, two = scan(token), scan(await shown(fair, reward2, member2))
    await outcomes(fair, one)
    assert await outcomes(fair, {**two, "scan_id": one["scan_id"]}) == ["reused"]


@pytest.mark.feature("E.04")
async def test_the_member_scans_the_counters_picture(fair: Fair) -> None:
    member, reward = await waiting(fair)
    path = f"/rewards/{reward['id']}/collect-here"
    poster = (
        await fair.client.get(f"/counter/campaigns/{reward['campaign_id']}/poster", fair.officer)
    ).json()
    own = await shown(fair, reward, member)
    for token, code in ((own, "pass.forged"), ("y" * 30, "pass.forged")):
        assert (await fair.client.post(path, member, json={"token": token})).json()["code"] == code
    with clock.set_to(now() + timedelta(minutes=4)):
        late = await fair.client.post(path, member, json={"token": poster["token"]})
        assert late.json()["code"] == "pass.expired"
    other_campaign = (await waiting(fair))[1]["campaign_id"]
    other = (await fair.client.get(f"/counter/campaigns/{other_campaign}/poster", fair.officer)).json()
    assert (await fair.client.post(path, member, json={"token": other["token"]})).json()[
        "code"
    ] == "pass.forged"
    answer = await fair.client.post(path, member, json={"token": poster["token"]})
    assert (answer.status_code, answer.json()["state"]) == (200, "collected")
    twice = await fair.client.post(path, member, json={"token": poster["token"]})
    assert twice.json()["code"] == "reward.already_collected"
    told = twice.json()["params"]["collected_at"]
    assert "T" not in told and len(told) == len("2026-01-01 08:00"), told


async def test_by_number_when_the_phone_is_dead(fair: Fair) -> None:
    _member, reward = await waiting(fair)
    looked = await fair.client.get(f"/counter/bookings/{reward['number']}", fair.officer)
    assert looked.json()["id"] == reward["id"]
    assert (await fair.client.post(f"/rewards/{reward['id']}/collect", fair.officer)).status_code == 200
    assert (await fair.client.get("/counter/bookings/0000000000", fair.officer)).status_code == 404


async def test_a_branch_hands_out_its_own_and_the_unions_not_its_neighbours(fair: Fair) -> None:
    _, reward = await waiting(fair)
    neighbour = fair.client.mint.actor(fair.tenant, COLLECT, org_path="/liangxi/")
    assert (await fair.client.get(f"/counter/bookings/{reward['number']}", neighbour)).status_code == 200, (
        "what is the whole union's is handed out everywhere"
    )
    officer = fair.client.mint.actor(fair.tenant, "activities.campaign.manage", org_path="/binhu/")
    branch = Fair(fair.client, fair.tenant, officer)
    campaign, _ = await bookable(branch)
    member, home = fair.member(), new_id()
    fact = person(fair.tenant, member.person_id, unit_id=home)  # type: ignore[arg-type]
    await tell(fair.client, fair.tenant, unit(home, "/binhu/"), admitted(fact))
    reward = await booked(fair, campaign, member)
    token = await shown(fair, reward, member)
    assert await outcomes(fair, scan(token), actor=neighbour) == ["unknown"]
    for path in (f"/counter/bookings/{reward['number']}", f"/counter/campaigns/{campaign}/poster"):
        assert (await fair.client.get(path, neighbour)).status_code == 404
    assert (await fair.client.post(f"/rewards/{reward['id']}/collect", neighbour)).status_code == 404
    assert (await fair.client.post("/counter/look", neighbour, json={"token": token})).status_code == 404
    office = fair.client.mint.actor(fair.tenant, COLLECT, org_path="/binhu/taihu/")
    assert await outcomes(fair, scan(token), actor=office) == ["collected"]
    titles = [
        one["id"] for one in (await fair.client.get("/counter/manifest", neighbour)).json()["campaigns"]
    ]
    assert campaign not in titles and len(titles) == 1


async def test_passes_are_for_their_owner_and_scans_for_staff(fair: Fair, other_fair: Fair) -> None:
    member, reward = await waiting(fair)
    for stranger in (fair.member(), other_fair.member()):
        assert (await fair.client.get(f"/rewards/{reward['id']}/pass", stranger)).status_code == 404
    token = await shown(fair, reward, member)
    greedy = fair.member("activities.campaign.join", COLLECT)
    answer = await sync(fair, scan(token), actor=greedy)
    assert (answer.status_code, answer.json()["code"]) == (403, "reward.counter_only")
    assert (await other_fair.client.get("/counter/scans", other_fair.officer)).json()["items"] == []


async def test_a_new_key_signs_after_thirty_days_and_the_old_one_still_verifies(fair: Fair) -> None:
    _member, _reward = await waiting(fair)
    old = (await fair.client.get("/counter/manifest", fair.officer)).json()["keys"]
    with clock.set_to(now() + timedelta(days=31)):
        keys = (await fair.client.get("/counter/manifest", fair.officer)).json()["keys"]
        assert [key["kid"] for key in keys[1:]] == [key["kid"] for key in old]
    with clock.set_to(now() + timedelta(days=92)):
        keys = (await fair.client.get("/counter/manifest", fair.officer)).json()["keys"]
        assert old[0]["kid"] not in {key["kid"] for key in keys}


seconds = st.integers(-100_000, 2_000_000).map(lambda n: timedelta(seconds=n))


@given(seconds, seconds, st.integers(1, 600))
def test_a_scan_is_good_exactly_within_its_pass_and_its_age(
    scanned: timedelta, received: timedelta, lifetime: int
) -> None:
    issued = datetime.fromisoformat("2026-11-01T00:00:00+00:00")
    expires = issued + timedelta(seconds=lifetime)
    found = timing(
        issued_at=issued, expires_at=expires, scanned_at=issued + scanned, received_at=issued + received
    )
    within = -CLOCK_SLACK <= scanned <= timedelta(seconds=lifetime) + CLOCK_SLACK
    fresh = scanned - CLOCK_SLACK <= received <= scanned + MOST_AGE
    assert (found == "good") == (within and fresh)


paths = st.lists(st.sampled_from("ab"), max_size=3).map(lambda s: "/" + "".join(f"{one}/" for one in s))


@given(paths, paths)
def test_on_one_line_is_above_or_below(one: str, other: str) -> None:
    assert (
        on_one_line(one, other) == on_one_line(other, one) == (one.startswith(other) or other.startswith(one))
    )
    assert on_one_line("/", one)

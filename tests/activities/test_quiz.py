"""Members take a quiz: time is the server's, nothing is answered twice, and once passed is passed."""

import asyncio
import json

import pytest

from common.ids import new_id

from .conftest import Fair
from .quizzing import (
    QUESTIONS,
    answered,
    body,
    choice,
    enter,
    entered,
    later,
    quizzed,
    send,
    taken,
    write_quiz,
)


@pytest.mark.feature("E.04")
async def test_who_passes_receives_and_does_not_answer_again(fair: Fair) -> None:
    campaign = await quizzed(fair)
    member = fair.member()
    refused = await fair.receive(campaign, member)
    assert (refused.status_code, refused.json()["code"]) == (409, "quiz.not_passed")
    result = await taken(fair, campaign, member, True, False, True)
    assert (result["state"], result["right"], result["pass_mark"]) == ("passed", 2, 2)
    waiting = (await fair.client.get("/participations", member, params={"state": "waiting"})).json()["items"]
    assert [row["campaign_id"] for row in waiting] == [campaign]
    # The member leaves and comes back: straight to the reward, no question again.
    offer = (await fair.client.get(f"/campaigns/{campaign}", member)).json()
    assert (offer["quiz_state"], offer["quiz"]["seconds"]) == ("passed", 30)
    again = await enter(fair, campaign, member)
    assert (again.status_code, again.json()["code"]) == (409, "quiz.already_passed")
    assert (await fair.rewarded(campaign, member))["code"].startswith("CODE-")
    done = (await fair.client.get("/participations", member, params={"state": "received"})).json()["items"]
    assert [row["campaign_id"] for row in done] == [campaign]
    assert (await fair.client.get("/participations", member, params={"state": "waiting"})).json()[
        "items"
    ] == []


@pytest.mark.feature("E.04")
async def test_who_fails_may_try_as_often_as_allowed(fair: Fair) -> None:
    campaign = await quizzed(fair)
    member = fair.member()
    first = await taken(fair, campaign, member, False, False, True)
    assert (first["state"], first["right"], first["attempts_left"]) == ("failed", 1, 1)
    assert all(one["right_options"] is None for one in first["review"]), "another attempt is left"
    second = await taken(fair, campaign, member, False, False, False)
    assert (second["number"], second["state"], second["attempts_left"]) == (2, "failed", 0)
    assert all(one["right_options"] for one in second["review"]), "nothing to gain any more"
    third = await enter(fair, campaign, member)
    assert (third.status_code, third.json()["code"]) == (409, "quiz.attempts_used")
    assert (await fair.receive(campaign, member)).json()["code"] == "quiz.not_passed"
    assert (await fair.client.get(f"/campaigns/{campaign}", member)).json()["quiz_state"] == "failed"
    over = (await fair.client.get("/participations", member, params={"state": "over"})).json()["items"]
    assert [row["campaign_id"] for row in over] == [campaign]
    finished = [event.data["passed"] for event in await fair.said("activities.quiz_finished.v1")]
    assert finished == [False, False]


@pytest.mark.feature("E.04")
async def test_when_the_time_is_over_what_was_chosen_counts(fair: Fair) -> None:
    campaign = await quizzed(fair)
    member = fair.member()
    attempt = await entered(fair, campaign, member)
    chosen = choice(attempt)
    saved = await fair.client.send(
        "PUT", f"/attempts/{attempt['id']}/choice", member, json=body(attempt, chosen)
    )
    assert saved.status_code == 204
    with later(33):
        late = await send(fair, attempt, member, choice(attempt, right=False))
        assert (late.status_code, late.json()["code"]) == (409, "quiz.too_late")
        assert "30" in late.json()["detail"]
        attempt = await entered(fair, campaign, member)
        assert attempt["answered"] == 1
        attempt = await answered(fair, attempt, member)
        result = await answered(fair, attempt, member, right=False)
    assert (result["state"], result["right"]) == ("passed", 2)
    assert [(one["late"], one["right"]) for one in result["review"]] == [
        (True, True), (False, True), (False, False),
    ]  # fmt: skip


@pytest.mark.feature("E.04")
async def test_nothing_chosen_in_time_is_wrong(fair: Fair) -> None:
    campaign = await quizzed(fair)
    member = fair.member()
    await entered(fair, campaign, member)
    with later(40):
        attempt = await entered(fair, campaign, member)
        assert attempt["answered"] == 1
        assert 29 < attempt["present"]["seconds_left"] <= 30, "the next question has all of its time"
    with later(80):
        await entered(fair, campaign, member)
    with later(120):
        result = await entered(fair, campaign, member)
    assert (result["state"], result["right"], result["present"]) == ("failed", 0, None)
    assert all(one["late"] and one["chosen"] == [] for one in result["review"])


async def test_the_answer_that_the_app_sends_when_time_runs_out_still_counts(fair: Fair) -> None:
    campaign = await quizzed(fair)
    member = fair.member()
    attempt = await entered(fair, campaign, member)
    with later(31):
        assert (await answered(fair, attempt, member))["answered"] == 1


@pytest.mark.feature("E.04")
async def test_a_reload_goes_on_where_it_was_and_does_not_stop_the_clock(fair: Fair) -> None:
    campaign = await quizzed(fair)
    member = fair.member()
    attempt = await answered(fair, await entered(fair, campaign, member), member)
    chosen = choice(attempt)
    await fair.client.send("PUT", f"/attempts/{attempt['id']}/choice", member, json=body(attempt, chosen))
    with later(12):
        again = await entered(fair, campaign, member)
    assert again["id"] == attempt["id"]
    for name in ("position", "words", "options", "opened_at", "deadline"):
        assert again["present"][name] == attempt["present"][name], name
    assert again["present"]["chosen"] == chosen
    assert 17 < again["present"]["seconds_left"] < 18.5


@pytest.mark.feature("E.04")
async def test_two_pages_cannot_answer_side_by_side(fair: Fair) -> None:
    campaign = await quizzed(fair)
    member = fair.member()
    first = await entered(fair, campaign, member)
    second = await entered(fair, campaign, member)
    refused = await send(fair, first, member, choice(first))
    assert (refused.status_code, refused.json()["code"]) == (409, "quiz.other_page")
    assert (await answered(fair, second, member))["answered"] == 1


async def test_a_question_is_answered_once(fair: Fair) -> None:
    campaign = await quizzed(fair)
    member = fair.member()
    attempt = await entered(fair, campaign, member)
    answers = await asyncio.gather(*(send(fair, attempt, member, choice(attempt)) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"quiz.already_answered"}
    # The same request again gets the same answer and settles nothing twice.
    attempt = next(answer.json() for answer in answers if answer.status_code == 200)
    twice = [await send(fair, attempt, member, choice(attempt), once="answer-2") for _ in range(2)]
    assert [answer.json()["answered"] for answer in twice] == [2, 2]
    early = {**body(twice[0].json(), [0]), "position": 5}
    answer = await fair.client.post(f"/attempts/{attempt['id']}/answers", member, json=early)
    assert answer.json()["code"] == "quiz.not_asked_yet"


async def test_a_choice_that_the_question_has_not_is_refused(fair: Fair) -> None:
    campaign = await quizzed(fair)
    member = fair.member()
    attempt = await entered(fair, campaign, member)
    for chosen in ([9], [0, 0]):
        answer = await send(fair, attempt, member, chosen)
        assert (answer.status_code, answer.json()["code"]) == (422, "quiz.choice_invalid")


@pytest.mark.feature("E.04")
async def test_no_answer_reveals_what_is_right_before_the_end(fair: Fair) -> None:
    campaign = await quizzed(fair)
    member = fair.member()
    attempt = await entered(fair, campaign, member)
    for _ in range(2):
        shown = json.dumps(attempt, ensure_ascii=False)
        assert not any(word in shown for word in ("right_options", "explanation", '"right": true'))
        assert attempt["review"] is None and attempt["right"] is None
        attempt = await answered(fair, attempt, member)
    looked = (await fair.client.get(f"/attempts/{attempt['id']}", member)).json()
    assert (looked["present"], looked["review"], looked["sitting"]) == (None, None, None)
    assert (await fair.client.get(f"/campaigns/{campaign}/quiz", member)).status_code == 403


async def test_an_attempt_is_its_persons(fair: Fair, other_fair: Fair) -> None:
    campaign = await quizzed(fair)
    attempt = await entered(fair, campaign, fair.member())
    for stranger in (fair.member(), other_fair.member()):
        assert (await fair.client.get(f"/attempts/{attempt['id']}", stranger)).status_code == 404
        assert (await send(fair, attempt, stranger, [0])).status_code == 404
        path = f"/attempts/{attempt['id']}/choice"
        assert (await fair.client.send("PUT", path, stranger, json=body(attempt, [0]))).status_code == 404
    assert (await enter(fair, campaign, other_fair.member())).status_code == 404


async def test_eight_requests_at_once_begin_one_attempt(fair: Fair) -> None:
    campaign = await quizzed(fair)
    member = fair.member()
    answers = await asyncio.gather(*(enter(fair, campaign, member) for _ in range(8)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len(await fair.said("activities.activity_joined.v1")) == 1


async def test_questions_are_drawn_anew_for_each_person(fair: Fair) -> None:
    stock = [
        {
            "kind": "single",
            "words": f"第 {n} 题？",
            "options": ["甲", "乙", "丙", "丁"],
            "right_options": [n % 4],
        }
        for n in range(12)
    ]
    campaign = await quizzed(fair, quiz={"questions": stock, "asked": 3})
    first = [(await entered(fair, campaign, fair.member()))["present"] for _ in range(12)]
    assert len({one["words"] for one in first}) > 3
    assert len({tuple(one["options"]) for one in first}) > 3


@pytest.mark.feature("E.04")
async def test_a_paused_campaign_lets_attempts_end_and_none_begin(fair: Fair) -> None:
    campaign = await quizzed(fair)
    member, late = fair.member(), fair.member()
    attempt = await entered(fair, campaign, member)
    await fair.client.post(f"/campaigns/{campaign}/pause", fair.officer)
    for _ in range(3):
        attempt = await answered(fair, attempt, member)
    assert attempt["state"] == "passed"
    assert (await enter(fair, campaign, late)).json()["code"] == "campaign.paused"
    assert (await fair.receive(campaign, member)).json()["code"] == "campaign.paused"
    await fair.client.post(f"/campaigns/{campaign}/resume", fair.officer)
    await fair.rewarded(campaign, member)
    await fair.client.post(f"/campaigns/{campaign}/end", fair.officer)
    assert (await enter(fair, campaign, late)).json()["code"] == "campaign.ended"


async def test_a_quiz_alone_is_a_campaign(fair: Fair) -> None:
    campaign = await quizzed(fair, gives="nothing")
    member = fair.member()
    await taken(fair, campaign, member, True, True, True)
    assert (await fair.receive(campaign, member)).json()["code"] == "campaign.gives_other"
    rows = (await fair.client.get("/participations", member, params={"state": "received"})).json()["items"]
    assert len(rows) == 1
    empty = await fair.drafted(gives="nothing")
    answer = await fair.client.post(f"/campaigns/{empty}/publish", fair.officer)
    assert answer.json()["code"] == "campaign.no_quiz"


async def test_every_fault_of_a_quiz_is_named(fair: Fair) -> None:
    campaign = await fair.drafted()
    wrong = [QUESTIONS[0], {**QUESTIONS[0], "right_options": [7]}, {**QUESTIONS[1], "right_options": [0]}]
    answer = await write_quiz(fair, campaign, questions=wrong, asked=9, pass_mark=10)
    assert (answer.status_code, answer.json()["code"]) == (422, "quiz.invalid")
    assert [error["code"] for error in answer.json()["errors"]] == [
        "quiz.asked", "quiz.pass_mark", "question.right_range", "question.right_two",
    ]  # fmt: skip


async def test_a_quiz_is_written_while_its_campaign_is_a_draft(fair: Fair) -> None:
    campaign = await quizzed(fair)
    answer = await write_quiz(fair, campaign)
    assert (answer.status_code, answer.json()["code"]) == (409, "campaign.fixed")
    draft = await fair.drafted()
    await write_quiz(fair, draft)
    stale = await fair.client.send(
        "PUT", f"/campaigns/{draft}/quiz", fair.officer,
        json={"pass_mark": 1, "questions": [QUESTIONS[0]]}, headers={"If-Match": '"1"'},
    )  # fmt: skip
    assert stale.status_code == 412
    read = (await fair.client.get(f"/campaigns/{draft}/quiz", fair.officer)).json()
    assert [one["words"] for one in read["questions"]] == [one["words"] for one in QUESTIONS]
    removed = await fair.client.send(
        "DELETE", f"/campaigns/{draft}/quiz", fair.officer, headers={"If-Match": str(read["version"])}
    )
    assert removed.status_code == 204
    assert (await fair.client.get(f"/campaigns/{draft}/quiz", fair.officer)).status_code == 404
    assert (await fair.client.get(f"/campaigns/{new_id()}/quiz", fair.officer)).status_code == 404

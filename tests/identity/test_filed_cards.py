"""Whose card it is that somebody puts on file: not somebody else's in place of their own (B.03, B.04)."""

from .on_file import APPLICANT, B03, B04, call, receipt_of, recognised, zhejiang
from .people import registered
from .union import Union

__all__ = ["zhejiang"]


@B03
async def test_somebody_elses_card_is_not_taken_in_place_of_ones_own(zhejiang: Union) -> None:
    who = await registered(zhejiang)
    own = {"姓名": "张伟", "公民身份号码": who["id_number"]}
    ids = []
    for fields, states in (
        (own, ["read"]),
        ({"姓名": "尹国鹏", "公民身份号码": "320211195003071232"}, ["not_own", "read"]),
        ({"姓名": "尹国鹏"}, ["not_own", "read"]),
        (own, ["read"]),
    ):
        receipt, document_id = receipt_of(zhejiang, who)
        filed = await call(zhejiang, who, "POST", "documents", {"kind": "id_card", "receipt": receipt})
        assert filed.status_code == 201, "the old one stays until the new one is read"
        await recognised(zhejiang, who, document_id, **fields)
        answer = await call(zhejiang, who, "GET", "documents")
        shown = answer.json()["items"]
        assert [one["state"] for one in shown] == states
        assert not any(one["fields"] for one in shown if one["state"] == "not_own"), (
            "nothing of somebody else"
        )
        (offered,) = (await call(zhejiang, who, "GET", "documents/receipts")).json()["items"]
        ids.append((offered["document_id"], document_id))
    first = ids[0][1]
    assert [one for one, _ in ids] == [first, first, first, ids[3][1]]
    given = (await call(zhejiang, who, "POST", "form-values", {})).json()["recognised"]["id_card"]
    assert given["公民身份号码"] == who["id_number"]


@B03
@B04
async def test_a_frequent_applicants_card_is_compared_with_them(zhejiang: Union) -> None:
    who = await registered(zhejiang)
    applicant = (await call(zhejiang, who, "POST", "applicants", APPLICANT)).json()["id"]
    for number, state in ((who["id_number"], "not_own"), (str(APPLICANT["document_number"]), "read")):
        receipt, document_id = receipt_of(zhejiang, who)
        body = {"kind": "id_card", "receipt": receipt, "applicant_id": applicant}
        await call(zhejiang, who, "POST", "documents", body)
        await recognised(zhejiang, who, document_id, **{"公民身份号码": number})
        assert (await call(zhejiang, who, "GET", "documents")).json()["items"][0]["state"] == state

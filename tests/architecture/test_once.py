"""Every POST that creates or pays demands an Idempotency-Key; those that do without stand here with their reason."""

from fastapi import FastAPI

from common.http.edits import if_match
from common.http.once import once

from .test_described_headers import calls_of
from .test_routes import routes_of

READS = "only reads; a POST because what is looked for is personal and may stand in no address"
STATE = "moves one thing from one state to the next: again it is refused, or changes nothing"
SIGN_IN = "a sign-in: each makes a session of its own, and the proof is good once or limited"
CODES = "sends a code or a picture that replaces the one before; limited by rates"
LETTER = "an invitation replaces the one before, and the answer is shown once"
CONTENT = "the content is its own key: the same file or document again is found and added to nothing"
LOCAL = "local runs only"

WITHOUT_KEY: dict[str, dict[str, str]] = {
    READS: {
        "identity": """
            admissions/search admissions/entered members/lookup members/search members/{person_id}/reveal
            members/me/form-values member-requests/{request_id}/reveal units/{unit_id}/reveal
            synced-names/{name_id}/reveal staff-invitations/open""",
        "enrollment": """
            policies/search policies/export orders/{order_id}/people/search orders/{order_id}/people/lookup
            orders/{order_id}/people/entered orders/found orders/found/summary""",
        "claims": """
            claims/search claims/{claim_id}/payee/reveal counter/payouts/search queue/search
            statistics/claims/search fhir/{kind}/_search""",
        "notify": "contents/preview templates/preview bulk-messages/estimate",
        "activities": "counter/look",
    },
    STATE: {
        "identity": """
            tasks/{task_id}/cancel tenants/{code}/pack/{version}/consent tenants/{code}/pack/{version}/refusal
            sessions/end sessions/end-all sessions/{session_id}/end staff/{account_id}/close
            staff/{account_id}/reopen staff/{account_id}/sessions/end-all
            staff/{account_id}/sessions/{session_id}/end staff/{account_id}/second-factor/reset
            staff/me/second-factor/confirm staff/me/second-factor/remove units/{unit_id}/handlers/{account_id}/name
            units/{unit_id}/handlers/{account_id}/close accounts/me/links/wechat bindings/{binding_id}/face
            bindings/{binding_id}/face/outcome bindings/{binding_id}/bank-card bindings/{binding_id}/confirm
            bindings/{binding_id}/refuse members/{person_id}/unbind accounts/me/unbind accounts/me/mobile
            accounts/me/mobile/first members/me/consents""",
        "enrollment": """
            tasks/{task_id}/cancel orders/{order_id}/roster/{import_id}/cancel orders/{order_id}/recheck
            orders/{order_id}/people/delete""",
        "claims": """
            tasks/{task_id}/cancel claims/{claim_id}/submit claims/{claim_id}/withdraw queue/{claim_id}/take
            queue/{claim_id}/put-down queue/{claim_id}/assign claims/{claim_id}/decisions
            appeals/{appeal_id}/answer appeals/{appeal_id}/withdraw samples/{sample_id}/verdict
            reconciliation/lines/{line_id}/matches proposals/{proposal_id}/reject
            proposals/{proposal_id}/withdraw""",
        "notify": """
            tasks/{task_id}/cancel messages/read-all messages/{message_id}/read webhooks/{endpoint_id}/pause
            webhooks/{endpoint_id}/resume webhooks/{endpoint_id}/deliveries/{delivery_id}/replay
            proposals/{proposal_id}/reject proposals/{proposal_id}/withdraw""",
        "activities": """
            tasks/{task_id}/cancel campaigns/{campaign_id}/publish campaigns/{campaign_id}/pause
            campaigns/{campaign_id}/resume campaigns/{campaign_id}/end""",
    },
    SIGN_IN: {
        "identity": """
            platform/sessions sessions/refresh sessions/handler sessions/staff sessions/staff/code sessions/member
            sessions/hosts/{code} sessions/wechat portals/{code}/start portals/{code}/finish
            bindings/{binding_id}/sign-in staff-invitations/accept staff-password-resets/finish""",
    },
    CODES: {
        "identity": """
            verification-codes captchas accounts/me/verification-codes staff-password-resets
            staff/me/second-factor""",
    },
    LETTER: {
        "identity": """
            units/{unit_id}/handlers/{account_id}/invitation tenants/{code}/staff/{account_id}/invitation
            staff/{account_id}/invitation""",
    },
    CONTENT: {
        "enrollment": "orders/{order_id}/roster",
        "claims": "claims/{claim_id}/documents payout-batches/{batch_id}/results",
    },
    LOCAL: {
        "identity": "sandbox/handovers sandbox/portals/{tenant}/{code}/logins sandbox/portals/{tenant}/{code}/token",
        "enrollment": "sandbox/payments/{tenant_id}/{number}/{decision}",
        "claims": "sandbox/bank-results",
    },
    "a second key does no harm: both are published, and the newest signs when its quarter of an hour is over": {
        "identity": "signing-keys",
    },
    "the provider sends it until it is answered; the payment's own number is the key": {
        "enrollment": "payments/notices/{channel}/{tenant_id}",
    },
    "tus has no such header: an upload that was begun and is not gone on with is swept away": {
        "ocr": "uploads"
    },
}
"""By reason and service. What carries If-Match needs no place here: again it is refused, for the version is gone."""


def excused() -> set[str]:
    return {
        f"POST /{service}/{path}"
        for services in WITHOUT_KEY.values()
        for service, paths in services.items()
        for path in paths.split()
    }


def without_key(apps: dict[str, FastAPI]) -> set[str]:
    return {
        name
        for name, route in routes_of(apps)
        if name.startswith("POST ") and not {once, if_match} & set(calls_of(route.dependant))
    }


def test_what_creates_or_pays_demands_a_key(apps: dict[str, FastAPI]) -> None:
    assert without_key(apps) == excused()


def test_a_planted_route_without_a_key_is_seen() -> None:
    app = FastAPI()

    @app.post("/gifts")
    async def give() -> None: ...

    assert without_key({"claims": app}) == {"POST /claims/gifts"}

"""Having a service say its facts again: as an operator, or as a member of a union's staff."""

import json
from typing import Any
from uuid import uuid4

import httpx
import typer

from huzhu.cli.tenant import as_operator

IDENTITYS = ("units", "members", "staff", "tenants", "languages")
OWNERS = {"policies": "enrollment", "matters": "enrollment", "claims": "claims"}
"""Facts of a union's own, and the service that tells them."""
FACTS = (*IDENTITYS, *OWNERS)


async def ask_as_operator(fact: str, tenant: str, operator: str) -> str:
    """Ask identity for a fact of a tenant as an operator of the platform."""
    path = f"/tenants/{tenant}/snapshots"
    return json.dumps(await as_operator(operator, lambda it: it.send("POST", path, {"fact": fact})))


def ask_with_token(fact: str, tenant: str, token: str) -> str:
    """Ask the service that owns a fact with somebody's access token; a refusal ends the command with its words."""
    service = OWNERS.get(fact, "identity")
    return json.dumps(_post(f"/api/{service}/snapshots", tenant, {"fact": fact}, token=token))


def token_of_staff(tenant: str, user: str) -> str:
    """Sign a member of staff in, asking for password and code; return the access token."""
    secret = typer.prompt("密码 password", hide_input=True)
    path = "/api/identity/sessions/staff"
    answer = _post(path, tenant, {"user_name": user, "password": secret})
    if answer.get("challenge_id"):
        code = typer.prompt("短信或验证器中的验证码 code by SMS or of the authenticator")
        answer = {
            "tokens": _post(f"{path}/code", tenant, {"challenge_id": answer["challenge_id"], "code": code})
        }
    return str(answer["tokens"]["access_token"])


def _post(path: str, tenant: str, body: dict[str, Any], *, token: str = "") -> dict[str, Any]:
    from huzhu.running import Unanswered, public_url

    headers = {"X-Tenant": tenant, "Idempotency-Key": str(uuid4())}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    try:
        response = httpx.post(
            f"{public_url()}{path}", json=body, headers=headers, timeout=60, trust_env=False
        )
        answer: dict[str, Any] = response.json() if response.content else {}
    except (httpx.HTTPError, httpx.InvalidURL, ValueError):  # or an answer that is no JSON: somebody else's
        raise Unanswered from None
    if response.is_error:
        typer.echo(str(answer.get("detail", response.status_code)), err=True)
        raise typer.Exit(1)
    return answer

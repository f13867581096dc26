"""A campus portal for the tests: an OpenID Connect provider by authlib, and a CAS server by the protocol's text."""

import html
import logging
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from xml.sax.saxutils import escape

import flask
from authlib.integrations.flask_oauth2 import AuthorizationServer, ResourceProtector
from authlib.integrations.flask_oauth2 import current_token as bearer
from authlib.oauth2.rfc6749 import ClientMixin, grants
from authlib.oauth2.rfc6750 import BearerTokenValidator
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import UserInfo
from authlib.oidc.core.grants import OpenIDCode
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

CLIENT_ID, CLIENT_SECRET = "huzhu", "the-client's-secret-of-the-tests"


@dataclass
class Portal:
    """Users of the portal, what it gave out, and how it misbehaves when told to."""

    address: str = ""
    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    codes: dict[str, Any] = field(default_factory=dict)
    tokens: dict[str, Any] = field(default_factory=dict)
    tickets: dict[str, tuple[str, str]] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, parameters={"kid": "one"}))
    forge: Any = None
    """Called with the ID token's claims; what it returns is sent instead."""
    cas_answer: str | None = None
    """Sent instead of a service response."""
    asked: list[str] = field(default_factory=list)
    away: bool = False
    """Nothing is answered but 503."""

    def choices(self) -> str:
        """The page of a browser that says for nobody yet who signs in: one link for each user, and a way to refuse."""
        here, given = html.escape(flask.request.full_path), flask.request.args
        denied = urlencode({"error": "access_denied", "state": given.get("state", "")})
        links = "".join(f'<p><a href="{here}&amp;as={user}">{user}</a></p>' for user in self.users)
        return f'{links}<p><a href="{html.escape(given["redirect_uri"])}?{denied}">refuse</a></p>'


class TheClient(ClientMixin):  # type: ignore[misc]
    def get_client_id(self) -> str:
        return CLIENT_ID

    def get_default_redirect_uri(self) -> None:
        return None

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri.startswith("http")

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == CLIENT_SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return bool(method == "client_secret_basic")

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@dataclass
class Code:
    """An authorization code as the grant keeps it."""

    code: str
    redirect_uri: str
    scope: str
    nonce: str | None
    code_challenge: str | None
    code_challenge_method: str | None
    user: str

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str | None:
        return self.nonce

    def get_auth_time(self) -> None:
        return None

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


@dataclass
class Token:
    """An access token as the resource side reads it."""

    user: str
    scope: str

    def get_scope(self) -> str:
        return self.scope

    def is_expired(self) -> bool:
        return False

    def is_revoked(self) -> bool:
        return False


def oidc_routes(app: flask.Flask, portal: Portal) -> None:  # noqa: C901
    class Grant(grants.AuthorizationCodeGrant):  # type: ignore[misc]
        TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic"]

        def save_authorization_code(self, code: str, request: Any) -> Any:
            data = request.payload.data
            portal.codes[code] = Code(
                code, request.payload.redirect_uri, request.payload.scope, data.get("nonce"),
                data.get("code_challenge"), data.get("code_challenge_method"), request.user,
            )  # fmt: skip

        def query_authorization_code(self, code: str, client: Any) -> Any:
            return portal.codes.get(code)

        def delete_authorization_code(self, authorization_code: Any) -> None:
            del portal.codes[authorization_code.code]

        def authenticate_user(self, authorization_code: Any) -> Any:
            return authorization_code.user

    class Claims(OpenIDCode):  # type: ignore[misc]
        def exists_nonce(self, nonce: str, request: Any) -> bool:
            return False

        def resolve_client_private_key(self, client: Any) -> RSAKey:
            return portal.key

        def get_client_algorithm(self, client: Any) -> str:
            return "RS256"

        def get_encode_header(self, client: Any) -> dict[str, str]:
            return {"alg": "RS256", "kid": str(portal.key.kid)}

        def get_client_claims(self, client: Any) -> dict[str, Any]:
            return {"iss": portal.address, "aud": [CLIENT_ID], "exp": int(time.time()) + 600}

        def generate_user_info(self, user: Any, scope: str) -> UserInfo:
            return UserInfo(sub=user)

        def process_token(self, grant: Any, response: Any, *more: Any) -> Any:
            token = super().process_token(grant, response, *more)
            if portal.forge and "id_token" in token:
                claims = jwt.decode(token["id_token"], portal.key, algorithms=["RS256"]).claims
                token["id_token"] = portal.forge(dict(claims))
            return token

    class Validator(BearerTokenValidator):  # type: ignore[misc]
        def authenticate_token(self, token_string: str) -> Any:
            return portal.tokens.get(token_string)

    def save_token(token: dict[str, Any], request: Any) -> None:
        portal.tokens[token["access_token"]] = Token(request.user, token.get("scope", ""))

    server = AuthorizationServer(app, query_client=lambda _: TheClient(), save_token=save_token)
    server.register_grant(Grant, [Claims(require_nonce=True), CodeChallenge(required=True)])
    protect = ResourceProtector()
    protect.register_token_validator(Validator())

    @app.get("/oidc/.well-known/openid-configuration")
    def metadata() -> dict[str, Any]:
        portal.asked.append("metadata")
        return {
            "issuer": portal.address, "authorization_endpoint": f"{portal.address}/authorize",
            "token_endpoint": f"{portal.address}/token", "jwks_uri": f"{portal.address}/jwks",
            "userinfo_endpoint": f"{portal.address}/userinfo",
        }  # fmt: skip

    @app.get("/oidc/jwks")
    def jwks() -> dict[str, Any]:
        return {"keys": [portal.key.as_dict(private=False)]}

    @app.get("/oidc/authorize")
    def authorize() -> Any:
        user = flask.request.args.get("as")
        return server.create_authorization_response(grant_user=user) if user else portal.choices()

    @app.post("/oidc/token")
    def token() -> Any:
        return server.create_token_response()

    @app.get("/oidc/userinfo")
    @protect()
    def userinfo() -> dict[str, Any]:
        return {"sub": bearer.user, **portal.users[bearer.user]}


def cas_routes(app: flask.Flask, portal: Portal) -> None:
    @app.get("/cas/login")
    def login() -> Any:
        service, ticket = flask.request.args["service"], f"ST-{secrets.token_urlsafe(16)}"
        portal.tickets[ticket] = (service, flask.request.args["as"])
        return flask.redirect(f"{service}{'&' if '?' in service else '?'}ticket={ticket}")

    @app.get("/cas/p3/serviceValidate")
    def validate() -> Any:
        if portal.cas_answer is not None:
            return flask.Response(portal.cas_answer, mimetype="text/xml")
        service, user = portal.tickets.pop(flask.request.args["ticket"], ("", ""))
        if not user or service != flask.request.args["service"]:
            inner = '<cas:authenticationFailure code="INVALID_TICKET">no</cas:authenticationFailure>'
        else:
            facts = portal.users[user].items()
            attributes = "".join(f"<cas:{k}>{escape(str(v))}</cas:{k}>" for k, v in facts)
            inner = (
                f"<cas:authenticationSuccess><cas:user>{escape(user)}</cas:user>"
                f"<cas:attributes>{attributes}</cas:attributes></cas:authenticationSuccess>"
            )
        body = f'<cas:serviceResponse xmlns:cas="http://www.yale.edu/tp/cas">{inner}</cas:serviceResponse>'
        return flask.Response(body, mimetype="text/xml")


@contextmanager
def campus_portal() -> Iterator[Portal]:
    """Run the portal on a free port of this machine."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    app, portal = flask.Flask("portal"), Portal()
    oidc_routes(app, portal)
    cas_routes(app, portal)

    @app.before_request
    def away() -> Any:
        return ("", 503) if portal.away else None

    @app.get("/elsewhere")
    def elsewhere() -> dict[str, Any]:
        portal.asked.append("elsewhere")
        return {"keys": []}

    server = make_server("127.0.0.1", 0, app, threaded=True)
    portal.address = f"http://127.0.0.1:{server.server_port}/oidc"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield portal
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()

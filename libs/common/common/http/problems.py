"""RFC 9457 problem documents, Chinese first."""

from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from redis.exceptions import RedisError
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from ..errors import Conflict, DomainError, NotFound, ServiceBusy
from ..text import Text, preferred_language
from .validation import describe

log = structlog.get_logger()
INVALID = Text(
    "填写的内容有误，请按提示修改后重新提交。", "Some values are not valid. Correct them and send again."
)
UNEXPECTED = Text(
    "系统出现意外错误，您的内容没有丢失，请稍后重试；如仍不行请把编号告诉管理员。",
    "Something unexpected went wrong. Try again, and tell your administrator the reference.",
)
SECURITY = frozenset({401, 403, 429})
"""Refusals that a watch looks for: who is not known, may not, or tries too often."""
HTTP_TEXTS = {
    404: Text("没有这个地址。", "There is nothing at this address."),
    405: Text("这个地址不支持此操作。", "This address does not support the method."),
    413: Text("提交的内容过大。", "The request is too large."),
}


def problem(
    request: Request,
    *,
    status: int,
    code: str,
    text: Text,
    headers: dict[str, str] | None = None,
    **extra: Any,
) -> JSONResponse:
    """Return a problem response in the language of the request."""
    chosen = preferred_language(request.headers.get("accept-language"))
    body: dict[str, Any] = {
        "type": f"urn:huzhu:problem:{code}",
        "title": text.in_language(chosen),
        "status": status,
        "code": code,
        "detail": text.in_language(chosen),
        **extra,
    }
    reference = request.scope.get("state", {}).get("request_id")
    if reference:
        body["reference"] = reference
    return JSONResponse(body, status, headers=headers, media_type="application/problem+json")


async def on_domain_error(request: Request, error: Exception) -> JSONResponse:
    """Answer a refusal of the domain."""
    if not isinstance(error, DomainError):
        raise error
    if error.status in SECURITY:
        route = getattr(request.scope.get("route"), "path", None)
        log.warning("refused", code=error.code, status=error.status, method=request.method, route=route)
    extra: dict[str, Any] = {"params": error.params} if error.params else {}
    if error.errors:
        extra["errors"] = error.errors
    return problem(
        request, status=error.status, code=error.code, text=error.sentence, headers=error.headers, **extra
    )


async def on_invalid(request: Request, error: Exception) -> JSONResponse:
    """Answer a body or parameter that does not fit its schema, naming every field."""
    if not isinstance(error, RequestValidationError):
        raise error
    chosen = preferred_language(request.headers.get("accept-language"))
    path = getattr(request.scope.get("route"), "path", "")
    errors = [describe(item, chosen, path=path) for item in error.errors()]
    return problem(request, status=422, code="request.invalid", text=INVALID, errors=errors)


async def on_http(request: Request, error: Exception) -> JSONResponse:
    """Answer what the framework itself refused (no such path, wrong method)."""
    if not isinstance(error, HTTPException):
        raise error
    text = HTTP_TEXTS.get(error.status_code, Text("请求有误。", str(error.detail)))
    headers = dict(error.headers) if error.headers else None
    return problem(
        request, status=error.status_code, code=f"http.{error.status_code}", text=text, headers=headers
    )


async def on_database(request: Request, error: Exception) -> JSONResponse:
    """Answer a database failure: 409 when a constraint decided, 503 when it is away."""
    log.warning("database.error", kind=type(error).__name__, state=sqlstate(error))
    if isinstance(error, IntegrityError):
        return problem(request, status=409, code=Conflict.code, text=Conflict.text)
    if isinstance(error, DBAPIError) and not is_away(error):
        return await on_unexpected(request, error)
    return problem(
        request, status=503, code=ServiceBusy.code, text=ServiceBusy.text, headers=ServiceBusy.headers
    )


def sqlstate(error: Exception) -> str | None:
    """Return the SQLSTATE of a database error, if it has one."""
    origin = getattr(error, "orig", None)
    state: str | None = getattr(origin, "sqlstate", None) or getattr(origin, "pgcode", None)
    return state


def is_away(error: Exception) -> bool:
    """Whether the database (not the statement) was the cause: connection, shutdown, resources, deadlock."""
    if isinstance(error, PoolTimeout):
        return True
    if getattr(error, "connection_invalidated", False):
        return True
    state = sqlstate(error)
    return state is None or state[:2] in {"08", "53", "57", "58", "40"}


async def on_unexpected(request: Request, error: Exception) -> JSONResponse:
    """Answer a defect: nothing of its inside is shown."""
    # Answered outside everything that knows the request: the line has to name it itself.
    reference = request.scope.get("state", {}).get("request_id")
    log.error("unexpected", kind=type(error).__name__, request_id=reference, exc_info=error)
    return problem(request, status=500, code="service.unexpected", text=UNEXPECTED)


def install(app: FastAPI) -> None:
    """Register the handlers."""
    app.add_exception_handler(DomainError, on_domain_error)
    app.add_exception_handler(RequestValidationError, on_invalid)
    app.add_exception_handler(HTTPException, on_http)
    app.add_exception_handler(DBAPIError, on_database)
    app.add_exception_handler(PoolTimeout, on_database)
    app.add_exception_handler(OSError, on_database)
    app.add_exception_handler(RedisError, on_database)
    app.add_exception_handler(Exception, on_unexpected)


__all__ = ["NotFound", "install", "is_away", "problem", "sqlstate"]

"""HTTP of the interchange (FHIR R4, read-only): resources, searches, and refusals as OperationOutcome."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, Literal
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

import orjson
from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from sqlalchemy.ext.asyncio import AsyncSession

from common.auth import Actor
from common.clock import now
from common.crypto import TenantKeys
from common.errors import DomainError, NotFound, NotPermitted, NotSignedIn
from common.http import KeysDep, SessionDep
from common.http.validation import describe
from common.text import preferred_language

from ..auth import ReaderDep
from . import service
from .errors import FormatUnknown
from .rules import Json, bundle, operation_outcome
from .searching import search_of

MEDIA = "application/fhir+json"
Kind = Literal["Coverage", "Claim", "ClaimResponse"]
ISSUES: tuple[tuple[type[Exception], str], ...] = (
    (NotFound, "not-found"), (NotPermitted, "forbidden"), (NotSignedIn, "login"), (FormatUnknown, "not-supported"),
)  # fmt: skip
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class FhirRoute(APIRoute):
    """A route whose refusals are OperationOutcomes, in the language of the request."""

    def get_route_handler(self) -> Handler:
        """Wrap the route's own handler."""
        inner = super().get_route_handler()

        async def handler(request: Request) -> Response:
            try:
                return await inner(request)
            except DomainError as error:
                code = next((name for kind, name in ISSUES if isinstance(error, kind)), "invalid")
                chosen = preferred_language(request.headers.get("accept-language"))
                outcome = operation_outcome(code, error.sentence.in_language(chosen))
                return _fhir(outcome, error.status, dict(error.headers))
            except RequestValidationError as error:
                chosen = preferred_language(request.headers.get("accept-language"))
                found = [describe(item, chosen) for item in error.errors()]
                places = [(item["field"], item["message"]) for item in found]
                return _fhir(operation_outcome("invalid", "", places=places), 400)

        return handler


router = APIRouter(prefix="/fhir", tags=["fhir"], route_class=FhirRoute)


def _fhir(resource: Json, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(orjson.dumps(resource), status, headers=headers, media_type=f"{MEDIA}; fhirVersion=4.0")


def _base(request: Request) -> str:
    """The address of the interface as the caller used it."""
    return str(request.url).split("?", 1)[0].split("/fhir/", 1)[0] + "/fhir"


def _speaks_json(request: Request) -> None:
    accepted = request.headers.get("accept", "*/*")
    if not any(kind in accepted for kind in ("*/*", "application/*", "json")):
        raise FormatUnknown


@router.get("/metadata")
async def read_capabilities(request: Request) -> Response:
    """CapabilityStatement：本接口支持的资源和查询参数。"""
    _speaks_json(request)
    return _fhir(service.capability_statement(_base(request), now().isoformat(timespec="seconds")))


@router.get("/{kind}/{resource_id}")
async def read_resource(
    request: Request, session: SessionDep, actor: ReaderDep, keys: KeysDep, kind: Kind, resource_id: UUID
) -> Response:
    """读取一个资源：会员本人的，或工作人员数据范围内的。"""
    _speaks_json(request)
    return _fhir(
        await service.read_resource(session, actor=actor, keys=keys, kind=kind, resource_id=resource_id)
    )


@router.get("/{kind}")
async def search(
    request: Request, session: SessionDep, actor: ReaderDep, keys: KeysDep, kind: Kind
) -> Response:
    """按参数查询，返回 searchset；证件号码请用 POST …/_search。"""
    return await _search(
        request, session, actor, keys, kind, request.query_params.multi_items(), in_body=False
    )


@router.post("/{kind}/_search")
async def search_by_form(
    request: Request, session: SessionDep, actor: ReaderDep, keys: KeysDep, kind: Kind
) -> Response:
    """同上，参数在表单里：证件号码不会进入网址和日志。"""
    sent = parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True)
    every = [*request.query_params.multi_items(), *sent]
    return await _search(request, session, actor, keys, kind, every, in_body=True)


async def _search(
    request: Request,
    session: AsyncSession,
    actor: Actor,
    keys: TenantKeys,
    kind: Kind,
    sent: Iterable[tuple[str, str]],
    *,
    in_body: bool,
) -> Response:
    _speaks_json(request)
    asked = list(sent)
    wanted = await search_of(kind, asked, in_body=in_body)
    narrowed = await service.by_person(session, actor=actor, keys=keys, wanted=wanted)
    found, cursor = (
        ([], None)
        if narrowed is None
        else await service.search(session, actor=actor, keys=keys, kind=kind, wanted=narrowed)
    )
    kept = [(name, value) for name, value in asked if name not in ("_cursor", "patient.identifier")]
    if narrowed is not None and narrowed is not wanted:
        kept.append(("patient", f"Patient/{narrowed.person_id}"))
    base = _base(request)
    here = f"{base}/{kind}" + (f"?{urlencode(kept)}" if kept else "")
    after = f"{base}/{kind}?{urlencode([*kept, ('_cursor', cursor)])}" if cursor else None
    page = bundle(found, base=base, here=here, after=after)
    return _fhir(await asyncio.to_thread(service.validated, page))

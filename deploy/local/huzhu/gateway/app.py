"""The embedded gateway: /api/<service>/…, documents about the API, first page, sandbox, web apps."""

import asyncio
from importlib import import_module

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.responses import FileResponse

from common.events.asyncapi import asyncapi_document, asyncapi_yaml
from common.http.mounting import mounted
from common.text import preferred_language
from huzhu.home import SERVICES

from .headers import PageHeaders
from .openapi import merged_openapi
from .pages import PAGES, first_page
from .web import WEB_APPS, WebApp


def service_apps() -> dict[str, FastAPI]:
    """Make every service's app from the environment."""
    return {name: import_module(f"{name}.app").create_app() for name in SERVICES}


def create_gateway(apps: dict[str, FastAPI] | None = None) -> FastAPI:
    """Return the application that `make run` serves."""
    services = service_apps() if apps is None else apps
    gateway = mounted(services)
    _add_documents(gateway, services)
    _add_pages(gateway)
    for path, folder in WEB_APPS.items():
        gateway.mount(path, WebApp(folder))
    gateway.add_middleware(PageHeaders)
    return gateway


def _add_documents(gateway: FastAPI, services: dict[str, FastAPI]) -> None:
    @gateway.get("/api/openapi.json")
    async def openapi() -> JSONResponse:
        return JSONResponse(merged_openapi(services))

    @gateway.get("/asyncapi.json")
    async def asyncapi() -> JSONResponse:
        return JSONResponse(asyncapi_document())

    @gateway.get("/asyncapi.yaml")
    async def asyncapi_as_yaml() -> Response:
        return Response(await asyncio.to_thread(asyncapi_yaml), media_type="application/yaml")


def _add_pages(gateway: FastAPI) -> None:
    @gateway.get("/", response_class=HTMLResponse)
    async def first(request: Request) -> HTMLResponse:
        return HTMLResponse(first_page(preferred_language(request.headers.get("accept-language"))))

    @gateway.get("/sandbox/", response_class=FileResponse)
    async def sandbox() -> FileResponse:
        return FileResponse(PAGES / "sandbox.html")

    @gateway.get("/sandbox/portal/", response_class=FileResponse)
    async def sandbox_portal() -> FileResponse:
        return FileResponse(PAGES / "portal.html")

    @gateway.get("/pages/{name}", response_class=FileResponse)
    async def page_asset(name: str) -> Response:
        asset = PAGES / name
        if asset.parent != PAGES or asset.suffix not in {".css", ".js", ".svg"} or not asset.is_file():
            return Response(status_code=404)
        return FileResponse(asset)

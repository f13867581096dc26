"""Names of services as they are typed."""

import typer

from huzhu.home import SERVICES


def known(service: str) -> str:
    """Return a service's name, which is that of its topic too; ends the command where there is none of that name."""
    if service not in SERVICES:
        typer.echo(f"没有服务 {service}；可选 choose one of: {', '.join(SERVICES)}", err=True)
        raise typer.Exit(2)
    return service

"""``serve``: the HTTP API."""

from __future__ import annotations

import ipaddress
from typing import Annotated

import typer

from rca_search.cli import options
from rca_search.cli.session import Session

EXAMPLES = """
  rca-search serve
  rca-search serve --host 0.0.0.0 --port 80 --index /var/lib/rca-search
  rca-search serve --port 0
"""


def serve(
    session: Session,
    host: Annotated[
        str | None,
        typer.Option(
            "--host", metavar="ADDRESS", help="Address to bind to. [env RCA_HOST; default: 127.0.0.1]"
        ),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option("--port", metavar="N", help="Port; 0 picks a free one. [env RCA_PORT; default: 8080]"),
    ] = None,
    rerank: options.Rerank = None,
) -> None:
    """Serve the index over HTTP until interrupted; new versions are picked up as they are published."""
    settings = session.settings(host=host, port=port)
    service = session.service(rerank=rerank)
    from rca_search.api.server import address, bind, make_server
    from rca_search.logs import configure_logging

    configure_logging(settings.log_format, "DEBUG" if session.screen.verbose else settings.log_level)
    with bind(settings) as listener:
        url = address(listener)
        session.screen.note(f"Serving index version {service.version} on {url} (API: {url}/openapi.json)")
        if not _is_loopback(listener.getsockname()[0]):
            session.screen.warn("This address can be reached from other machines, and nobody has to log in.")
        make_server(service, settings).run(sockets=[listener])


def _is_loopback(host: str) -> bool:
    return ipaddress.ip_address(host.partition("%")[0]).is_loopback

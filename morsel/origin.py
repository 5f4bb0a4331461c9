"""`morsel serve gateway --one-origin`: the gateway, and the services' public paths beside it."""

import os
import sys

from gateway.app import create_standalone_app
from gateway.settings import Settings
from morsel.data import Data
from morsel.issuer import development_issuer
from morsel.proxy import Proxy
from services.content.contract import PUBLIC_PATHS as CONTENT
from services.credentials.contract import PUBLIC_PATHS as CREDENTIALS
from services.kit.health import run
from services.kit.settings import SettingsError, load
from services.kit.telemetry import configure
from services.kit.tracing import tracing
from services.progress.contract import PUBLIC_PATHS as PROGRESS


def main(*, issuer: Data | None) -> None:
    """Serve until told to stop; `issuer` is the folder of a development issuer to be, too."""
    configure("gateway")
    try:
        settings = load(Settings, os.environ)
        proxies = {
            Proxy("content", settings.content_url): CONTENT,
            Proxy("progress", settings.progress_url): PROGRESS,
            Proxy("credentials", settings.credentials_url): CREDENTIALS,
        }
        development = development_issuer(issuer, settings.public_url) if issuer else None
        app = create_standalone_app(
            settings,
            routes=[
                *(route for proxy, paths in proxies.items() for route in proxy.routes(paths)),
                *(development.routes(settings.public_url) if development else ()),
            ],
            keys=development.keys if development else None,
            close=[proxy.close for proxy in proxies],
        )
        tracing.start("gateway", endpoint=settings.otlp_endpoint, ratio=settings.trace_ratio)
    except SettingsError as error:
        sys.exit(str(error))
    run(app, host=settings.host, port=settings.port)

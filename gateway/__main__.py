"""Run the gateway as a process of its own: `python -m gateway`."""

import os
import sys

from gateway.app import create_standalone_app
from gateway.settings import Settings
from services.kit.health import run
from services.kit.settings import SettingsError, load
from services.kit.telemetry import configure
from services.kit.tracing import tracing


def main() -> None:
    """Serve until told to stop; a missing or wrong setting ends it with a sentence."""
    configure("gateway")
    try:
        settings = load(Settings, os.environ)
        app = create_standalone_app(settings)
        tracing.start("gateway", endpoint=settings.otlp_endpoint, ratio=settings.trace_ratio)
    except SettingsError as error:
        sys.exit(str(error))
    run(app, host=settings.host, port=settings.port)


if __name__ == "__main__":
    main()

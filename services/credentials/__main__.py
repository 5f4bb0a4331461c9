"""Run the credentials service as a process of its own: `python -m services.credentials`."""

import os
import sys

from services.credentials.app import create_app
from services.credentials.settings import Settings
from services.kit.health import run
from services.kit.settings import SettingsError, load
from services.kit.telemetry import RequestLog, configure
from services.kit.tracing import tracing


def main() -> None:
    """Serve until told to stop; a missing or wrong setting ends it with a sentence."""
    configure("credentials")
    try:
        settings = load(Settings, os.environ)
        app = create_app(settings)
        tracing.start("credentials", endpoint=settings.otlp_endpoint, ratio=settings.trace_ratio)
    except SettingsError as error:
        sys.exit(str(error))
    run(RequestLog(app), host=settings.host, port=settings.port)


if __name__ == "__main__":
    main()

"""Run the progress service as a process of its own: `python -m services.progress`."""

import os
import sys

from services.kit.health import run
from services.kit.settings import SettingsError, load
from services.kit.telemetry import RequestLog, configure
from services.kit.tracing import tracing
from services.progress.app import create_app
from services.progress.settings import Settings


def main() -> None:
    """Serve until told to stop; a missing or wrong setting ends it with a sentence."""
    configure("progress")
    try:
        settings = load(Settings, os.environ)
        app = create_app(settings)
        tracing.start("progress", endpoint=settings.otlp_endpoint, ratio=settings.trace_ratio)
    except SettingsError as error:
        sys.exit(str(error))
    run(RequestLog(app), host=settings.host, port=settings.port)


if __name__ == "__main__":
    main()

"""Runs the content service as a process of its own: `python -m services.content`."""

import os
import sys

from services.content.app import create_app
from services.content.settings import Settings
from services.kit import health, settings, telemetry
from services.kit.tracing import tracing


def main() -> None:
    """Serve until SIGINT or SIGTERM; a wrong setting ends the start with a sentence."""
    try:
        loaded = settings.load(Settings, os.environ)
        app = create_app(loaded)
        tracing.start("content", endpoint=loaded.otlp_endpoint, ratio=loaded.trace_ratio)
    except settings.SettingsError as error:
        sys.exit(str(error))
    telemetry.configure("content")
    health.run(app, host=loaded.host, port=loaded.port)


if __name__ == "__main__":
    main()

"""Run the command: `python -m morsel`."""

import sys

from morsel.main import main

if __name__ == "__main__":
    sys.exit(main())

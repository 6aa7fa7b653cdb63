"""The server as a process: ``python -m realtime_lab.server``."""

import sys

from .command import main

if __name__ == "__main__":
    sys.exit(main())

"""What `morsel up` asks of processes that it starts."""

import ctypes
import os
import signal
import socket
import sys

PR_SET_PDEATHSIG = 1


def die_with(parent: int, sign: signal.Signals) -> None:
    """Ask the kernel, in the child before exec, for a signal when the parent is gone."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, sign)
        if os.getppid() != parent:
            os._exit(1)


def free_port() -> int:
    """Return a port on loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

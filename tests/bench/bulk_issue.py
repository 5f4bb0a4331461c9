"""How long `morsel issue` takes for many: a table, the command, the API, MongoDB, all real.

Run: python -m tests.bench.bulk_issue [ROWS]   (an embedded mongod and a whole system of its own)

Prints rows a second, and how much memory the system's process took at most.

Measured on two processors with other work running (load 3 to 4): 100,000 issued in 271 s, 369 a
second; the same command again, which finds all of it there, 18 s; 190 MiB of memory at most.
"""

import asyncio
import csv
import resource
import sys
import tempfile
import time
from pathlib import Path

from services.kit.records import Role
from tests.e2e.test_issue import achievement_of
from tests.support.school import SCHOOL, opened_school

ROWS = 100_000


def write_table(path: Path, rows: int) -> None:
    """Write a table of people."""
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["name", "email", "score"])
        for number in range(rows):
            table.writerow([f"Zoë Example {number}", f"zoe{number}@example.org", "0.9"])


async def main(rows: int) -> None:
    """Issue, and once more, which finds all of it there."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "people.csv"
        write_table(path, rows)
        async with opened_school(Path(folder)) as school:
            token = school.system.issuer.token("ines", roles=(Role.ISSUER,), organisation=SCHOOL)
            told = [await achievement_of(school), str(path)]
            told += ["--url", f"{school.spy.gateway.url}/graphql", "--token", token]
            for name in ("issued", "told again"):
                begun = time.monotonic()
                command = [sys.executable, "-m", "morsel", "issue", *told]
                process = await asyncio.create_subprocess_exec(*command)
                assert await process.wait() == 0
                seconds = time.monotonic() - begun
                print(f"{rows:,} {name} in {seconds:.0f} s, {rows / seconds:,.0f} a second")
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(f"memory of the system, at most: {memory:,.0f} MiB")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS))

"""What `morsel up` says once it answers: where, who can sign in, and commands to try."""

import json
import shlex
from pathlib import Path

from rich.console import Console

from morsel.data import Data
from morsel.issuer import Issuer
from morsel.system import DEMO_ORGANISATION
from services.kit.records import Role

PEOPLE = {
    "learner": (Role.LEARNER,),
    "author": (Role.LEARNER, Role.AUTHOR),
    "manager": (Role.LEARNER, Role.MANAGER),
}
COMMANDS = (
    (
        "Which courses are there?",
        None,
        "{ catalog(first: 3) { nodes { id slug title minutes skills { name } } } }",
    ),
    (
        "Who am I?",
        "learner",
        "{ viewer { id displayName email roles } }",
    ),
    (
        "What does my organisation write?",
        "author",
        "{ authoredCourses(first: 3) { nodes { slug title draft { revision } } } }",
    ),
    (
        "How does my cohort get on?",
        "manager",
        "{ cohorts(first: 1) { nodes { id name report { members completions csvUrl } } } }",
    ),
)


def write_tokens(data: Data, issuer: Issuer) -> dict[str, Path]:
    """Write a fresh token for each ready-made person, and return the files."""
    return {
        name: data.write_token(
            name,
            issuer.token(
                f"demo-{name}",
                roles=roles,
                organisation=DEMO_ORGANISATION,
                name=f"Demo {name}",
                email=f"{name}@example.org",
            ),
        )
        for name, roles in PEOPLE.items()
    }


def commands(public_url: str, tokens: dict[str, Path]) -> list[tuple[str, str]]:
    """Return what each command shows, and the command."""
    return [
        (title, _curl(public_url, query, tokens.get(who or ""))) for title, who, query in COMMANDS
    ]


def show(
    public_url: str,
    tokens: dict[str, Path],
    *,
    code: str | None = None,
    console: Console | None = None,
) -> None:
    """Print the welcome; long lines are never broken, so that they can be copied."""
    out = console or Console(soft_wrap=True, highlight=False)
    out.print(f"\n[bold]Morsel answers at {public_url}/graphql[/bold]   (Ctrl-C stops it)\n")
    for name, path in tokens.items():
        out.print(f"[dim]Token of the demo {name}, good for a day:[/dim]")
        out.print(path.read_text(encoding="ascii"), markup=False)
    if code is not None:
        out.print("[dim]Code to join the demo cohort with, good for 30 days (joinCohort):[/dim]")
        out.print(code, markup=False)
    out.print("\nTry:")
    for title, command in commands(public_url, tokens):
        out.print(f"[dim]# {title}[/dim]")
        out.print(command, markup=False)
    out.print()


def _curl(public_url: str, query: str, token: Path | None) -> str:
    body = json.dumps({"query": query})
    sign_in = f' -H "Authorization: Bearer $(cat {shlex.quote(str(token))})"' if token else ""
    return (
        f"curl -s {public_url}/graphql -H 'Content-Type: application/json'{sign_in} "
        f"-d {shlex.quote(body)}"
    )

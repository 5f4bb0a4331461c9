"""Which skills the demo's job roles need: its own small set, over public identifiers.

`services/content/demo/job_roles.json` has the address of each job role with those of its skills, as
the demo's courses name them.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from services.content.domain.course import Competency
from services.content.importers.frameworks.rows import Relation
from services.content.use_cases.frameworks import Frameworks

FRAMEWORK = "Morsel demo"
"""Says these relations; the frameworks of the skills do not."""


async def relate(frameworks: Frameworks, file: Path) -> None:
    """Bring the relations in; those of an earlier release of the demo go."""
    await frameworks.bring_in(
        _relations(file), version=None, told=lambda _: None, moved=lambda _: None
    )


def _relations(file: Path) -> Iterator[Relation]:
    needs: Mapping[str, Sequence[str]] = json.loads(file.read_text(encoding="utf-8"))
    for role, skills in needs.items():
        for skill in skills:
            yield Relation(
                framework=FRAMEWORK,
                role=Competency(name="", url=role),
                skill=Competency(name="", url=skill),
            )

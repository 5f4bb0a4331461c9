"""Sample files of the three formats: their column names, with rows that are plainly test data."""

import json
from pathlib import Path

ESCO = "http://data.europa.eu/esco"
SKILL_HEAD = (
    "conceptType,conceptUri,skillType,reuseLevel,preferredLabel,altLabels,hiddenLabels,status,"
    "modifiedDate,scopeNote,definition,inScheme,description\n"
)
ROLE_HEAD = (
    "conceptType,conceptUri,iscoGroup,preferredLabel,altLabels,hiddenLabels,status,modifiedDate,"
    "regulatedProfessionNote,scopeNote,definition,inScheme,description,code\n"
)
LINK_HEAD = "occupationUri,relationType,skillType,skillUri\n"


def skill_row(key: str, name: str, *, also: str = "", about: str = "") -> str:
    return (
        f'KnowledgeSkillCompetence,{ESCO}/skill/{key},skill/competence,cross-sector,"{name}",'
        f'"{also}",,released,2026-01-01T00:00:00Z,,,,"{about}"\n'
    )


def role_row(key: str, name: str) -> str:
    return (
        f'Occupation,{ESCO}/occupation/{key},0000,"{name}",,,released,2026-01-01T00:00:00Z,,,,,'
        f'"About {name}.",0000.{key[-1]}\n'
    )


def link_row(role: str, kind: str, skill: str) -> str:
    return f"{ESCO}/occupation/{role},{kind},skill/competence,{ESCO}/skill/{skill}\n"


def esco(folder: Path, *, skills: str, german: str = "", roles: str = "", links: str = "") -> Path:
    """Write ESCO's files into a folder."""
    folder.mkdir(exist_ok=True)
    files = {
        "skills_en.csv": "\ufeff" + SKILL_HEAD + skills,
        "skills_de.csv": SKILL_HEAD + german,
        "occupations_en.csv": ROLE_HEAD + roles,
        "occupationSkillRelations_en.csv": LINK_HEAD + links,
    }
    for name, text in files.items():
        if text.count("\n") > 1:
            (folder / name).write_text(text, encoding="utf-8")
    return folder


def onet(folder: Path) -> Path:
    """Write O*NET's files into a folder; one row has a word for a number."""
    folder.mkdir()
    rated = "O*NET-SOC Code\tElement ID\tElement Name\tScale ID\tData Value\tRecommend Suppress\n"
    files = {
        "Occupation Data.txt": (
            "O*NET-SOC Code\tTitle\tDescription\n00-0001.00\tTest Pilots of Tests\tTest tests.\n"
        ),
        "Content Model Reference.txt": (
            "Element ID\tElement Name\tDescription\n9.A.1\tTest Reading\tReading tests.\n"
        ),
        "Skills.txt": rated
        + "00-0001.00\t9.A.1\tTest Reading\tIM\t4.12\tN\n"
        + "00-0001.00\t9.A.1\tTest Reading\tLV\t4.00\tN\n"
        + "00-0001.00\t9.A.2\tTest Writing\tIM\t1.12\tN\n"
        + "00-0001.00\t9.A.3\tTest Guessing\tIM\t4.50\tY\n"
        + "00-0001.00\t9.A.4\tTest Speaking\tIM\tmuch\tN\n",
        "Technology Skills.txt": (
            "O*NET-SOC Code\tExample\tCommodity Code\tCommodity Title\tHot Technology\n"
            "00-0001.00\tTest Suite\t99999901\tTest software\tN\n"
        ),
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def case_package() -> str:
    """Return a CASE package: a job role, a skill below it, and an item without its statement."""
    base = "https://case.example/uri"

    def node(key: str) -> dict[str, str]:
        return {"title": key, "identifier": key, "uri": f"{base}/{key}"}

    items = [
        {**node("i1"), "fullStatement": "Can test a thing.", "humanCodingScheme": "T.1"},
        {**node("i2"), "fullStatement": "Tester", "CFItemType": "Job Role"},
        {**node("i3")},
    ]
    association = {
        "identifier": "a1",
        "associationType": "isChildOf",
        "originNodeURI": node("i1"),
        "destinationNodeURI": node("i2"),
    }
    return json.dumps(
        {
            "CFDocument": {**node("d"), "title": "Test Framework", "version": "2.0"},
            "CFItems": items,
            "CFAssociations": [association],
        }
    )

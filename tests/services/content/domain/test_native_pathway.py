"""pathway.yaml, read and written."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.content.domain.course import Achievement
from services.content.domain.native import PathwayFile, parse_pathway, write_pathway
from services.kit.errors import Invalid

DEMO = Path(__file__).parents[4] / "services" / "content" / "demo"
GOOD = """slug: sums
title: Sums
summary: All of it.
courses: [one, two]
achievement:
  name: Adder
  description: Adds.
  criteria: Earned both.
translations:
  es:
    title: Sumas
    achievement:
      name: Sumador
"""
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1).filter(
    lambda text: bool(text.strip())
)
TEXTS = st.fixed_dictionaries({"en": WORDS}, optional={"es": WORDS, "pt-BR": WORDS})
SLUGS = st.from_regex(r"[a-z][a-z0-9-]{0,20}", fullmatch=True)
AWARDS = st.builds(
    Achievement,
    name=TEXTS,
    description=TEXTS,
    criteria=TEXTS,
    version=SLUGS,
    pass_score=st.sampled_from([0.5, 0.8, 1.0]),
    valid_for_days=st.none() | st.integers(1, 9999),
    image=st.none(),
)
PATHWAYS = st.builds(
    PathwayFile,
    slug=SLUGS,
    language=st.just("en"),
    title=TEXTS,
    summary=TEXTS,
    courses=st.lists(SLUGS, min_size=1, max_size=5, unique=True).map(tuple),
    achievement=st.none() | AWARDS,
)


@settings(max_examples=40, deadline=None)
@given(PATHWAYS)
def test_what_is_written_is_read_back_as_it_was(pathway: PathwayFile) -> None:
    """A pathway that goes through git would come back as another."""
    assert parse_pathway(write_pathway(pathway)).pathway == pathway


def test_a_file_is_read_with_its_translations() -> None:
    """A text would be lost, or stand under another language."""
    assert parse_pathway(GOOD.encode()).pathway == PathwayFile(
        slug="sums",
        language="en",
        title={"en": "Sums", "es": "Sumas"},
        summary={"en": "All of it."},
        courses=("one", "two"),
        achievement=Achievement(
            name={"en": "Adder", "es": "Sumador"},
            description={"en": "Adds."},
            criteria={"en": "Earned both."},
        ),
    )


@pytest.mark.parametrize(
    "old, new, line, says",
    [
        ("title: Sums\n", "", 1, "`title` is missing"),
        ("courses: [one, two]\n", "", 1, "`courses` lists the slugs"),
        ("courses: [one, two]", "courses: {one: two}", 4, "`courses` is a list of texts"),
        ("slug: sums", "slag: sums", 1, "`slag` is not known here; allowed: "),
        ("  name: Adder\n", "  name: Adder\n  image: a.png\n", 7, "`image` is not known here"),
        ("  es:\n", "  english:\n", 11, "`english` is no language tag"),
        ("    title: Sumas", "    titel: Sumas", 11, "`titel` is not known here"),
        ("title: Sums", "title: [Sums", 3, "this is no YAML"),
    ],
)
def test_a_mistake_is_named_with_its_line(old: str, new: str, line: int, says: str) -> None:
    """An author would search for what is wrong, or half of the file be stored."""
    assert old in GOOD
    parsed = parse_pathway(GOOD.replace(old, new, 1).encode())
    assert parsed.pathway is None
    found = [problem for problem in parsed.problems if says in problem.message]
    assert [problem.path[:2] for problem in found] == [("pathway.yaml", str(line))]


def test_what_no_file_holds_is_refused() -> None:
    """A file that cannot be read again would be taken for a backup."""
    title = {"en": "Sums"}
    empty = PathwayFile(slug="sums", language="en", title=title, summary=title, courses=())
    with pytest.raises(Invalid, match="lists the slugs"):
        write_pathway(empty)


def test_the_demo_is_whole() -> None:
    """The first pathway that anybody sees would lack a course or a translation."""
    (file,) = DEMO.glob("*/pathway.yaml")
    pathway = parse_pathway(file.read_bytes()).pathway
    assert pathway is not None
    assert pathway.slug == file.parent.name
    assert {path.parent.name for path in DEMO.glob("*/course.yaml")} == set(pathway.courses)
    assert pathway.achievement is not None
    award = pathway.achievement
    texts = (pathway.title, pathway.summary, award.name, award.description, award.criteria)
    assert [set(text) for text in texts] == [{"en", "es"}] * 5

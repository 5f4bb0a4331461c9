"""pathway.yaml: what a stack of courses says of itself."""

from services.content.domain.course import Achievement, Texts
from services.content.domain.keys import slug as make_slug
from services.content.domain.native.manifest import ManifestReader, read_translations
from services.content.domain.native.report import Report
from services.content.domain.native.scope import Scope
from services.content.domain.native.section import read_yaml
from services.content.domain.native.writing.manifest import ManifestWriter
from services.content.domain.native.writing.yaml_text import write_yaml
from services.content.domain.problem import Problem
from services.kit.errors import Invalid
from services.kit.records import Record

PATHWAY = "pathway.yaml"


class PathwayFile(Record):
    """A pathway as a file holds it: its courses by slug, its achievement without a badge."""

    slug: str
    language: str
    title: Texts
    summary: Texts
    courses: tuple[str, ...]
    achievement: Achievement | None = None


class ParsedPathway(Record):
    """What a file holds: the pathway, or the problems for which there is none."""

    pathway: PathwayFile | None = None
    lines: tuple[int, ...] = ()
    """Of each course."""
    problems: tuple[Problem, ...] = ()


def parse_pathway(content: bytes) -> ParsedPathway:
    """Return the pathway of a file, or every problem with its line and what is allowed."""
    report = Report()
    text = content.decode("utf-8-sig", errors="replace")
    head = read_yaml(text, file=PATHWAY, report=report)
    reader = ManifestReader(head, Scope({}, report))
    language, translations = reader.language, read_translations(head, reader.language)
    title = translations.add("title", head.texts("title", language, required=True))
    summary = translations.add("summary", head.texts("summary", language, required=True))
    courses = head.lined_words("courses")
    if not courses:
        report.add(PATHWAY, head.line_of("courses"), "`courses` lists the slugs of one or more")
    pathway = PathwayFile(
        slug=head.text("slug") or make_slug(title.get(language, "pathway")),
        language=language,
        title=title,
        summary=summary,
        courses=tuple(course for course, _ in courses),
        achievement=reader.achievement(translations, has_badge=False),
    )
    translations.done()
    head.done()
    if report.problems:
        return ParsedPathway(problems=report.problems)
    return ParsedPathway(pathway=pathway, lines=tuple(line for _, line in courses))


def write_pathway(pathway: PathwayFile) -> bytes:
    """Return the file of a pathway, which `parse_pathway` reads as that very pathway.

    Invalid for one that no file holds, such as one without courses.
    """
    writer = ManifestWriter(pathway.language, lambda picture: picture.hash)
    content = {
        "slug": pathway.slug,
        "title": writer.texts(pathway.title),
        "summary": writer.texts(pathway.summary),
        "language": pathway.language,
        "courses": list(pathway.courses),
    }
    if pathway.achievement is not None:
        content["achievement"] = writer.achievement(pathway.achievement)
    written = f"{write_yaml(content)}\n".encode()
    parsed = parse_pathway(written)
    if parsed.pathway != pathway:
        why = parsed.problems[0].message if parsed.problems else "it would not read back as it is"
        raise Invalid(f"A file cannot hold this pathway: {why}.")
    return written

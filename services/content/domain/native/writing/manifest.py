"""course.yaml as it is written."""

from collections.abc import Callable, Mapping, Sequence

from services.content.domain.course import (
    DEFAULT_PASS_SCORE,
    Achievement,
    Competency,
    Course,
    Module,
    Picture,
    Texts,
)
from services.content.domain.keys import slug
from services.content.domain.native.scope import picture_name
from services.content.domain.native.writing.items import share
from services.content.domain.native.writing.yaml_text import write_yaml

Section = dict[str, object]


class ManifestWriter:
    """Writes what a course says of itself."""

    def __init__(self, language: str, file_of: Callable[[Picture], str]) -> None:
        """Keep the course's language, and how pictures are called."""
        self._language = language
        self._file_of = file_of

    def write(self, course: Course, lessons: Mapping[str, str]) -> str:
        """Return course.yaml; `lessons` are their files by key."""
        head: Section = {
            "slug": course.slug,
            "title": self.texts(course.title),
            "summary": self.texts(course.summary),
            "language": course.language,
            "level": course.level.lower(),
        }
        more: Section = {
            "tags": list(course.tags),
            "skills": list(map(_competency, course.skills)),
            "job_roles": list(map(_competency, course.job_roles)),
            "cover": course.cover and self._picture(course.cover),
            "modules": [self._module(module, lessons) for module in course.modules],
            "achievement": course.achievement and self.achievement(course.achievement),
        }
        return write_yaml(head | {name: value for name, value in more.items() if value}) + "\n"

    def achievement(self, award: Achievement) -> Section:
        """Return what an achievement says."""
        section: Section = {
            "name": self.texts(award.name),
            "description": self.texts(award.description),
            "criteria": self.texts(award.criteria),
        }
        if award.pass_score != DEFAULT_PASS_SCORE:
            section["pass"] = share(award.pass_score)
        if award.valid_for_days is not None:
            section["valid_for_days"] = award.valid_for_days
        if award.version != "1":
            section["version"] = award.version
        if award.image is not None:
            picture = self._picture(award.image)
            is_named = award.image.alt == award.name and "name" not in picture
            section["image"] = picture["file"] if is_named else picture
        return section

    def texts(self, texts: Texts) -> object:
        """Return a text in the course's language alone as such, one in several by language."""
        alone = texts.keys() == {self._language}
        return texts[self._language] if alone else dict(texts)

    def _picture(self, picture: Picture) -> Section:
        file = self._file_of(picture)
        section: Section = {"file": file, "alt": self.texts(picture.alt)}
        if picture.file not in {None, picture_name(file, picture.hash)}:
            section["name"] = picture.file
        return section

    def _module(self, module: Module, lessons: Mapping[str, str]) -> Section:
        made = slug(module.title.get(self._language, ""))
        key: Section = {} if made == module.key else {"key": module.key}
        files: Sequence[str] = [lessons[lesson.key] for lesson in module.lessons]
        return {**key, "title": self.texts(module.title), "lessons": files}


def _competency(competency: Competency) -> Section:
    fields = ("name", "framework", "code", "url", "description")
    return {name: value for name in fields if (value := getattr(competency, name)) is not None}

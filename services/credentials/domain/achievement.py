"""The Achievement of Open Badges 3.0: a course's award as it stands in every credential for it."""

from collections.abc import Sequence
from urllib.parse import quote, urlsplit

from services.content.contract import Image, JobRole, LocalText, PictureName, Skill
from services.credentials.contract import Achievement, Issuer
from services.credentials.domain.records import Definition
from services.credentials.domain.text import checked, in_language
from services.kit.records import Json

BADGE_WIDTH = 720
"""Pixels: what wallets show sharply."""

_KINDS = {"ESCO": ("ext:ESCOSkill", "ext:ESCOOccupation")}
_OTHER_KINDS = ("ext:Skill", "ext:JobRole")
_ROLE_KINDS = frozenset({"ext:ESCOOccupation", "ext:JobRole"})


def achievement_url(definition: Definition, *, origin: str) -> str:
    """Return the id of an achievement: an address under its issuer, one for each version."""
    return _address(definition, "achievements", origin=origin)


def drawn_url(definition: Definition, *, origin: str) -> str:
    """Return where the badge stands that is drawn for an achievement without a picture."""
    return _address(definition, "badges", origin=origin) + ".png"


def score_url(achievement: str) -> str:
    """Return the id of the result description that scores refer to."""
    return f"{achievement}#score"


def completion_url(achievement: str) -> str:
    """Return the id of the result description of who completed it, where there is no score."""
    return f"{achievement}#completion"


def retention_url(achievement: str) -> str:
    """Return the id of the result description of how well it is retained."""
    return f"{achievement}#retention"


def make_achievement(
    definition: Definition, *, origin: str, endorsements: Sequence[Json] = ()
) -> dict[str, Json]:
    """Return the Achievement in its course's language; Invalid for text that cannot be signed.

    `endorsements` are the signed statements of others about it, embedded as objects.
    """
    award, url = definition.award, achievement_url(definition, origin=origin)
    achievement: dict[str, Json] = {
        "id": url,
        "type": ["Achievement"],
        "achievementType": "MicroCredential",
        "name": text_of(award.name, definition.language),
        "description": text_of(award.description, definition.language),
        "criteria": {"narrative": text_of(award.criteria, definition.language)},
        "version": checked(award.version),
        "resultDescription": [
            _score_description(definition, score_url(url)),
            _completion_description(completion_url(url)),
            retention_description(retention_url(url)),
        ],
    }
    if language := in_language(definition.language):
        achievement["inLanguage"] = language
    if award.image is not None:
        caption = text_of(award.image.alt, definition.language)
        achievement["image"] = picture(award.image, caption=caption, origin=origin)
    else:
        achievement["image"] = {"id": drawn_url(definition, origin=origin), "type": "Image"}
    if alignment := _alignments(definition):
        achievement["alignment"] = alignment
    if tags := [checked(item.name) for item in _targets(definition) if not _has_address(item)]:
        achievement["tag"] = tags
    if endorsements:
        achievement["endorsement"] = list(endorsements)
    return achievement


def badge_picture(image: Image) -> PictureName:
    """Return which rendition of a picture is shown as a badge: at most BADGE_WIDTH wide."""
    widths = [width for width in image.widths if width <= BADGE_WIDTH]
    width = widths[-1] if widths else next(iter(image.widths), image.width)
    return PictureName(hash=image.hash, width=width)


def picture(image: Image, *, caption: str, origin: str) -> dict[str, Json]:
    """Return an Image of Open Badges 3.0: the PNG of a picture, at most BADGE_WIDTH wide."""
    name = badge_picture(image)
    shown: dict[str, Json] = {
        "id": f"{origin}/media/{name.hash}/{name.width}.png",
        "type": "Image",
    }
    return {**shown, "caption": checked(caption)} if caption.strip() else shown


def text_of(texts: LocalText, language: str) -> str:
    """Return a text in a language, or in the first that there is."""
    return checked(texts.get(language) or next(iter(texts.values()), ""))


def percent(share: float) -> str:
    """Return a share of 0 to 1 as percent, two decimals at most: 0.855 -> 85.5."""
    return f"{round(share * 100, 2):g}"


def names_role(alignment: dict[str, Json]) -> bool:
    """Return whether an alignment points to a job role rather than to a skill."""
    url = str(alignment.get("targetUrl", ""))
    return alignment.get("targetType") in _ROLE_KINDS or "/esco/occupation/" in url


def _address(definition: Definition, folder: str, *, origin: str) -> str:
    organisation, version = (
        quote(definition.organisation, safe=""),
        quote(definition.award.version, safe=""),
    )
    return f"{origin}/issuers/{organisation}/{folder}/{definition.award.id}/{version}"


def _score_description(definition: Definition, url: str) -> dict[str, Json]:
    return {
        "id": url,
        "type": ["ResultDescription"],
        "name": "Score",
        "resultType": "Percent",
        "requiredValue": percent(definition.award.pass_score),
        "valueMin": "0",
        "valueMax": "100",
    }


def _completion_description(url: str) -> dict[str, Json]:
    return {
        "id": url,
        "type": ["ResultDescription"],
        "name": "Completion",
        "resultType": "Status",
        "requiredValue": "Completed",
    }


def retention_description(url: str) -> dict[str, Json]:
    """Return what a retention result means: how likely its skills are known on `validFrom`."""
    return {
        "id": url,
        "type": ["ResultDescription"],
        "name": "Retention",
        "resultType": "Percent",
        "valueMin": "0",
        "valueMax": "100",
    }


def _alignments(definition: Definition) -> list[Json]:
    return [_alignment(item) for item in _targets(definition) if _has_address(item)]


def _targets(definition: Definition) -> list[Skill | JobRole]:
    return [*definition.skills, *definition.job_roles]


def _has_address(target: Skill | JobRole) -> bool:
    """Return whether a target has an address to align with; one without becomes a tag."""
    url = target.url or ""
    return urlsplit(url).scheme in {"http", "https"} and url.isprintable() and " " not in url


def _alignment(target: Skill | JobRole) -> dict[str, Json]:
    kinds = _KINDS.get(target.framework or "", _OTHER_KINDS)
    members = {
        "targetName": target.name,
        "targetUrl": target.url,
        "targetDescription": target.description,
        "targetFramework": target.framework,
        "targetCode": target.code,
        "targetType": kinds[isinstance(target, JobRole)],
    }
    return {
        "type": ["Alignment"],
        **{name: checked(value) for name, value in members.items() if value},
    }


def show_achievement(
    definition: Definition, count: int, *, issuer: Issuer, url: str
) -> Achievement:
    """Return an award as everybody sees it."""
    award = definition.award
    return Achievement(
        id=award.id,
        version=award.version,
        url=url,
        course_id=definition.course_id,
        name=award.name,
        description=award.description,
        criteria=award.criteria,
        language=definition.language,
        image=award.image,
        issuer=issuer,
        skills=definition.skills,
        job_roles=definition.job_roles,
        pass_score=award.pass_score,
        valid_for_days=award.valid_for_days,
        issued_count=count,
    )

"""Every registered operation, run once: what is in an app must not fail for want of a resolver."""

from typing import Any

import pytest

from gateway.documents import digest
from morsel.schema import FOLDER
from services.kit.ids import Kind, new_id
from tests.gateway.conftest import Gateway
from tests.support.versions import rich_version

VERSION = rich_version()
LESSON = VERSION.modules[0].lessons[0].id
DEVICE = "00000000-0000-7000-8000-000000000001"
COURSE = {"input": {"courseId": VERSION.course_id}}
DRAFT = {"courseId": VERSION.course_id, "baseRevision": 1}
VARIABLES: dict[str, dict[str, Any]] = {
    "AuthoredCourses": {},
    "ArchiveCourse": COURSE,
    "Bookmarks": {},
    "Catalogue": {},
    "ClaimGuest": {"input": {"guestToken": "none"}},
    "CourseDraft": {"id": VERSION.course_id},
    "CoursePreview": {"id": VERSION.course_id, "locale": "de"},
    "CourseVersions": {"id": VERSION.course_id},
    "CourseScreen": {"slug": VERSION.slug},
    "CreateCourse": {"input": {"slug": "new", "title": "New", "summary": "S"}},
    "Credential": {"id": new_id(Kind.CREDENTIAL)},
    "Enrol": COURSE,
    "EventDay": {"deviceId": DEVICE, "day": "2026-11-22"},
    "EraseMe": {"input": {"confirm": False}},
    "ExportMyData": {},
    "Home": {},
    "ImportCourse": {"input": {"format": "MARKDOWN", "package": "IyBIaQ=="}},
    "JobRole": {"id": new_id(Kind.JOB_ROLE)},
    "JobRoles": {"search": "any"},
    "MySkills": {},
    "QuestionHealth": {"id": VERSION.course_id},
    "Recommendations": {},
    "RoleGap": {"id": new_id(Kind.JOB_ROLE)},
    "LessonScreen": {"id": LESSON, "locale": "de"},
    "MyCourses": {},
    "MyCredentials": {},
    "Node": {"id": LESSON},
    "OfflinePack": {"slug": VERSION.slug, "locale": "de", "maxBytes": 1_000_000},
    "Pathway": {"slug": "adding", "locale": "de"},
    "Pathways": {},
    "PreviewPublish": COURSE,
    "PublishCourse": {"input": DRAFT},
    "RequestUpload": {"input": {"mediaType": "image/png", "bytes": 9, "sha256": "0" * 64}},
    "Reviews": {"dueBefore": "2026-12-24", "locale": "de"},
    "RefreshCredential": {"input": {"credentialId": new_id(Kind.CREDENTIAL)}},
    "ReinstateCredential": {"input": {"credentialId": new_id(Kind.CREDENTIAL)}},
    "UpdateIssuer": {"input": {"name": "Academy"}},
    "EndorseAchievement": {"input": {"achievementId": new_id(Kind.ACHIEVEMENT), "comment": "Ok."}},
    "EndorseIssuer": {"input": {"issuerId": new_id(Kind.ISSUER), "comment": "Ok."}},
    "WithdrawEndorsement": {"input": {"endorsementId": new_id(Kind.ENDORSEMENT)}},
    "RevokeCredential": {"input": {"credentialId": new_id(Kind.CREDENTIAL), "reason": "Wrong."}},
    "RollBackCourse": {"input": {"courseId": VERSION.course_id, "versionNumber": VERSION.number}},
    "ShareCredential": {"input": {"credentialId": new_id(Kind.CREDENTIAL)}},
    "Skills": {"search": "add", "framework": "TEST"},
    "SavePathway": {
        "input": {
            "slug": "adding",
            "title": "Adding",
            "summary": "S",
            "courseIds": [VERSION.course_id],
        }
    },
    "SuspendCredential": {"input": {"credentialId": new_id(Kind.CREDENTIAL), "reason": "Wrong."}},
    "StartGuest": {"input": {"deviceId": DEVICE}},
    "Sync": {
        "input": {"deviceId": DEVICE, "deviceTime": "2026-11-22T18:03:07Z", "events": [{"id": "a"}]}
    },
    "TalentViews": {},
    "UnscheduleCourse": COURSE,
    "UnshareCredential": {"input": {"credentialId": new_id(Kind.CREDENTIAL)}},
    "UpdateDraft": {"input": {**DRAFT, "content": {}}},
    "UpdateProfile": {"input": {"dailyGoalMinutes": 5}},
    "VerifyCredential": {"input": {"jwt": "a.b.c"}},
    "VerifyCredentials": {"inputs": [{"jwt": "a.b.c"}]},
    "Withdraw": COURSE,
}
COHORTS = {
    "AddMembers",
    "AssignCourse",
    "Cohort",
    "CohortMembers",
    "Cohorts",
    "CreateCohort",
    "InviteMembers",
    "JoinCohort",
    "RemoveMember",
    "UnassignCourse",
}
"""Run in test_schema_cohorts.py, where they follow from each other."""
BY_ROLE = {"Achievements", "ClaimCredentials", "IssueCredentials", "IssuedCredentials", "Talent"}
"""Run in test_schema_talent.py, _issued.py and _bulk.py, by those who may."""
SUBSCRIPTIONS = {"CoursePublished", "ViewerChanged"}
"""Run in test_published.py and test_ws.py, over a socket."""


def test_every_registered_operation_is_run() -> None:
    """A new operation would go out untried."""
    registered = {path.stem for path in (FOLDER / "operations").glob("*.graphql")}
    assert registered == set(VARIABLES) | SUBSCRIPTIONS | COHORTS | BY_ROLE


@pytest.mark.parametrize("name", VARIABLES)
async def test_a_registered_operation_answers_without_errors(gateway: Gateway, name: str) -> None:
    """An app in the shops would show an error that only a new release can mend."""
    token = gateway.accounts.token("author", roles=["author", "employer"], org="academy")
    text = (FOLDER / "operations" / f"{name}.graphql").read_text()

    answer = await gateway.send(
        json={"documentId": digest(text), "variables": VARIABLES[name]},
        headers={"Authorization": f"Bearer {token}"},
    )

    assert answer.status == 200
    assert answer.data

"""Cohorts as the schema shows them, over the registered operations."""

from pathlib import Path
from typing import Any

from services.kit.ids import Kind, new_id
from tests.gateway.conftest import Gateway
from tests.support.roll import CODE
from tests.support.versions import rich_version

VERSION = rich_version()
OPERATIONS = Path(__file__).parents[2] / "graphql" / "operations"


def operation(name: str) -> str:
    return (OPERATIONS / f"{name}.graphql").read_text(encoding="utf-8")


async def run(gateway: Gateway, token: str, name: str, **variables: Any) -> Any:
    """Run a registered operation and return what its field gives."""
    (value,) = (await gateway.run(operation(name), variables, token=token)).data.values()
    return value


async def test_a_managers_app_makes_a_cohort_and_reads_how_it_gets_on(gateway: Gateway) -> None:
    """A manager's app could not be written with the operations that are registered."""
    manager = gateway.accounts.token("manager", roles=["MANAGER"], org="academy")
    learner = gateway.accounts.token("learner")
    # given a cohort with a code and a course
    made = await run(gateway, manager, "CreateCohort", input={"name": "Class 7"})
    cohort = made["cohort"]
    assert cohort["name"] == "Class 7"
    given = {"cohortId": cohort["id"], "emails": ["a@example.org"]}
    invited = await run(gateway, manager, "InviteMembers", input=given)
    assert (invited["code"], invited["userErrors"]) == (CODE, [])
    assign = {"cohortId": cohort["id"], "courseId": VERSION.course_id, "dueOn": "2026-12-24"}
    assigned = (await run(gateway, manager, "AssignCourse", input=assign))["cohort"]
    assert [(one["dueOn"], one["course"]["id"]) for one in assigned["assignments"]] == [
        ("2026-12-24", VERSION.course_id)
    ]
    # when one learner is added, and another joins
    added = {"cohortId": cohort["id"], "learnerIds": [new_id(Kind.LEARNER)]}
    members = (await run(gateway, manager, "AddMembers", input=added))["cohort"]["members"]
    assert members["totalCount"] == 1
    joined = await run(gateway, learner, "JoinCohort", input={"code": CODE})
    assert joined == {"cohort": cohort, "userErrors": []}
    # then the manager sees both
    read = await run(gateway, manager, "Cohort", id=cohort["id"])
    assert (read["report"]["members"], read["assignments"][0]["assigned"]) == (2, 2)
    members = (await run(gateway, manager, "CohortMembers", id=cohort["id"]))["members"]
    assert members["totalCount"] == 2
    listed = await run(gateway, manager, "Cohorts")
    assert listed["nodes"] == [cohort]
    # and takes all of it back
    who = {"cohortId": cohort["id"], "learnerId": members["nodes"][0]["learnerId"]}
    left = await run(gateway, manager, "RemoveMember", input=who)
    assert left["cohort"]["members"]["totalCount"] == 1
    unassigned = await run(gateway, manager, "UnassignCourse", input=assign)
    assert unassigned["cohort"]["assignments"] == []


async def test_what_is_refused_is_said_where_it_is_asked(gateway: Gateway) -> None:
    """An app could not tell a wrong code from a failure, nor show it beside the field."""
    learner = gateway.accounts.token("learner")

    wrong = await run(gateway, learner, "JoinCohort", input={"code": "x"})
    guest = await run(gateway, await gateway.guest(), "JoinCohort", input={"code": CODE})
    invited = await run(gateway, learner, "InviteMembers", input={"cohortId": "x", "emails": []})

    assert wrong["userErrors"][0]["path"] == ["input", "code"]
    assert guest["userErrors"][0]["code"] == "FORBIDDEN"
    assert "account" in guest["userErrors"][0]["message"]
    assert (invited["code"], invited["userErrors"][0]["code"]) == ("", "FORBIDDEN")


async def test_who_joins_is_shown_the_name_whatever_else_is_asked(gateway: Gateway) -> None:
    """The join would be done and the app told of nothing but a failure, or of the others in it."""
    manager = gateway.accounts.token("manager", roles=["MANAGER"], org="academy")
    rival = gateway.accounts.token("rival", roles=["MANAGER"], org="elsewhere")
    cohort = (await run(gateway, manager, "CreateCohort", input={"name": "Class 7"}))["cohort"]
    await run(gateway, manager, "InviteMembers", input={"cohortId": cohort["id"], "emails": []})
    assign = {"cohortId": cohort["id"], "courseId": VERSION.course_id}
    await run(gateway, manager, "AssignCourse", input=assign)
    join = f"""mutation {{ joinCohort(input: {{code: "{CODE}"}}) {{
        cohort {{ name members {{ totalCount nodes {{ learnerId }} }} assignments {{ id }} }}
    }} }}"""

    for token in (gateway.accounts.token("learner"), rival):
        told = await gateway.run(join, token=token)
        nobody = {"totalCount": 0, "nodes": []}
        assert told.data["joinCohort"]["cohort"] == {
            "name": "Class 7",
            "members": nobody,
            "assignments": [],
        }
    asked = await gateway.run(join, token=manager)
    assert asked.data["joinCohort"]["cohort"]["members"]["totalCount"] == 3

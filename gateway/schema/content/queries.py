"""Queries of what content holds."""

from typing import Any

import graphene

from gateway.context import Context
from gateway.schema.connection import ConnectionView, connect, connection, page_args, paging
from gateway.schema.content.places import Placed
from gateway.schema.content.resolvers import lessons_by_id
from gateway.schema.content.types.course import Course, Levels
from gateway.schema.content.types.lesson import Lesson
from gateway.schema.content.types.pathway import Pathway
from gateway.schema.content.types.skill import JobRole, Skill
from gateway.schema.contract_type import contract_enum
from gateway.schema.node import kind_named
from gateway.schema.resolvers import AtRoot
from gateway.schema.rules import AUTHORS
from gateway.schema.scalars import Locale
from services.content import contract
from services.kit.errors import Invalid
from services.kit.ids import Kind
from services.kit.records import PageArgs

CourseConnection = connection(Course, "courses")
SkillConnection = connection(Skill, "skills")
JobRoleConnection = connection(JobRole, "job roles")

PathwayConnection = connection(Pathway, "pathways")

CatalogOrders = contract_enum(
    contract.CatalogOrder,
    {
        "RELEVANCE": "Best match of the search first; without a search, newest first.",
        "NEWEST": "Last published first.",
        "TITLE": "By title.",
        "SHORTEST": "Fewest minutes first.",
    },
)


class CatalogFilter(graphene.InputObjectType):
    """Facets of the catalogue: a course matches when it has any of each list that is given."""

    skill_ids = graphene.List(graphene.NonNull(graphene.ID), description="Teaches any of these.")
    job_role_ids = graphene.List(
        graphene.NonNull(graphene.ID), description="Prepares for any of these."
    )
    tags = graphene.List(graphene.NonNull(graphene.String), description="Has any of these tags.")
    levels = graphene.List(graphene.NonNull(Levels), description="Is of any of these levels.")
    locale = Locale(description="Can be taken in this language.")
    max_minutes = graphene.Int(description="Takes no longer than this.")


async def read_catalog(
    context: Context,
    *,
    search: str | None = None,
    filter: Any = None,
    order_by: contract.CatalogOrder | None = None,
    first: int | None = None,
    after: str | None = None,
) -> ConnectionView[contract.Course]:
    """Return a page of the catalogue."""
    query = contract.CatalogQuery(
        search=search,
        filter=_facets(filter or {}),
        order_by=order_by or contract.CatalogOrder.RELEVANCE,
        page=page_args(first, after),
    )
    return connect(await context.published.catalog(query))


def _facets(given: dict[str, Any]) -> contract.CatalogFilter:
    """Return the filter with lists as tuples."""
    facets: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in given.items()
    }
    return contract.CatalogFilter(**facets)


async def read_course(
    context: Context,
    *,
    id: str | None = None,
    slug: str | None = None,
) -> contract.Course | None:
    """Return a published course by id or slug; by id also an author's own, published or not."""
    if (id is None) == (slug is None):
        raise Invalid("Give either id or slug.", path=("id",))
    if slug is not None:
        return await context.loaders.courses_by_slug.load(slug)
    return await course_by_id(context, str(id))


async def course_by_id(context: Context, course_id: str) -> contract.Course | None:
    """Return a course that the viewer may see."""
    if kind_named(course_id) is not Kind.COURSE:
        return None
    course = await context.loaders.courses.load(course_id)
    if course is None and context.actor and AUTHORS.admit(context.actor):
        [course] = await context.clients.authoring.authored(context.actor, (course_id,))
    return course


async def read_lesson(
    context: Context,
    *,
    id: str,
) -> Placed[contract.Lesson] | None:
    """Return a lesson of whatever version."""
    if kind_named(id) is not Kind.LESSON:
        return None
    [lesson] = await lessons_by_id([id], context)
    return lesson


async def read_skills(
    context: Context,
    *,
    search: str | None = None,
    framework: str | None = None,
    first: int | None = None,
    after: str | None = None,
) -> ConnectionView[contract.Skill]:
    """Return a page of skills."""
    query = contract.CompetencyQuery(
        search=search, framework=framework, page=page_args(first, after)
    )
    return connect(await context.clients.catalog.find_skills(query))


async def read_job_roles(
    context: Context,
    *,
    search: str | None = None,
    first: int | None = None,
    after: str | None = None,
) -> ConnectionView[contract.JobRole]:
    """Return a page of job roles."""
    query = contract.CompetencyQuery(search=search, page=page_args(first, after))
    return connect(await context.clients.catalog.find_job_roles(query))


async def read_job_role(context: Context, *, id: str) -> contract.JobRole | None:
    """Return one job role."""
    if kind_named(id) is not Kind.JOB_ROLE:
        return None
    return await context.loaders.job_roles.load(id)


async def read_authored(
    context: Context, *, first: int | None = None, after: str | None = None
) -> ConnectionView[contract.Course]:
    """Return the courses of the author's organisation."""
    page: PageArgs = page_args(first, after)
    return connect(await context.clients.authoring.authored_courses(context.signed_in, page))


async def read_pathway(
    context: Context, *, id: str | None = None, slug: str | None = None
) -> contract.Pathway | None:
    """Return a pathway by id or slug."""
    if (id is None) == (slug is None):
        raise Invalid("Give either id or slug.", path=("id",))
    if slug is not None:
        return await context.loaders.pathways_by_slug.load(slug)
    return await pathway_by_id(context, str(id))


async def pathway_by_id(context: Context, pathway_id: str) -> contract.Pathway | None:
    """Return a pathway."""
    if kind_named(pathway_id) is not Kind.PATHWAY:
        return None
    return await context.loaders.pathways.load(pathway_id)


async def read_pathways(
    context: Context, *, first: int | None = None, after: str | None = None
) -> ConnectionView[contract.Pathway]:
    """Return a page of pathways."""
    return connect(await context.clients.pathways.pathway_page(page_args(first, after)))


class ContentQueries(graphene.ObjectType):
    """Queries of what content holds."""

    catalog = graphene.Field(
        graphene.NonNull(CourseConnection),
        search=graphene.String(description="Words to look for, in any language."),
        filter=graphene.Argument(CatalogFilter, description="Facets; null: all courses."),
        order_by=graphene.Argument(
            CatalogOrders,
            default_value=contract.CatalogOrder.RELEVANCE,
            description="What comes first.",
        ),
        **paging(),
        resolver=AtRoot(read_catalog),
        description=(
            "Published courses: search in any language, facets, paging. Public and cacheable."
        ),
    )
    course = graphene.Field(
        Course,
        id=graphene.ID(description="Its id; or"),
        slug=graphene.String(description="its slug."),
        resolver=AtRoot(read_course),
        description=(
            "One published course, by id or slug; by id also one that the viewer authors. "
            "Null when there is none."
        ),
    )
    lesson = graphene.Field(
        Lesson,
        id=graphene.ID(required=True, description="A lesson's id, of any version."),
        resolver=AtRoot(read_lesson),
        description="One lesson as its version has it, for ever; null when there is none.",
    )
    skills = graphene.Field(
        graphene.NonNull(SkillConnection),
        search=graphene.String(description="Words of its names, in any language."),
        framework=graphene.String(description="Only of this framework, such as ESCO."),
        **paging(),
        resolver=AtRoot(read_skills),
        description="Skills of courses and of imported frameworks: best match, then by name.",
    )
    job_roles = graphene.Field(
        graphene.NonNull(JobRoleConnection),
        search=graphene.String(description="Words of its names, in any language."),
        **paging(),
        resolver=AtRoot(read_job_roles),
        description="Job roles; find their courses with `catalog(filter: {jobRoleIds: ...})`.",
    )
    job_role = graphene.Field(
        JobRole,
        id=graphene.ID(required=True, description="A job role's id."),
        resolver=AtRoot(read_job_role),
        description="One job role; null when there is none.",
    )
    authored_courses = graphene.Field(
        graphene.NonNull(CourseConnection),
        **paging(),
        resolver=AtRoot(read_authored),
        description="Authors: the courses of their organisation, drafts too.",
    )
    pathway = graphene.Field(
        Pathway,
        id=graphene.ID(description="Its id; or"),
        slug=graphene.String(description="its slug."),
        resolver=AtRoot(read_pathway),
        description="One pathway, by id or slug; null when there is none.",
    )
    pathways = graphene.Field(
        graphene.NonNull(PathwayConnection),
        **paging(),
        resolver=AtRoot(read_pathways),
        description="All pathways, by slug.",
    )

"""Talent: people who agreed to be found, and who found the viewer."""

from collections.abc import Sequence

import graphene

from gateway.context import Context
from gateway.schema.connection import ConnectionView, connect, connection, many, page_args, paging
from gateway.schema.content.types.skill import Skill
from gateway.schema.contract_type import ContractType
from gateway.schema.credentials.types import Credential
from gateway.schema.progress.advice_types import SkillStanding
from gateway.schema.resolvers import AtRoot, Batched
from gateway.schema.scalars import DateTime
from services.content.contract import Skill as SkillRecord
from services.credentials import contract


class Talent(ContractType, record=contract.Talent):
    """Somebody who agreed to be found, with what was asked for and nothing else of them."""

    holder_name = graphene.String(required=True, description="What they are called.")
    skills = many(
        SkillStanding,
        description="Those asked for; mastery and retention in tenths, retention rounded down.",
    )
    credentials = many(Credential, description="Valid ones that prove them, the latest first.")
    contact_url = graphene.String(
        description="Where they want to be reached, https:// or mailto:; null: nowhere."
    )


TalentConnection = connection(Talent, "people who agreed to be found")


async def viewed_skills(
    views: Sequence[contract.TalentView], context: Context
) -> list[list[SkillRecord]]:
    """Return the skills of each search; those that are known no more are left out."""
    found = [await context.loaders.skills.load_many(view.skill_ids) for view in views]
    return [[skill for skill in skills if skill is not None] for skills in found]


class TalentView(ContractType, record=contract.TalentView):
    """That an employer searched, and was shown the viewer."""

    at = DateTime(required=True, description="When they did last, with these skills on that day.")
    employer = graphene.String(required=True, description="The organisation that searched.")
    skills = many(
        Skill,
        resolver=Batched(viewed_skills),
        description="Why: the skills that were searched for, all of which the viewer has proven.",
    )


TalentViewConnection = connection(TalentView, "searches that found the viewer")


async def find_talent(
    context: Context,
    *,
    skill_ids: Sequence[str],
    min_retention: float | None = None,
    first: int | None = None,
    after: str | None = None,
) -> ConnectionView[contract.Talent]:
    """Return people who agreed to be found."""
    query = contract.TalentQuery(
        skill_ids=tuple(skill_ids), min_retention=min_retention, page=page_args(first, after)
    )
    return connect(await context.clients.talent.talent(context.signed_in, query))


class TalentQueries(graphene.ObjectType):
    """Queries of employers."""

    talent = graphene.Field(
        graphene.NonNull(TalentConnection),
        skill_ids=graphene.List(
            graphene.NonNull(graphene.ID),
            required=True,
            description=f"Skills that must all be proven, 1 to {contract.MAX_SKILLS}.",
        ),
        min_retention=graphene.Float(
            description=(
                "The chance that each is still known today, by question cards alone: 0 to 0.9, "
                "rounded up to a tenth. Null: no matter."
            )
        ),
        **paging(),
        resolver=AtRoot(find_talent),
        description=(
            "Employers: people who agreed to be found, by skills proven and still retained. Fewer "
            f"than {contract.MIN_GROUP} are answered as none, and whoever is shown can read who "
            "searched, and why they matched. `totalCount` counts to "
            f"{contract.MOST_COUNTED:,}."
        ),
    )

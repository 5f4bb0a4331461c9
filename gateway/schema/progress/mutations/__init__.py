"""Mutations of learners."""

import graphene

from gateway.schema.content.mutations import CourseIdInput
from gateway.schema.progress.mutations.enrolling import (
    EnrolPayload,
    enrol,
    withdraw,
)
from gateway.schema.progress.mutations.exporting import DataExport, export_my_data
from gateway.schema.progress.mutations.guests import (
    ClaimGuestInput,
    StartGuestInput,
    StartGuestPayload,
    UpdateProfilePayload,
    claim_guest,
    start_guest,
)
from gateway.schema.progress.mutations.leaving import EraseMeInput, EraseMePayload, erase_me
from gateway.schema.progress.mutations.profile import UpdateProfileInput, update_profile
from gateway.schema.progress.mutations.syncing import SyncInput, SyncPayload, sync
from gateway.schema.resolvers import AtRoot
from gateway.schema.results import payload_field


class ProgressMutations(graphene.ObjectType):
    """Mutations of learners."""

    start_guest = payload_field(
        StartGuestPayload,
        StartGuestInput,
        start_guest,
        description="Learn before signing up: a guest token bound to a device.",
    )
    claim_guest = payload_field(
        UpdateProfilePayload,
        ClaimGuestInput,
        claim_guest,
        description="Signed in: take over what a guest learned, with nothing lost.",
    )
    update_profile = payload_field(
        UpdateProfilePayload,
        UpdateProfileInput,
        update_profile,
        description=(
            "Change the viewer's own settings; repeating it changes nothing. Where one of them is "
            "not allowed, none is changed and each is told."
        ),
    )
    enrol = payload_field(
        EnrolPayload,
        CourseIdInput,
        enrol,
        description="Take up a course; repeating it changes nothing.",
    )
    withdraw = payload_field(
        EnrolPayload,
        CourseIdInput,
        withdraw,
        description="Leave a course; what was learned is kept, and enrolling takes it up again.",
    )
    export_my_data = graphene.Field(
        graphene.NonNull(DataExport),
        resolver=AtRoot(export_my_data),
        description="Everything that is held of the viewer, as one zip; for guests too.",
    )
    erase_me = payload_field(
        EraseMePayload,
        EraseMeInput,
        erase_me,
        description=(
            "Erase everything that is held of the viewer, in all services and for good. "
            "Credentials are revoked; the same account cannot begin anew."
        ),
    )
    sync = payload_field(
        SyncPayload,
        SyncInput,
        sync,
        description=(
            "Push and pull in one round trip. Events in any order, split in any way, "
            "sent any number of times: the outcome is the same."
        ),
    )

"""The services as the gateway sees them: implementations in one process, clients in several."""

from dataclasses import dataclass

from services.content.contract import AuthoringApi, CatalogApi, PathwaysApi, UploadsApi
from services.credentials.contract import (
    BulkApi,
    CredentialsApi,
    EndorsingApi,
    IssuedApi,
    IssuersApi,
    RefreshApi,
    SharingApi,
    StatusApi,
    TalentApi,
    VerifyingApi,
)
from services.progress.contract import (
    AdviceApi,
    CohortApi,
    HealthApi,
    HomeApi,
    ImpactApi,
    LearnerApi,
    LeavingApi,
    TrackingApi,
)


@dataclass(frozen=True, slots=True)
class Clients:
    """One Protocol per role that the gateway calls."""

    catalog: CatalogApi
    authoring: AuthoringApi
    pathways: PathwaysApi
    tracking: TrackingApi
    learners: LearnerApi
    homes: HomeApi
    impact: ImpactApi
    cohorts: CohortApi
    leaving: LeavingApi
    advice: AdviceApi
    health: HealthApi
    credentials: CredentialsApi
    sharing: SharingApi
    talent: TalentApi
    issued: IssuedApi
    bulk: BulkApi
    statuses: StatusApi
    refreshing: RefreshApi
    issuers: IssuersApi
    endorsing: EndorsingApi
    verifying: VerifyingApi
    uploads: UploadsApi

"""What the gateway is told at start."""

from pathlib import Path
from typing import ClassVar

from services.kit.cors import HELP as CORS
from services.kit.cors import read_origins
from services.kit.mongo import Driver
from services.kit.records import Record
from services.kit.tracing import DEFAULT_RATIO
from services.kit.tracing import HELP as TRACES

REGISTERED = Path(__file__).resolve().parent.parent / "graphql" / "documents.json"


class Settings(Record):
    """Settings of the gateway, from `MORSEL_*`."""

    mongo_uri: str
    public_url: str
    learner_key: str
    guest_key: str
    mongo_driver: Driver = Driver.MOTOR
    port: int = 8000
    host: str = "0.0.0.0"  # noqa: S104 - a container listens on all of its own addresses
    content_url: str = ""
    progress_url: str = ""
    credentials_url: str = ""
    internal_key: str = ""
    oidc_issuer: str = ""
    oidc_audience: str = ""
    roles_claim: str = "roles"
    org_claim: str = "org"
    name_claim: str = "name"
    email_claim: str = "email"
    documents_file: str = str(REGISTERED)
    allow_ad_hoc: bool = False
    hide_suggestions: bool = True
    allow_introspection: bool = False
    explorer: bool = False
    explorer_sign_in: str = ""
    cors_origins: str = ""
    deadline_seconds: float = 10.0
    max_body_bytes: int = 1024 * 1024
    max_trusted_body_bytes: int = 16 * 1024 * 1024
    otlp_endpoint: str = ""
    trace_ratio: float = DEFAULT_RATIO

    HELP: ClassVar[dict[str, str]] = {
        "mongo_uri": "the address of MongoDB, such as mongodb://host:27017/?replicaSet=rs0",
        "mongo_driver": "motor or pymongo: the library that speaks to MongoDB",
        "public_url": "the one origin that clients see, such as https://learn.example.org",
        "learner_key": "32 random bytes in base64url, never changed: learner ids come from it",
        "guest_key": "32 random bytes in base64url; signs the tokens of guests",
        "port": "a port number; 8000 unless set",
        "host": "the address to listen on; all addresses unless set",
        "content_url": "the address of the content process, such as http://content:8001",
        "progress_url": "the address of the progress process, such as http://progress:8002",
        "credentials_url": "the address of the credentials process, such as http://credentials:8003",
        "internal_key": "base64url of the 32-byte Ed25519 seed that signs calls to other services",
        "oidc_issuer": "the issuer URL of an OpenID provider; empty: only guests sign in",
        "oidc_audience": "the audience that tokens must name; needed with an issuer",
        "roles_claim": "the claim that lists roles; roles unless set",
        "org_claim": "the claim that names the organisation by its slug; org unless set",
        "name_claim": "the claim that holds the person's name; name unless set",
        "email_claim": "the claim that holds the e-mail address; email unless set",
        "documents_file": "the file of registered operations, made by `morsel schema`",
        "allow_ad_hoc": "true or false: whether other documents than the registered ones run",
        "hide_suggestions": "true or false: whether validation errors name no names that would fit",
        "allow_introspection": "true or false: whether ad-hoc documents may read the schema",
        "explorer": "true or false: whether browsers are shown the explorer at /graphql",
        "explorer_sign_in": "where a development issuer gives the explorer tokens; empty: nowhere",
        "cors_origins": CORS,
        "deadline_seconds": "seconds after which an operation is given up; 10 unless set",
        "max_body_bytes": "bytes of a request at most; 1 MiB unless set",
        "max_trusted_body_bytes": "the same for authors, issuers and employers; 16 MiB unless set",
        **TRACES,
    }

    @property
    def origins(self) -> tuple[str, ...]:
        """Return the origins of the CORS allow-list."""
        return read_origins(self.cors_origins)

"""Settings of the progress process."""

from typing import ClassVar

from services.kit.mongo import Driver
from services.kit.records import Record
from services.kit.tracing import DEFAULT_RATIO
from services.kit.tracing import HELP as TRACES


class Settings(Record):
    """What the progress process needs to know."""

    HELP: ClassVar[dict[str, str]] = {
        "mongo_uri": "the address of MongoDB, such as mongodb://host:27017/?replicaSet=rs0",
        "mongo_driver": "motor or pymongo: the library that speaks to MongoDB",
        "public_url": "the one origin that clients see, such as https://learn.example.org",
        "cursor_key": "base64url of 32 random bytes; signs cursors, the same on every replica",
        "content_url": "the address of the content process, such as http://content:8001",
        "internal_key": "base64url of the 32-byte Ed25519 seed that signs calls to other services",
        "internal_peers": "name:base64url public key of each caller, with commas between",
        "port": "a port number",
        **TRACES,
    }

    mongo_uri: str
    mongo_driver: Driver = Driver.MOTOR
    public_url: str
    cursor_key: str
    content_url: str = ""
    internal_key: str = ""
    internal_peers: str = ""
    database: str = "morsel_progress"
    host: str = "0.0.0.0"  # noqa: S104 - a container listens on all of its addresses
    port: int = 8002
    otlp_endpoint: str = ""
    trace_ratio: float = DEFAULT_RATIO

"""Settings of the content process, read from MORSEL_* by services.kit.settings."""

from typing import Annotated, ClassVar

from msgspec import Meta

from services.content.domain.captions import MAX_BYTES as MAX_CAPTIONS_BYTES
from services.content.domain.media_types import MediaKind
from services.content.media.pictures import MAX_BYTES
from services.content.use_cases.importing import MAX_PACKAGE_BYTES
from services.content.use_cases.uploading import UploadLimits
from services.kit.cors import HELP as CORS
from services.kit.mongo import Driver
from services.kit.records import Record
from services.kit.tracing import DEFAULT_RATIO
from services.kit.tracing import HELP as TRACES


class Settings(Record):
    """What a content process needs to know of where it runs."""

    HELP: ClassVar[dict[str, str]] = {
        "mongo_uri": "the address of a MongoDB replica set, such as mongodb://host/?replicaSet=rs0",
        "mongo_driver": "motor or pymongo: the library that speaks to MongoDB",
        "database": "the name of this service's database",
        "public_url": "the one public origin without a slash at the end, "
        "such as https://learn.example.org",
        "host": "the address to listen on",
        "port": "the port to listen on, 1 to 65535",
        "internal_key": "a 32-byte Ed25519 seed in base64url, by which this process is known",
        "internal_peers": "who may call: name:public key in base64url, with commas between",
        "picture_workers": "how many processes encode pictures, 1 or more",
        "picture_memory_mb": "how much memory each of them may take, in MB, 256 or more",
        "picture_seconds": "how long one picture may take, in seconds, 1 or more",
        "upload_audio_mb": "how large a recording may be, in MB, 1 or more",
        "upload_video_mb": "how large a film may be, in MB, 1 or more",
        "upload_quota_mb": "how much an organisation may upload in all, in MB, 1 or more",
        "cors_origins": CORS,
        **TRACES,
    }

    mongo_uri: str
    mongo_driver: Driver = Driver.MOTOR
    public_url: str
    database: str = "morsel_content"
    host: str = "0.0.0.0"  # noqa: S104 - a container listens on all of its own addresses
    port: int = 8001
    internal_key: str = ""
    internal_peers: str = ""
    picture_workers: Annotated[int, Meta(ge=1)] = 2
    picture_memory_mb: Annotated[int, Meta(ge=256)] = 768
    picture_seconds: Annotated[int, Meta(ge=1)] = 20
    upload_audio_mb: Annotated[int, Meta(ge=1)] = 50
    upload_video_mb: Annotated[int, Meta(ge=1)] = 500
    upload_quota_mb: Annotated[int, Meta(ge=1)] = 10_000
    cors_origins: str = ""
    otlp_endpoint: str = ""
    trace_ratio: float = DEFAULT_RATIO

    def upload_limits(self) -> UploadLimits:
        """Return how much may be sent."""
        return UploadLimits(
            sizes={
                MediaKind.IMAGE: MAX_BYTES,
                MediaKind.AUDIO: self.upload_audio_mb << 20,
                MediaKind.VIDEO: self.upload_video_mb << 20,
                MediaKind.CAPTIONS: MAX_CAPTIONS_BYTES,
                MediaKind.PACKAGE: MAX_PACKAGE_BYTES,
            },
            quota=self.upload_quota_mb << 20,
        )

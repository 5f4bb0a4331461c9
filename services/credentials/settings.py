"""Settings of the credentials service, read from MORSEL_* by services.kit.settings."""

from base64 import urlsafe_b64decode
from binascii import Error as Base64Error
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

from services.kit.mongo import Driver
from services.kit.records import Record
from services.kit.settings import SettingsError
from services.kit.tracing import DEFAULT_RATIO
from services.kit.tracing import HELP as TRACES

KEY_BYTES = 32


class Settings(Record):
    """What a credentials process needs to know of where it runs."""

    HELP: ClassVar[dict[str, str]] = {
        "mongo_uri": "the address of a MongoDB replica set, such as mongodb://host/?replicaSet=rs0",
        "mongo_driver": "motor or pymongo: the library that speaks to MongoDB",
        "database": "the name of this service's database",
        "public_url": "the one public origin without a slash at the end, such as https://learn.example.org",
        "host": "the address to listen on",
        "port": "the port to listen on, 1 to 65535",
        "sealing_key": "32 bytes in base64url, to be kept for ever: it seals issuers' private keys",
        "signing_keys": (
            "a folder of issuers' private keys, such as acme.key-1.pem and acme.status-1.pem;"
            " unless it is set, keys are made here and kept sealed in the database"
        ),
        "organisation": "the slug of the organisation whose issuer exists from the first start on",
        "organisation_names": "names by slug, such as morsel-academy=Morsel Academy;acme=ACME Ltd",
        "fetch_origins": (
            "for development: origins that badges may be fetched from though they are private"
            " or not https, such as http://127.0.0.1:9000, with commas between; none unless set"
        ),
        "verify_workers": "processes that check badges; 0: threads of this one; 1 unless set",
        "verify_seconds": "seconds that one call to verify badges may take; 4 unless set",
        "suspension_lists": "slugs of organisations that keep suspension lists, between commas",
        "internal_key": "a 32-byte Ed25519 seed in base64url, which signs calls to other services",
        "internal_peers": "who may call: name:public key in base64url, with commas between",
        "content_url": "where the content service answers, such as http://content:8001",
        "progress_url": "where the progress service answers, such as http://progress:8002",
        **TRACES,
    }

    mongo_uri: str
    mongo_driver: Driver = Driver.MOTOR
    database: str = "morsel_credentials"
    public_url: str
    host: str = "0.0.0.0"  # noqa: S104 - a container listens on all of its own addresses
    port: int = 8003
    sealing_key: str
    signing_keys: str = ""
    organisation: str = "morsel-academy"
    organisation_names: str = ""
    fetch_origins: str = ""
    verify_seconds: float = 4.0
    suspension_lists: str = ""
    verify_workers: int = 1
    internal_key: str = ""
    internal_peers: str = ""
    content_url: str = "http://content:8001"
    progress_url: str = "http://progress:8002"
    otlp_endpoint: str = ""
    trace_ratio: float = DEFAULT_RATIO

    def sealing_bytes(self) -> bytes:
        """Return the sealing key; SettingsError unless it is 32 bytes in base64url."""
        try:
            key = urlsafe_b64decode(self.sealing_key + "=" * (-len(self.sealing_key) % 4))
        except (Base64Error, ValueError):
            key = b""
        if len(key) != KEY_BYTES:
            raise SettingsError(f"MORSEL_SEALING_KEY is wrong: it is {self.HELP['sealing_key']}")
        return key

    def key_folder(self) -> Path | None:
        """Return the folder of private keys, None where they are in the database."""
        folder = Path(self.signing_keys)
        if self.signing_keys and not folder.is_dir():
            raise SettingsError(f"MORSEL_SIGNING_KEYS is wrong: it is {self.HELP['signing_keys']}")
        return folder if self.signing_keys else None

    def origin(self) -> str:
        """Return the public origin; SettingsError when it is none."""
        parts = urlsplit(self.public_url)
        if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path or parts.query:
            raise SettingsError(f"MORSEL_PUBLIC_URL is wrong: it is {self.HELP['public_url']}")
        return self.public_url

    def fetched_origins(self) -> tuple[str, ...]:
        """Return the origins that are exempt from https and public; SettingsError for others."""
        found = tuple(part.strip() for part in self.fetch_origins.split(",") if part.strip())
        for origin in found:
            parts = urlsplit(origin)
            if (
                parts.scheme not in {"http", "https"}
                or f"{parts.scheme}://{parts.netloc}" != origin
            ):
                raise SettingsError(
                    f"MORSEL_FETCH_ORIGINS is wrong: it is {self.HELP['fetch_origins']}"
                )
        return found

    def suspending(self) -> frozenset[str]:
        """Return the slugs of organisations that keep lists for suspension besides."""
        return frozenset(slug.strip() for slug in self.suspension_lists.split(",") if slug.strip())

    def names(self) -> dict[str, str]:
        """Return organisations' names by slug."""
        pairs = [pair.partition("=") for pair in self.organisation_names.split(";") if pair.strip()]
        if not all(slug.strip() and name.strip() for slug, _, name in pairs):
            raise SettingsError(
                f"MORSEL_ORGANISATION_NAMES is wrong: it is {self.HELP['organisation_names']}"
            )
        return {slug.strip(): name.strip() for slug, _, name in pairs}

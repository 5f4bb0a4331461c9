"""The words of a certificate, in English and Spanish."""

from collections.abc import Mapping

from services.credentials.contract import CredentialStatus
from services.kit.records import Record


class Words(Record):
    """Everything on a certificate that no author wrote."""

    awards: str
    earned: str
    unnamed: str
    skills: str
    roles: str
    criteria: str
    check: str
    how: str
    how_shared: str
    """In place of `how`, where the address is that of the holder's own page."""
    code: str
    badge: str
    attachment: str
    awarded: str
    valid_until: str
    ever: str
    score: str
    identifier: str
    signed_by: str
    statuses: Mapping[CredentialStatus, str]
    day: str
    """Of {day}, {month} and {year}."""
    months: tuple[str, ...]


ENGLISH = Words(
    awards="certifies that",
    earned="has earned",
    unnamed="the holder of this credential",
    skills="Skills",
    roles="Counts for",
    criteria="How it was earned",
    check="Check this certificate",
    how="Open the address, or scan the code, and drop this file there: the signed credential is"
    " attached to it. What is printed can be changed; what is signed cannot.",
    how_shared="Open the address, or scan the code: the page tells what it is worth today. The"
    " signed credential is attached to this file. What is printed can be changed; what is signed"
    " cannot.",
    code="Code with the address:",
    badge="Badge",
    attachment="The signed Open Badges 3.0 credential",
    awarded="Awarded",
    valid_until="Valid until",
    ever="no end",
    score="Score",
    identifier="Identifier",
    signed_by="Signed by",
    statuses={
        CredentialStatus.SUSPENDED: "Suspended",
        CredentialStatus.REVOKED: "Revoked",
        CredentialStatus.EXPIRED: "Expired",
    },
    day="{day} {month} {year}",
    months=(
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
)
SPANISH = Words(
    awards="certifica que",
    earned="ha obtenido",
    unnamed="quien posee esta credencial",
    skills="Competencias",
    roles="Cuenta para",
    criteria="Cómo se obtuvo",
    check="Compruebe este certificado",
    how="Abra la dirección, o escanee el código, y suelte allí este archivo: lleva adjunta la"
    " credencial firmada. Lo impreso se puede cambiar; lo firmado, no.",
    how_shared="Abra la dirección, o escanee el código: la página dice qué vale hoy. Este archivo"
    " lleva adjunta la credencial firmada. Lo impreso se puede cambiar; lo firmado, no.",
    code="Código con la dirección:",
    badge="Insignia",
    attachment="La credencial Open Badges 3.0 firmada",
    awarded="Otorgada",
    valid_until="Válida hasta",
    ever="sin fin",
    score="Puntuación",
    identifier="Identificador",
    signed_by="Firmada por",
    statuses={
        CredentialStatus.SUSPENDED: "Suspendida",
        CredentialStatus.REVOKED: "Revocada",
        CredentialStatus.EXPIRED: "Caducada",
    },
    day="{day} de {month} de {year}",
    months=(
        *("enero", "febrero", "marzo", "abril", "mayo", "junio"),
        *("julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
    ),
)


def words_in(language: str) -> Words:
    """Return the words in a language, in English where there are none."""
    return SPANISH if language.partition("-")[0].lower() == "es" else ENGLISH

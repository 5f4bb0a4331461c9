"""Why something is recommended, in words: one sentence a kind and language."""

from collections.abc import Mapping, Sequence

from gateway.schema.languages import pick
from services.progress.contract import AdviceKind, Recommendation

SENTENCES: Mapping[AdviceKind, Mapping[str, str]] = {
    AdviceKind.OVERDUE: {
        "en": "“{course}” was due on {due}.",
        "es": "«{course}» vencía el {due}.",
    },
    AdviceKind.REVIEWS: {
        "en": "Cards due for review today: {cards}. A few minutes keep what you learned.",
        "es": "Tarjetas para repasar hoy: {cards}. Unos minutos bastan para no olvidarlas.",
    },
    AdviceKind.RESUME: {
        "en": "Go on with “{course}”: {percent} % is done.",
        "es": "Continúa con «{course}»: llevas un {percent} %.",
    },
    AdviceKind.ROLE: {
        "en": "“{course}” brings you closer to the role that you aim at: {about}.",
        "es": "«{course}» te acerca a la ocupación que buscas: {about}.",
    },
    AdviceKind.POPULAR: {
        "en": "“{course}” is popular in a skill that you practise, {about}: {learners} took it up.",
        "es": "«{course}» es popular en una capacidad que practicas, {about}: "
        "personas que lo han empezado: {learners}.",
    },
}


def reason(advice: Recommendation, languages: Sequence[str], *, course: str, about: str) -> str:
    """Return the sentence in the first of the languages that there is, else in English."""
    sentence = pick(SENTENCES[advice.kind], (*languages, "en"))
    return sentence.format(
        course=course,
        about=about,
        due=advice.due_on,
        cards=advice.cards,
        percent=round(advice.percent),
        learners=advice.learners,
    )

"""Blocks as everybody sees them."""

from typing import Any

import msgspec

from services.content import contract
from services.content.domain import course as domain
from services.content.domain.rendering import render
from services.content.use_cases.projection.questions import QuestionProjector
from services.content.use_cases.projection.scene import Scene
from services.kit.ids import Kind


def project_block(block: domain.AnyBlock, scene: Scene) -> contract.AnyBlock | None:
    """Return a block for the contract; None for a picture that is not stored."""
    match block:
        case domain.TextBlock() | domain.CalloutBlock():
            return _prose(block, scene)
        case domain.ImageBlock():
            return _image(block, scene)
        case domain.QuestionBlock():
            return _question(block, scene)
        case domain.FlashcardBlock():
            return _flashcards(block, scene)
        case domain.VideoBlock():
            return _video(block, scene)
        case domain.CodeBlock() | domain.AudioBlock():
            return _record(block, scene)


def _prose(
    block: domain.TextBlock | domain.CalloutBlock, scene: Scene
) -> contract.TextBlock | contract.CalloutBlock:
    shared: dict[str, Any] = {
        "id": scene.id(Kind.BLOCK, block.key),
        "key": block.key,
        "markdown": block.markdown,
        "html": {tag: render(text) for tag, text in block.markdown.items()},
    }
    if isinstance(block, domain.CalloutBlock):
        return contract.CalloutBlock(tone=block.tone.value, **shared)
    return contract.TextBlock(**shared)


def _record(
    block: domain.CodeBlock | domain.AudioBlock, scene: Scene
) -> contract.CodeBlock | contract.AudioBlock:
    """Return a block whose fields are the same on both sides."""
    fields = msgspec.structs.asdict(block)
    kind = contract.CodeBlock if isinstance(block, domain.CodeBlock) else contract.AudioBlock
    return kind(id=scene.id(Kind.BLOCK, block.key), **fields)


def _question(block: domain.QuestionBlock, scene: Scene) -> contract.QuestionBlock:
    question = QuestionProjector(scene, block.key).project(block.question)
    return contract.QuestionBlock(
        id=scene.id(Kind.BLOCK, block.key), key=block.key, question=question
    )


def _image(block: domain.ImageBlock, scene: Scene) -> contract.ImageBlock | None:
    image = scene.image(block.image)
    if image is None:
        return None
    own_id = scene.id(Kind.BLOCK, block.key)
    return contract.ImageBlock(id=own_id, key=block.key, image=image, caption=block.caption)


def _flashcards(block: domain.FlashcardBlock, scene: Scene) -> contract.FlashcardBlock:
    cards = tuple(
        contract.Flashcard(
            id=scene.id(Kind.CARD, block.key, card.key),
            key=card.key,
            front=card.front,
            back=card.back,
        )
        for card in block.cards
    )
    return contract.FlashcardBlock(id=scene.id(Kind.BLOCK, block.key), key=block.key, cards=cards)


def _video(block: domain.VideoBlock, scene: Scene) -> contract.VideoBlock:
    return contract.VideoBlock(
        id=scene.id(Kind.BLOCK, block.key),
        key=block.key,
        renditions=tuple(
            contract.Rendition(**msgspec.structs.asdict(rendition))
            for rendition in block.renditions
        ),
        captions=tuple(
            contract.Caption(**msgspec.structs.asdict(caption)) for caption in block.captions
        ),
        transcript=block.transcript,
        seconds=block.seconds,
        poster=scene.image(block.poster),
    )

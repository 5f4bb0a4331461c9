"""Blocks as YAML in a fence: what Markdown has no words for, in the shape of the JSON document."""

import json

import msgspec
import yaml

from services.content.domain.course import AnyBlock, CodeBlock
from services.content.domain.native.scope import Scope
from services.content.domain.native.section import MAX_YAML, Loader
from services.content.domain.pictures import all_pictures


def build_structured(scope: Scope, key: str, source: str, *, at: tuple[str, int]) -> AnyBlock:
    """Return the block that a YAML text holds, named by `key`; its pictures lie in the folder."""
    try:
        block = msgspec.json.decode(_as_json(key, source), type=AnyBlock)
    except (ValueError, TypeError, RecursionError, yaml.YAMLError) as error:
        message = str(error).splitlines()[0] if str(error) else "it nests too deep"
        scope.report.add(*at, f"this is no block of the course document: {message}")
        return CodeBlock(key=key, language="", source=source)
    for _, picture in all_pictures(block):
        scope.find_hash(picture.hash, at=at)
    return block  # type: ignore[no-any-return]  # msgspec's decoder of a union is untyped


def _as_json(key: str, source: str) -> bytes:
    """Return YAML as JSON; ValueError, TypeError or YAMLError for what JSON does not know."""
    if len(source) > MAX_YAML:
        raise ValueError(f"more than {MAX_YAML // 1024} KiB of YAML")
    content = Loader(source).get_single_data()
    if not isinstance(content, dict):
        raise TypeError("a list of `name: value` is needed here")
    if "key" in content:
        raise ValueError("its key stands in the braces of the heading: `## {#key}`")
    return json.dumps({**content, "key": key}, allow_nan=False, ensure_ascii=False).encode()

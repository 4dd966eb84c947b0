"""Service catalogues as Backstage keeps them: ``catalog-info.yaml`` -> services, owners, dependencies.

Format: "Descriptor Format of Catalog Entities" and "System Model" of the Backstage documentation. A file
holds several YAML documents, each an entity; a fault costs that entity alone. Nothing is fetched: values such
as ``$text: https://...`` are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rca_search.errors import DocumentRejectedError
from rca_search.models import EdgeKind, Entity, Problem, Relation, SourceFile
from rca_search.sources.decode import decode
from rca_search.sources.front_matter import YamlTextError, YamlValue, read_yaml
from rca_search.sources.redact import Redactor, keep_everything
from rca_search.sources.values import one_line

FILE_NAMES = frozenset({"catalog-info.yaml", "catalog-info.yml"})


def is_catalog(path: str) -> bool:
    """Return whether the file at ``path`` is a service catalogue."""
    return path.rpartition("/")[2].casefold() in FILE_NAMES


MAX_FILE_BYTES = 1024 * 1024
MAX_ENTITY_BYTES = 64 * 1024

KINDS = frozenset({"component", "system", "api", "resource", "domain", "group", "user"})
"""Entities that are read; others, such as Location and Template, say nothing of services."""

_FIELDS: Sequence[tuple[str, EdgeKind, str]] = (
    ("owner", EdgeKind.OWNER, "group"),
    ("system", EdgeKind.PART_OF, "system"),
    ("domain", EdgeKind.PART_OF, "domain"),
    ("subcomponentOf", EdgeKind.PART_OF, "component"),
    ("subdomainOf", EdgeKind.PART_OF, "domain"),
    ("parent", EdgeKind.PART_OF, "group"),
    ("dependsOn", EdgeKind.DEPENDS_ON, "component"),
    ("consumesApis", EdgeKind.DEPENDS_ON, "api"),
    ("dependencyOf", EdgeKind.USED_BY, "component"),
)
"""Key below ``spec``, what it says, and the kind of entity that a name without one means there."""

_DIVIDER = re.compile(r"^---(?=\s|$)")
_EMPTY = re.compile(r"\s*(?:#.*|%.*|\.\.\.\s*|---\s*)?")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}")
_REFERENCE = re.compile(
    rf"(?:(?P<kind>[A-Za-z][A-Za-z0-9]{{0,62}}):)?(?:(?P<namespace>{_NAME.pattern})/)?(?P<name>{_NAME.pattern})"
)


def read_catalog(
    file: SourceFile, *, redact: Redactor = keep_everything
) -> tuple[tuple[Entity, ...], tuple[Problem, ...]]:
    """Return the entities of ``file`` and a warning, with its line, for each part that cannot be used."""
    if len(file.content) > MAX_FILE_BYTES:
        message = f"The catalogue has more than {MAX_FILE_BYTES:,} bytes."
        return (), (_problem(file, 1, message, "Divide it among the folders of its services."),)
    try:
        text = redact(decode(file.content).text)
    except DocumentRejectedError as error:
        return (), (_problem(file, error.line or 1, error.message, error.remedy),)
    entities: list[Entity] = []
    problems: list[Problem] = []
    for part in _parts(text.split("\n")):
        faults: list[YamlTextError] = []
        try:
            entity = _entity(file.path, part, faults)
            entities.extend([] if entity is None else [entity])
        except YamlTextError as error:
            faults.append(
                YamlTextError(f"The entity cannot be read: {error.message}", error.line, error.remedy)
            )
        for fault in faults:
            line = part.first_line + fault.line - 1
            problems.append(_problem(file, line, f"{fault.message}.", fault.remedy))
    return tuple(entities), tuple(problems)


@dataclass(frozen=True, slots=True)
class _Part:
    """One YAML document of a file: its lines, and the number of the first."""

    lines: Sequence[str]
    first_line: int

    def line_of(self, key: str, value: str = "") -> int:
        """Return the line, in the file, of ``key`` or of ``value`` at or below it."""
        start = re.compile(rf"""\s*-?\s*["']?{re.escape(key)}["']?\s*:""")
        at = next((number for number, line in enumerate(self.lines) if start.match(line)), 0)
        if value:
            found = (number for number in range(at, len(self.lines)) if value in self.lines[number])
            at = next(found, at)
        return self.first_line + at


def _parts(lines: Sequence[str]) -> Iterator[_Part]:
    bounds = [number for number, line in enumerate(lines) if _DIVIDER.match(line)]
    for start, end in zip([0, *bounds], [*bounds, len(lines)], strict=True):
        # Neither dividers nor directives reach the parser, which knows one document only.
        part = ["" if _EMPTY.fullmatch(line) else _DIVIDER.sub("   ", line) for line in lines[start:end]]
        while part and not part[-1].strip():
            part.pop()  # or a bracket that is not closed would be reported below the last line
        if part:
            yield _Part(part, start + 1)


def _entity(path: str, part: _Part, faults: list[YamlTextError]) -> Entity | None:
    """Return the entity, or None where it is of a kind that is not read; raises YamlTextError.

    What is wrong with one of its relations costs that relation and is added to ``faults``.
    """
    text = "\n".join(part.lines)
    if len(text.encode()) > MAX_ENTITY_BYTES:
        raise YamlTextError(
            f"it has more than {MAX_ENTITY_BYTES // 1024} KiB", 1, "Move the long text to a file of its own."
        )
    value, _ = read_yaml(text)
    if not isinstance(value, dict):
        raise YamlTextError("it has no keys", 1, "Write kind, metadata and spec.")
    kind = _text(value, "kind").casefold()
    if not kind:
        raise YamlTextError("it has no kind", 1, "Add one, such as kind: Component.")
    if kind not in KINDS:
        return None
    metadata, spec = _mapping(value, "metadata"), _mapping(value, "spec")
    line = part.line_of("kind") - part.first_line + 1
    name = _text(metadata, "name")
    if not _NAME.fullmatch(name):
        said = f"the name {name[:40]!r} is none that Backstage allows" if name else "metadata has no name"
        raise YamlTextError(said, line, "Use letters, digits, - _ and . and at most 63 of them.")
    return Entity(
        kind=kind,
        name=_joined(_text(metadata, "namespace"), name),
        title=one_line(_text(metadata, "title")) or name,
        lifecycle=one_line(_text(spec, "lifecycle")) or None,
        path=path,
        line=part.line_of("name", name),
        relations=tuple(_relations(spec, part, faults)),
    )


def _relations(spec: Mapping[str, YamlValue], part: _Part, faults: list[YamlTextError]) -> Iterator[Relation]:
    for key, kind, entity_kind in _FIELDS:
        value = spec.get(key)
        for written in [value] if isinstance(value, str) else value if isinstance(value, list) else []:
            if not isinstance(written, str) or not written.strip():
                continue  # a placeholder such as $text, or nothing
            line = part.line_of(key, written)
            match = _REFERENCE.fullmatch(written.strip())
            if match is None:
                remedy = "Write it as kind:namespace/name; kind and namespace may be left out."
                message = f"{key} has {written[:60]!r}, which names no entity"
                faults.append(YamlTextError(message, line - part.first_line + 1, remedy))
                continue
            name = _joined(match["namespace"] or "", match["name"])
            yield Relation(kind, (match["kind"] or entity_kind).casefold(), name, line)


def _joined(namespace: str, name: str) -> str:
    return name if namespace.casefold() in {"", "default"} else f"{namespace}/{name}"


def _text(mapping: Mapping[str, YamlValue], key: str) -> str:
    value = mapping.get(key)
    return value.strip() if isinstance(value, str) else ""


def _mapping(mapping: Mapping[str, YamlValue], key: str) -> Mapping[str, YamlValue]:
    value = mapping.get(key)
    return value if isinstance(value, dict) else {}


def _problem(file: SourceFile, line: int, message: str, remedy: str) -> Problem:
    return Problem(file.path, line, "service_catalog", message, remedy)

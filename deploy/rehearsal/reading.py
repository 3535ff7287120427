"""Reading a scenario from YAML: what is wrong with it is named by line, before anything starts.

Invariant: a file is read whole and every fault told at once.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import ValidationError

from deploy.rehearsal.scenario import Scenario

_MISSING: Final = "missing"


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing that is wrong, and in which line (from 1)."""

    line: int
    reason: str


class BadScenario(Exception):  # noqa: N818 - what is bad is the file
    """The scenario cannot be played; ``faults`` say why, in the order of their lines."""

    def __init__(self, file: Path, faults: Iterable[Fault]) -> None:
        self.faults = sorted(faults, key=lambda fault: fault.line)
        super().__init__("\n".join(f"{file} 第 {fault.line} 行：{fault.reason}" for fault in self.faults))


class _Loader(yaml.SafeLoader):
    """YAML whose dates stay text: what an instant means is the scenario's to say."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class Lines:
    """In which line each place of a document stands."""

    def __init__(self, node: yaml.Node | None) -> None:
        self._lines: dict[tuple[str | int, ...], int] = {}
        self.twice: list[Fault] = []
        if node is not None:
            self._walk(node, ())

    def of(self, place: Sequence[str | int]) -> int:
        """The line of a place, or of the nearest one around it."""
        for length in range(len(place), -1, -1):
            if (line := self._lines.get(tuple(place[:length]))) is not None:
                return line
        return 1

    def _walk(self, node: yaml.Node, place: tuple[str | int, ...]) -> None:
        self._lines[place] = node.start_mark.line + 1
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if (*place, key.value) in self._lines:
                    self.twice.append(Fault(line=key.start_mark.line + 1, reason=f"{key.value} 写了两次"))
                self._walk(value, (*place, key.value))
                self._lines[(*place, key.value)] = key.start_mark.line + 1
        elif isinstance(node, yaml.SequenceNode):
            for number, value in enumerate(node.value):
                self._walk(value, (*place, number))


def read(file: Path) -> tuple[Scenario, Lines]:
    """The scenario in ``file`` and where its parts stand. Raises ``BadScenario`` or ``OSError``."""
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise BadScenario(file, [Fault(line=1, reason="不是 UTF-8 编码的文本")]) from error
    lines, document = _parsed(file, text)
    try:
        return Scenario.model_validate(document), lines
    except ValidationError as error:
        raise BadScenario(file, _faults(error, lines)) from error


def _parsed(file: Path, text: str) -> tuple[Lines, Any]:
    try:
        lines = Lines(yaml.compose(text, Loader=_Loader))
        document = yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise BadScenario(file, [Fault(line=line, reason="不是有效的 YAML")]) from error
    if lines.twice:
        raise BadScenario(file, lines.twice)
    return lines, document


def _faults(error: ValidationError, lines: Lines) -> Iterator[Fault]:
    for one in error.errors(include_url=False, include_input=False):
        place = one["loc"]
        yield Fault(line=lines.of(place), reason=f"{'.'.join(map(str, place))} {_reason(one)}".strip())


def _reason(error: Mapping[str, Any]) -> str:
    if not error["loc"]:
        return "推演方案须由字段和值组成，如 name: 国庆值守"
    reasons = {_MISSING: "没有写", "extra_forbidden": "不是推演方案里的字段", "enum": "不是允许的值"}
    if error["type"] == "value_error":
        return str(error["ctx"]["error"])
    return reasons.get(error["type"], "的值不对")

"""Small files and small functions: what can be read at one sitting, without exceptions."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("activities", "adapters", "bench", "deploy", "domain", "services", "workflows")

FILE_LINES = 250
FUNCTION_LINES = 40


def _sources() -> dict[str, str]:
    files = [file for package in PACKAGES for file in sorted((ROOT / package).rglob("*.py"))]
    return {file.relative_to(ROOT).as_posix(): file.read_text(encoding="utf-8") for file in files}


def _functions(source: str) -> Iterator[tuple[str, int]]:
    """(name, lines without the docstring) of every function, nested ones and methods included."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, _span(node) - (_span(node.body[0]) if ast.get_docstring(node) else 0)


def _span(node: ast.stmt) -> int:
    assert node.end_lineno is not None
    return node.end_lineno - node.lineno + 1


def _long_functions() -> dict[str, int]:
    return {
        f"{file}::{name}": lines
        for file, source in _sources().items()
        for name, lines in _functions(source)
        if lines > FUNCTION_LINES
    }


def test_no_file_is_longer_than_250_lines() -> None:
    lines = {file: len(source.splitlines()) for file, source in _sources().items()}
    assert {file: count for file, count in lines.items() if count > FILE_LINES} == {}


def test_no_function_is_longer_than_40_lines() -> None:
    assert _long_functions() == {}


def test_every_source_package_is_measured() -> None:
    kept = {file.parent.name for file in ROOT.glob("*/__init__.py")} - {"tests"}
    assert kept == set(PACKAGES)


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("def f():\n    return 1\n", 2),
        ('def f():\n    """One.\n\n    Two.\n    """\n    return 1\n', 2),
        ("async def f(\n    a,\n):\n    await a\n    return 1\n", 5),
    ],
)
def test_lines_are_counted_without_the_docstring(source: str, lines: int) -> None:
    assert list(_functions(source)) == [("f", lines)]

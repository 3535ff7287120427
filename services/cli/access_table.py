"""``python -m services.cli.access_table``: the table of who may do what and how far, for the docs.

Invariant: everything comes from :data:`domain.access.OPERATIONS`; nothing is written by hand.
"""

from domain.access import OPERATIONS, Row, Way
from domain.people import Role


def text() -> str:
    """A Markdown table: one line for each operation, one column for each role."""
    heads = ["操作", "进入", *(role.label for role in Role)]
    lines = [_line(heads), _line(["---"] * len(heads))]
    return "\n".join([*lines, *(_line(_cells(name, row)) for name, row in OPERATIONS.items())]) + "\n"


def _cells(name: str, row: Row) -> list[str]:
    reaches = [row.by[role].label if role in row.by else "—" for role in Role]
    return [f"`{name}`", row.way.label, *(["" for _ in Role] if row.way is Way.PUBLIC else reaches)]


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    print(text(), end="")

"""Signs of currencies join their numbers, heads their columns; nothing else moves."""

from __future__ import annotations

from legenda.document import Cell, Line, Table, from_box
from legenda.layout.tables.merging import merged


def table(*rows: tuple[str, ...]) -> tuple[Table, list[Line]]:
    cells, lines = [], list[Line]()
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            box = from_box(100 * c, 20 * r, 100 * c + 90, 20 * r + 15)
            cells.append(Cell(r, c, box, len(lines) if text else 0, int(bool(text))))
            lines += [Line(text, box, 0.9)] if text else []
    return Table(len(rows), len(rows[0]), tuple(cells)), lines


def shown(of: Table, lines: list[Line]) -> list[list[tuple[str, int]]]:
    rows: list[list[tuple[str, int]]] = [[] for _ in range(of.rows)]
    for cell in of.cells:
        said = " ".join(line.content for line in lines[cell.first : cell.first + cell.count]) if cell.count else ""
        rows[cell.row].append((said, cell.columns))
    return rows


def test_signs_join_their_numbers_and_a_head_its_columns() -> None:
    given, lines = table(
        ("", "", "", "", "Year Ended", "", ""),
        ("", "", "2025", "", "2024", "", "2023"),
        ("Cost", "$", "178", "$", "141", "$", "138"),
        ("Total", "$", "4,737", "$", "3,549", "", "2,710"),
    )
    done = merged(given, lines)
    assert done.columns == 4
    assert shown(done, lines) == [
        [("", 1), ("Year Ended", 3)],
        [("", 1), ("2025", 1), ("2024", 1), ("2023", 1)],
        [("Cost", 1), ("$ 178", 1), ("$ 141", 1), ("$ 138", 1)],
        [("Total", 1), ("$ 4,737", 1), ("$ 3,549", 1), ("2,710", 1)],
    ]


def test_percent_signs_join_what_is_before_them() -> None:
    given, lines = table(("Share", "12", "%"), ("Rest", "88", "%"))
    assert shown(merged(given, lines), lines) == [[("Share", 1), ("12 %", 1)], [("Rest", 1), ("88 %", 1)]]


def test_other_tables_stay() -> None:
    given, lines = table(("Part", "Price", "Sign"), ("Lamp", "12", "$"), ("Oil", "", "x"))
    assert merged(given, lines) == given
    given, lines = table(("", "", "Left of the middle", "", ""), ("a", "b", "c", "d", "e"))
    assert merged(given, lines) == given

"""Where results are to go, decided before anything is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from legenda.cli.outputs import of_content, plan, stems
from legenda.errors import InvalidOptionError, OutputError


def test_standard_output_takes_one_format() -> None:
    assert plan([], "", several=False, json_lines=False).formats == ("txt",)
    assert plan(["md"], "-", several=True, json_lines=False).output is None
    with pytest.raises(InvalidOptionError, match="--output"):
        plan(["txt", "md"], "", several=False, json_lines=False)
    with pytest.raises(InvalidOptionError, match="--output"):
        plan(["pdf"], "", several=True, json_lines=False)
    with pytest.raises(InvalidOptionError, match="--output"):
        plan(["txt"], "", several=False, json_lines=True)


def test_formats_come_with_commas_and_repeated() -> None:
    given = plan(["txt, MD", "json,txt"], "out/", several=False, json_lines=False)
    assert given.formats == ("txt", "md", "json")
    with pytest.raises(InvalidOptionError, match=r"rtf.*choose from txt"):
        plan(["rtf"], "", several=False, json_lines=False)


@pytest.mark.parametrize(
    ("name", "format"), [("a.pdf", "pdf"), ("a.JSON", "json"), ("a.hocr", "hocr"), ("a.docx", "docx"), ("a.out", "txt")]
)
def test_a_suffix_chooses_the_format(name: str, format: str, tmp_path: Path) -> None:
    places = plan([], str(tmp_path / name), several=False, json_lines=False)
    assert places.files("x") == {format: tmp_path / name}


def test_a_folder_holds_a_file_per_format(tmp_path: Path) -> None:
    places = plan(["txt", "json"], str(tmp_path / "new"), several=False, json_lines=False)
    assert places.files("scan") == {"txt": tmp_path / "new/scan.txt", "json": tmp_path / "new/scan.json"}
    both = plan(["txt,txt-layout"], str(tmp_path), several=False, json_lines=False).files("scan")
    assert both == {"txt": tmp_path / "scan.txt", "txt-layout": tmp_path / "scan.txt-layout.txt"}


def test_several_files_need_a_folder(tmp_path: Path) -> None:
    file = tmp_path / "out.txt"
    file.touch()
    with pytest.raises(OutputError, match="is a file"):
        plan([], str(file), several=True, json_lines=False)


def test_stems_differ() -> None:
    assert stems(["a.png", "b.png"]) == ["a", "b"]
    assert stems(["a.png", "A.pdf", "c.tif"]) == ["a.png", "A.pdf", "c"]
    assert stems(["a.png", "a.png", ""]) == ["a.png", "a.png-2", "stdin"]
    assert len({x.casefold() for x in stems(["a.png", "a.png", "a.png-2.x", "a.png-2.y", "b"])}) == 5
    assert stems(["../../etc/passwd", "..", "/x/y.pdf"]) == ["passwd", "..", "y"]


def test_names_of_results_show_no_other_suffix_than_they_have() -> None:
    assert stems(["scans/invoice\u202egpj.exe.png"]) == ["invoicegpj.exe"]


@pytest.mark.parametrize(
    ("file", "format"), [("a.alto.xml", "alto"), ("a.PDF", "pdf"), ("a.html", "html"), ("a.xml", "txt")]
)
def test_the_suffix_of_a_file_tells_its_format(file: str, format: str, tmp_path: Path) -> None:
    assert plan([], str(tmp_path / file), several=False, json_lines=False).formats == (format,)


def test_a_crop_of_a_kind_is_written_as_its_kind_is() -> None:
    assert of_content("formula", (), "", json_lines=False) == ("latex",)
    assert of_content("formula", (), "", json_lines=True) == ()
    assert of_content("geometry", ("svg,json",), "", json_lines=False) == ("svg,json",)
    assert of_content("molecule", (), "aspirin.mol", json_lines=False) == ()
    assert of_content("auto", (), "", json_lines=False) == ()
    with pytest.raises(InvalidOptionError, match=r"molecule is not written as latex.*smiles, mol, svg"):
        of_content("molecule", ("latex",), "", json_lines=False)

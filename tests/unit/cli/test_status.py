"""What the command says and how it ends."""

from __future__ import annotations

import pytest

from legenda.cli.report import Report
from legenda.cli.status import error_line, exit_codes, leaving, say
from legenda.document import Block, Line, Page, Problem, from_box
from legenda.errors import CorruptSourceError, ExitCode, NotFoundError, PasswordRequiredError

BOX = from_box(0, 0, 1, 1)


def page(number: int, *problems: str, unreadable: int = 0) -> Page:
    lines = tuple(Line("", BOX, 0.1, unreadable=True) for _ in range(unreadable))
    blocks = (Block("text", BOX, lines),) if lines else ()
    return Page(number, 10, 10, "pixel", blocks=blocks, problems=tuple(Problem(x, f"{x} happened.") for x in problems))


def test_an_error_is_one_line_without_control_characters(capsys: pytest.CaptureFixture[str]) -> None:
    say(error_line("a\x1b[31m\n.pdf", CorruptSourceError("It is damaged", "cut off", "send it again")))
    assert capsys.readouterr().err == "legenda: a\ufffd[31m .pdf: It is damaged: cut off; send it again.\n"


def test_a_name_is_said_once() -> None:
    assert error_line("a.pdf", CorruptSourceError("a.pdf is damaged")) == "legenda: a.pdf is damaged."


@pytest.mark.parametrize(
    ("raised", "code", "said"),
    [
        (PasswordRequiredError("x.pdf is encrypted"), 4, "legenda: x.pdf is encrypted."),
        (KeyboardInterrupt(), 130, "legenda: interrupted"),
    ],
)
def test_leaving(raised: BaseException, code: int, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught, leaving():
        raise raised
    assert caught.value.code == code
    assert capsys.readouterr().err == f"{said}\n"


def test_every_typed_error_has_an_exit_code() -> None:
    codes = exit_codes()
    assert codes["timed_out"] == ExitCode.LIMIT
    assert codes["parser_crash"] == ExitCode.INPUT
    assert "unreadable_lines" not in codes


def test_exit_code_is_that_of_the_failure_where_nothing_was_read() -> None:
    report = Report(quiet=False)
    assert report.exit_code == ExitCode.OK
    report.failed("a", NotFoundError("There is no a"))
    report.failed("b", PasswordRequiredError("b is encrypted"))
    assert report.exit_code == ExitCode.INPUT
    report.page("c", page(1))
    assert report.exit_code == ExitCode.PARTIAL


def test_pages_that_failed_count_and_unreadable_lines_do_not(capsys: pytest.CaptureFixture[str]) -> None:
    report = Report(quiet=False)
    report.page("a.pdf", page(1, "unreadable_lines", unreadable=2))
    assert report.exit_code == ExitCode.OK
    report.page("a.pdf", page(2, "timed_out"))
    report.finished()
    assert report.exit_code == ExitCode.PARTIAL
    report.sum_up()
    assert capsys.readouterr().err == (
        "legenda: a.pdf, page 2: timed_out happened.\n"
        "legenda: 1 page failed, 2 lines could not be read and are left out\n"
    )


def test_the_only_page_failing_is_that_failure() -> None:
    report = Report(quiet=True)
    report.page("a.png", page(1, "out_of_memory"))
    assert report.exit_code == ExitCode.LIMIT

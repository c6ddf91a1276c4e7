"""Worker processes: what they share, how they die, and that nobody notices."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from leftovers import left_open
from pdf_maker import make_pdf, scanned, words
from PIL import Image
from written import written

from legenda import Document, Reader, ReadOptions
from legenda.engines.base import Raster
from legenda.errors import CorruptSourceError, InvalidOptionError, LegendaError, MissingComponentError

LIGHT, DARK = np.full((60, 90), 250, np.uint8), np.full((60, 90), 5, np.uint8)
TELLING = ReadOptions(engine="telling")
Save = Callable[[Raster], bytes]


@pytest.fixture(autouse=True)
def notes(plugin: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file with a line per page the engine `telling` was asked for, in whatever process."""
    path = tmp_path / "notes"
    path.touch()
    monkeypatch.setenv("LEGENDA_TEST_NOTES", str(path))
    return path


def asked(notes: Path) -> list[int]:
    return [int(line) for line in notes.read_text().split()]


def own_children() -> set[int]:
    tasks = Path(f"/proc/{os.getpid()}/task").iterdir()
    return {int(pid) for task in tasks for pid in (task / "children").read_text().split()}


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def gone(pids: set[int]) -> bool:
    """Whether all these processes end within ten seconds."""
    deadline = time.monotonic() + 10
    while any(map(is_running, pids)) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not any(map(is_running, pids))


def test_pages_are_read_in_other_processes_and_come_in_order(notes: Path, nothing_left: None) -> None:
    with Reader(TELLING, jobs=2) as reader:
        pages = list(reader.pages(scanned(*[LIGHT] * 12)))
    assert [page.number for page in pages] == list(range(1, 13))
    assert all(page.text.startswith("read by") for page in pages)
    assert os.getpid() not in asked(notes) and len(set(asked(notes))) == 2


def test_the_first_page_is_out_before_the_last_is_read(notes: Path, nothing_left: None) -> None:
    with Reader(TELLING, jobs=2) as reader:
        pages = reader.pages(scanned(*[LIGHT] * 30))
        next(pages)
        assert len(asked(notes)) <= 4
        time.sleep(0.5)
        assert len(asked(notes)) <= 4  # nor is more read than a few pages ahead
        assert len(list(pages)) == 29


def test_a_short_input_is_read_here(notes: Path, png: Save, nothing_left: None) -> None:
    with Reader(TELLING, jobs=2) as reader:
        reader.read(png(LIGHT))
        reader.read(scanned(*[LIGHT] * 3))
        list(reader.read_many([png(LIGHT)] * 2))
        assert set(asked(notes)) == {os.getpid()}


def test_pages_with_own_text_are_read_here(nothing_left: None) -> None:
    book = make_pdf(*[words(f"page number {n}") for n in range(1, 30)])
    with Reader(jobs=2) as reader:
        before = own_children()
        pages = reader.pages(book)
        assert [page.text for page in pages] == [f"page number {n}" for n in range(1, 30)]
        assert len(own_children() - before) == 0


def test_many_short_inputs_are_read_by_workers(notes: Path, png: Save, tmp_path: Path, nothing_left: None) -> None:
    (tmp_path / "broken.png").write_bytes(png(LIGHT)[:20])
    inputs = [png(LIGHT)] * 4 + [tmp_path / "broken.png", b""] + [png(LIGHT)] * 6
    with Reader(TELLING, jobs=2) as reader:
        results = [result for _, result in reader.read_many(iter(inputs))]
    assert [isinstance(result, Document) for result in results] == [True] * 4 + [False] * 2 + [True] * 6
    assert isinstance(results[4], CorruptSourceError) and "broken.png" in str(results[4])
    assert os.getpid() not in asked(notes) and len(asked(notes)) == 10


def test_a_picture_of_several_pages_after_the_start(tmp_path: Path, nothing_left: None) -> None:
    path = tmp_path / "fax.tif"
    first, *others = (Image.fromarray(written(f"Sheet {n} of three", size=30)) for n in (1, 2, 3))
    first.save(path, save_all=True, append_images=others)
    with Reader(ReadOptions(pages="2-", effort="fast"), jobs=2) as reader:
        reader.start()
        document = reader.read(path)
    assert [(page.number, page.text) for page in document.pages] == [(2, "Sheet 2 of three"), (3, "Sheet 3 of three")]


def test_an_engine_that_kills_its_process_costs_its_page(notes: Path, nothing_left: None) -> None:
    pictures = [LIGHT, LIGHT, DARK, LIGHT, DARK, LIGHT, LIGHT]
    with Reader(TELLING, jobs=2) as reader:
        document = reader.read(scanned(*pictures), "book.pdf")
        again = reader.read(scanned(*[LIGHT] * 5))
    texts = [bool(page.text) for page in document.pages]
    assert texts == [True, True, False, True, False, True, True]
    for page in (document.pages[2], document.pages[4]):
        assert [problem.code for problem in page.problems] == ["engine"]
        assert f"page {page.number} of book.pdf" in page.problems[0].message
        assert "SIGKILL" in page.problems[0].message
        assert (page.width, page.unit) == (document.pages[0].width, "point")
    assert len(asked(notes)) == 12 and not any(page.problems for page in again.pages)


def test_a_picture_that_kills_its_process_leaves_the_others(png: Save, nothing_left: None) -> None:
    inputs = [png(LIGHT), png(DARK), png(LIGHT), png(LIGHT)]
    with Reader(TELLING, jobs=2) as reader:
        documents = [result for _, result in reader.read_many(inputs)]
    assert [isinstance(d, Document) and bool(d.text) for d in documents] == [True, False, True, True]
    failed = documents[1]
    assert isinstance(failed, Document) and failed.pages[0].problems[0].code == "engine"
    assert failed.pages[0].width == 90


@pytest.mark.parametrize(
    ("options", "kind", "parts"),
    [
        ({"engine": "tesseracd"}, InvalidOptionError, "there is no engine 'tesseracd'"),
        ({"languages": ("Klingon",)}, InvalidOptionError, "'Klingon' is not known"),
        ({"engine": "licensed"}, MissingComponentError, "the licence is not there. it ended 3 days ago. buy one"),
    ],
)
def test_what_holds_for_every_page_is_raised(
    png: Save, nothing_left: None, options: dict[str, object], kind: type[LegendaError], parts: str
) -> None:
    with Reader(ReadOptions(**options), jobs=2) as reader:  # type: ignore[arg-type]
        with pytest.raises(kind, match=parts) as raised:
            list(reader.pages(scanned(*[LIGHT] * 9)))
        assert type(raised.value) is kind and raised.value.what
        results = [result for _, result in reader.read_many([png(LIGHT)] * 5)]
        assert [type(result) for result in results] == [kind] * 5
        del raised


def test_a_pipe_is_read_by_all_workers(notes: Path, nothing_left: None) -> None:
    data = scanned(*[LIGHT] * 8)
    reading, writing = os.pipe()

    def fill() -> None:
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(data)

    filling = threading.Thread(target=fill)
    filling.start()
    with Reader(TELLING, jobs=2) as reader:
        assert len(reader.read(Path(f"/dev/fd/{reading}")).pages) == 8
    filling.join()
    os.close(reading)
    assert len(set(asked(notes))) == 2


def test_the_file_may_be_replaced_meanwhile(tmp_path: Path, nothing_left: None) -> None:
    path = tmp_path / "book.pdf"
    path.write_bytes(scanned(*[LIGHT] * 8))
    with Reader(TELLING, jobs=2) as reader:
        pages = reader.pages(path)
        path.unlink()
        path.write_bytes(b"something else")
        assert all(page.text for page in pages)


def test_leaving_early_leaves_nothing(nothing_left: None) -> None:
    data = scanned(*[LIGHT] * 9)
    with Reader(TELLING, jobs=3) as reader:
        pages = reader.pages(data)
        next(pages)
        pages.close()
        pages.close()
        assert list(pages) == []
        for page in reader.pages(data):
            assert page.text
            break
        many = reader.read_many([data] * 9)
        next(many)
        del many
        forgotten = reader.pages(data)
        next(forgotten)
        del forgotten, pages


def test_workers_close_what_has_been_read(nothing_left: None) -> None:
    with Reader(TELLING, jobs=2) as reader:
        for _ in range(4):
            assert len(reader.read(scanned(*[LIGHT] * 6)).pages) == 6
        workers = own_children()
        deadline = time.monotonic() + 10
        while (most := max(map(inputs_open, workers))) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert most == 0


def inputs_open(pid: int) -> int:
    """Nameless files that hold bytes given to `read`."""
    links = [Path(f"/proc/{pid}/fd/{fd.name}") for fd in Path(f"/proc/{pid}/fd").iterdir()]
    return sum("memfd:source" in str(link.readlink()) for link in links)


def test_threads_share_the_workers(notes: Path, png: Save, nothing_left: None) -> None:
    with Reader(TELLING, jobs=2) as reader:
        reader.start()
        threads = [threading.Thread(target=reader.read, args=(png(LIGHT),)) for _ in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(asked(notes)) == 12 and len(set(asked(notes))) == 2


def test_the_workers_of_a_killed_process_die_with_it(tmp_path: Path, notes: Path) -> None:
    (tmp_path / "book.pdf").write_bytes(scanned(*[LIGHT] * 3000))
    with unguarded(tmp_path, "print(sum(1 for _ in reader.pages('book.pdf')))") as process:
        deadline = time.monotonic() + 30
        while len(set(asked(notes))) < 2 and time.monotonic() < deadline:
            time.sleep(0.05)
        workers = set(asked(notes))
        assert len(workers) == 2 and process.pid not in workers
        children = {int(p) for w in workers for p in Path(f"/proc/{w}/task/{w}/children").read_text().split()}
        process.kill()
        process.wait()
        assert gone(workers | children)


def test_ctrl_c_leaves_no_process(tmp_path: Path, notes: Path) -> None:
    (tmp_path / "book.pdf").write_bytes(scanned(*[LIGHT] * 3000))
    with unguarded(tmp_path, "for _ in reader.pages('book.pdf'): pass") as process:
        deadline = time.monotonic() + 30
        while len(set(asked(notes))) < 2 and time.monotonic() < deadline:
            time.sleep(0.05)
        workers = set(asked(notes))
        process.send_signal(signal.SIGINT)
        _, complaint = process.communicate(timeout=30)
        assert complaint.strip().endswith(b"KeyboardInterrupt") and b"pipeline.worker" not in complaint
        assert gone(workers)


def test_a_script_without_guard_and_standard_input_as_program(tmp_path: Path) -> None:
    (tmp_path / "book.pdf").write_bytes(scanned(*[LIGHT] * 6))
    with unguarded(tmp_path, "print('once', len(reader.read('book.pdf').pages))") as process:
        assert process.communicate(timeout=60) == (b"once 6\n", b"")
        program = (tmp_path / "script.py").read_bytes()
    done = subprocess.run(
        [sys.executable, "-"], input=program, capture_output=True, cwd=tmp_path, timeout=60, check=False
    )
    assert (done.stdout, done.stderr) == (b"once 6\n", b"")


def unguarded(folder: Path, line: str) -> subprocess.Popen[bytes]:
    """A script, started, that reads at its top level."""
    engines = str(Path(__file__).parents[1] / "plugins" / "engines")
    script = f"import sys\nsys.path.append({engines!r})\nfrom legenda import Reader, ReadOptions\n"
    script += f"with Reader(ReadOptions(engine='telling'), jobs=2) as reader:\n    {line}\n"
    (folder / "script.py").write_text(script)
    command = [sys.executable, str(folder / "script.py")]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder)


def test_no_password_is_on_a_command_line(png: Save) -> None:
    with Reader(ReadOptions(engine="telling", password="sesame"), jobs=2) as reader:
        before = left_open()[1]
        reader.start()
        reader.read(png(LIGHT))
        workers = own_children()
        assert left_open()[1] > before
        assert not any(b"sesame" in Path(f"/proc/{pid}/cmdline").read_bytes() for pid in workers)

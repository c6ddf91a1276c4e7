"""The command from outside, with the models, on pages of our own making."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer

import pytest
from jsonschema import Draft202012Validator
from PIL import Image, ImageDraw, ImageFont

import legenda
from legenda.document import from_json, schema
from legenda.sandbox import launch

EXAMPLE = Path(legenda.__file__).parent / "data" / "example.png"


def run(*arguments: object, **options: object) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "legenda", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, timeout=120, **options)  # type: ignore[call-overload,no-any-return]


@contextmanager
def started(*arguments: object) -> Iterator[subprocess.Popen[bytes]]:
    """The command while it runs; killed after a minute, so that a hang fails."""
    command = [sys.executable, "-m", "legenda", *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        timer = Timer(60, process.kill)
        timer.start()
        yield process
        process.wait()
        timer.cancel()


def picture(text: str, path: Path) -> Path:
    image = Image.new("L", (700, 160), 255)
    ImageDraw.Draw(image).text((40, 50), text, 0, ImageFont.load_default(40))
    image.save(path)
    return path


@pytest.fixture(scope="module")
def scans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two pictures, a three-page PDF of pictures, an encrypted PDF and a file that is neither."""
    import pikepdf

    folder = tmp_path_factory.mktemp("scans")
    pictures = [picture(f"Harbour report {n}", folder / f"{n}.png") for n in (1, 2, 3)]
    images = [Image.open(path).convert("L") for path in pictures]
    images[0].save(folder / "book.pdf", save_all=True, append_images=images[1:], resolution=150)
    with pikepdf.open(folder / "book.pdf") as pdf:
        pdf.save(folder / "locked.pdf", encryption=pikepdf.Encryption(user="sesame", owner="other"))
    pictures[2].unlink()
    (folder / "notes.bin").write_bytes(b"\0no picture at all")
    return folder


def test_one_file_goes_to_standard_output() -> None:
    done = run("read", EXAMPLE)
    assert (done.returncode, done.stderr) == (0, b"")
    text = "".join(done.stdout.decode().split())  # spaces are the business of the engine's own tests
    for passage in ("Invoice no. 2026-0417", "Your order of four desk lamps", "reach Malmö by Thursday", "980.00"):
        assert passage.replace(" ", "") in text


def test_standard_input_and_json() -> None:
    done = run("read", "-", "-f", "json", input=EXAMPLE.read_bytes())
    assert done.returncode == 0
    given = json.loads(done.stdout)
    Draft202012Validator(schema()).validate(given)
    document = from_json(done.stdout.decode())
    assert [(page.number, page.width, page.height, page.unit) for page in document.pages] == [(1, 1240, 1754, "pixel")]
    words = {word.content: word for word in document.pages[0].words}
    assert words["NORDLICHT"].span.of(document.text) == "NORDLICHT"
    assert words["NORDLICHT"].polygon[0] == pytest.approx(130, abs=12)


def test_a_folder_in_several_formats(scans: Path, tmp_path: Path) -> None:
    done = run("read", scans, "-f", "txt,md,json,hocr", "-f", "pdf", "-o", tmp_path / "out")
    assert done.returncode == 7, done.stderr
    errors = done.stderr.decode()
    assert "locked.pdf" in errors and "password" in errors
    written = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert [name for name in written if name.startswith("book")] == [
        f"book.{suffix}" for suffix in ("hocr", "json", "md", "pdf", "txt")
    ]
    assert [name for name in written if name.endswith(".txt")] == ["1.txt", "2.txt", "book.txt"]
    assert not [name for name in written if name.startswith((".", "locked"))]
    pages = (tmp_path / "out" / "book.txt").read_text().split("\f")
    assert [page.strip() for page in pages] == [f"Harbour report {n}" for n in (1, 2, 3)]


def test_a_suffix_makes_a_searchable_pdf(scans: Path, tmp_path: Path) -> None:
    target = tmp_path / "searchable.pdf"
    assert run("read", scans / "1.png", "-o", target).returncode == 0
    text = subprocess.run(["pdftotext", target, "-"], capture_output=True, text=True, check=True).stdout
    assert text.split() == ["Harbour", "report", "1"]


def test_json_lines_are_pages(scans: Path) -> None:
    done = run("read", scans / "book.pdf", scans / "notes.bin", "--pages", "-2-", "--json-lines")
    assert done.returncode == 7
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    pages = [line["page"] for line in lines if "page" in line]
    assert [page["number"] for page in pages] == [2, 3]
    assert [page["span"] for page in pages if "span" in page]
    (error,) = [line for line in lines if "error" in line]
    assert (error["file"], error["error"]["code"]) == (str(scans / "notes.bin"), "unsupported_format")


def test_several_files_follow_one_another_under_headings(scans: Path) -> None:
    done = run("read", scans / "2.png", scans / "1.png", "-j", "2")
    assert done.stdout.decode().split("\n") == [
        f"==> {scans / '2.png'} <==",
        "Harbour report 2",
        "",
        f"==> {scans / '1.png'} <==",
        "Harbour report 1",
        "",
        "",
    ]


def test_passwords(scans: Path) -> None:
    locked = scans / "locked.pdf"
    assert run("read", locked).returncode == 4
    assert run("read", locked, "--password", "wrong").returncode == 4
    opened = run("read", locked, "--pages", "1", env={**os.environ, "LEGENDA_PASSWORD": "sesame"})
    assert (opened.returncode, opened.stdout.decode().strip()) == (0, "Harbour report 1")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("read", "nowhere.png"), 3, "nowhere.png"),
        (("read", EXAMPLE, "-f", "doc"), 2, "choose from txt"),
        (("read", EXAMPLE, "-f", "txt,pdf"), 2, "--output"),
        (("read", EXAMPLE, "--effort", "heroic"), 2, "balanced"),
        (("read", EXAMPLE, "--lang", "Frensh"), 2, "French"),
        (("read", EXAMPLE, "--pages", "2"), 2, "1 page"),
        (("read", EXAMPLE, "--engine", "crystal-ball"), None, "crystal-ball"),
        (("read", EXAMPLE, "-o", EXAMPLE), 2, "input itself"),
        (("read",), 2, "FILE"),
        (("frobnicate",), 2, "frobnicate"),
    ],
)
def test_what_cannot_be_done_is_said(arguments: tuple[object, ...], code: int | None, said: str) -> None:
    done = run(*arguments)
    assert done.returncode == code if code is not None else done.returncode in (2, 6)
    assert said in done.stderr.decode()
    assert b"Traceback" not in done.stderr
    assert done.stdout == b""


def test_a_reader_that_leaves_early_is_no_error(scans: Path) -> None:
    with started("read", scans / "book.pdf") as process:
        assert process.stdout and process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_ctrl_c_leaves_nothing_half_written(scans: Path, tmp_path: Path) -> None:
    pages = [Image.open(scans / "1.png")] * 200
    pages[0].save(tmp_path / "long.pdf", save_all=True, append_images=pages[1:])
    with started("read", tmp_path / "long.pdf", "--json-lines", "-o", f"{tmp_path}/out/") as process:
        assert process.stdout and process.stderr
        assert json.loads(process.stdout.readline())["page"]["number"] == 1  # long before the last
        process.send_signal(signal.SIGINT)
        process.stdout.read()
        assert process.stderr.read() == b"legenda: interrupted\n"
    assert process.returncode == 130
    assert list((tmp_path / "out").iterdir()) == []


def test_look_draws_onto_the_page(tmp_path: Path) -> None:
    target = tmp_path / "overlay.png"
    done = run("look", EXAMPLE, "-o", target)
    assert done.returncode == 0, done.stderr
    with Image.open(EXAMPLE) as page, Image.open(target) as drawn:
        assert drawn.size[0] >= page.size[0]
        colours = drawn.convert("RGB").resize((310, 438)).getcolors(200_000) or []
    assert any(max(colour) - min(colour) > 60 for _, colour in colours)  # type: ignore[arg-type]


def test_doctor_knows_what_is_here() -> None:
    done = run("doctor", "--json")
    assert done.returncode == 0, done.stdout
    findings = {finding["part"]: finding for finding in json.loads(done.stdout)}
    assert findings["weights"]["state"] == "ok"
    assert findings["engine cpu"]["state"] == "ok"
    assert findings["sandbox"]["state"] == ("optional" if launch.obstacle() else "ok"), findings["sandbox"]
    assert b"engine cpu" in run("doctor").stdout


def test_languages_are_listed_with_what_reads_them() -> None:
    listed = {entry["code"]: entry for entry in json.loads(run("languages", "--json").stdout)}
    assert len(listed) >= 100
    assert (listed["de"]["engine"], listed["de"]["installed"]) == ("cpu", True)
    assert listed["ru"]["engine"] == "tesseract"
    assert listed["ru"]["installed"] or "tesseract-ocr-rus" in listed["ru"]["install"]
    assert "Greek" in run("languages", "greek").stdout.decode()


def test_what_reads_a_language_is_installed() -> None:
    said = run("languages", "--install", "de,russian").stdout.decode()
    assert "German is read by the cpu engine" in said and "Russian is read by the pack" in said
    refused = run("languages", "--install", "Klingon")
    assert refused.returncode and b"'Klingon' is not known" in refused.stderr
    path = {"PATH": str(Path(sys.executable).parent)}  # no apt-get there
    helpless = run("languages", "--install", "iu", env=os.environ | path | {"TESSDATA_PREFIX": str(EXAMPLE.parent)})
    assert helpless.returncode and b"apt install tesseract-ocr-iku" in helpless.stderr


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("apt-get"), reason="packages are installed by apt, as root")
def test_a_language_pack_is_installed_by_apt() -> None:
    package = ["apt-get", "remove", "--yes", "tesseract-ocr-chr"]
    subprocess.run(package, capture_output=True, env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"})
    assert b"apt install tesseract-ocr-chr" in run("languages", "cherokee").stdout
    assert run("languages", "--install", "cherokee").stdout == b"Installed tesseract-ocr-chr.\n"
    assert b"apt install" not in run("languages", "cherokee").stdout


def test_version() -> None:
    assert run("--version").stdout.decode() == f"legenda {legenda.__version__}\n"

from __future__ import annotations

import pytest

from legenda.net.names import clean, file_name


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("report.pdf", "report.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\scan.png", "scan.png"),
        ("/", ""),
        ("..", ""),
        (".bashrc", "bashrc"),
        ("a\x00b\r\nc\x1b[31m.pdf", "ab c[31m.pdf"),
        ("\u202egnp.exe", "gnp.exe"),
        ("Ｒechnung\u200b.pdf", "Ｒechnung.pdf"),
        ("u\u0308ber.pdf", "über.pdf"),
        ('a<b>c:"d|e?f*.pdf', "a_b_c__d_e_f_.pdf"),
        ("  two   words .pdf ", "two words .pdf"),
        ("\ud800x", "x"),
        ("領収書.pdf", "領収書.pdf"),
    ],
)
def test_names_are_made_harmless(name: str, expected: str) -> None:
    assert clean(name) == expected


@pytest.mark.parametrize("name", ["é" * 300 + ".pdf", "x" * 5000, "a." + "b" * 400, "漢" * 90, "." * 300 + "x" * 300])
def test_long_names_are_cut(name: str) -> None:
    cut = clean(name)
    assert 150 < len(cut.encode()) <= 200
    assert cut.endswith(".pdf") == name.endswith(".pdf")


@pytest.mark.parametrize(
    ("disposition", "url", "expected"),
    [
        ("", "https://h.test/a/b%20c.pdf?x=/d.png", "b c.pdf"),
        ("", "https://h.test/", "document"),
        ("", "https://h.test/a/", "document"),
        ("", "https://h.test/%2e%2e%2fetc%2fpasswd", "passwd"),
        ("attachment", "https://h.test/x.pdf", "x.pdf"),
        ("attachment; filename=plain.pdf; size=3", "", "plain.pdf"),
        ('attachment; filename="quoted \\"one\\".pdf"', "", "quoted _one_.pdf"),
        ("attachment; filename=\"old.pdf\"; filename*=UTF-8'en'%E2%82%AC%20rates.pdf", "", "€ rates.pdf"),
        ("attachment; filename*=iso-8859-1''%A3.pdf", "", "£.pdf"),
        ("attachment; filename*=idna''%C3%A4.pdf; filename=y.pdf", "", "ä.pdf"),
        ("attachment; filename*=UTF-8''..%2F..%2Fetc%2Fpasswd", "", "passwd"),
        ('attachment; filename="../../x.pdf"', "", "x.pdf"),
        ('attachment; filename=""', "https://h.test/x.pdf", "x.pdf"),
        ('filename="' + "\\" * 100_000, "https://h.test/x.pdf", "x.pdf"),
    ],
)
def test_where_names_come_from(disposition: str, url: str, expected: str) -> None:
    assert file_name(disposition, url) == expected

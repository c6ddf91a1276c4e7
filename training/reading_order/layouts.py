"""Page layouts as HTML whose source order is the reading order; a function's name is its layout."""

# The templates read better whole than wrapped.
# ruff: noqa: E501, D103, E731

from __future__ import annotations

import random
from collections.abc import Callable

from prose import Prose

Maker = Callable[[random.Random, Prose], str]


def _p(t: Prose, n: int, cls: str = "") -> str:
    return "".join(f"<p class='{cls}'>{t.paragraph()}</p>" for _ in range(n))


def _section(t: Prose, r: random.Random) -> str:
    out = f"<h3>{t.heading()}</h3>" if r.random() < 0.7 else ""
    return out + _p(t, r.randint(1, 3))


def _figure(t: Prose, r: random.Random, caption: bool = True) -> str:
    text = f"<div class=cap>Figure {r.randint(1, 9)}. {t.sentence()}</div>" if caption else ""
    return f"<div class=fig><div style='height:{r.randint(15, 50)}mm;background:#ccc'></div>{text}</div>"


def _cell(t: Prose, r: random.Random, kind: int) -> str:
    code = "".join(r.choice("ACGT0123456789XZ") for _ in range(r.randint(4, 18)))
    low = r.randint(1, 90000)
    return (
        *(t.amount(), t.heading(1, 3), str(r.randint(1, 999)), t.date(), t.words(2, 12).capitalize(), t.words(1, 4)),
        *(code, f"{low:,}-{2 * low:,}", f"{t.words(1, 4)} {r.randint(1, 99)} {t.words(1, 3)}".capitalize()),
    )[kind]


def _table(t: Prose, r: random.Random, columns: int = 0, rows: int = 0, wrapped: bool = False) -> str:
    columns, rows = columns or r.randint(3, 7), rows or r.randint(3, 14)
    name = r.choice([1, 1, 5])
    kinds = [r.choice([name, 4 if wrapped else name])] + [
        r.choice([0, 0, name, 2, 3, 4 if wrapped else 0]) for _ in range(columns - 1)
    ]
    head = "".join(f"<th>{t.heading(1, 2)}</th>" for _ in kinds)
    body = "".join(
        "<tr>"
        + "".join(f"<td{'' if k else ' class=n'}>{_cell(t, r, k) if r.random() < 0.95 else ''}</td>" for k in kinds)
        + "</tr>"
        for _ in range(rows)
    )
    rule = r.choice(["", "border-bottom:.3pt solid", "border:.3pt solid"])
    pad = r.choice([0.3, 0.8, 1.5, 2.5]) + (1.0 if wrapped else 0)
    return f"<style>td,th{{{rule};padding:{pad}mm {r.choice([1, 2, 4])}mm}}</style><table><tr>{head}</tr>{body}</table>"


def _columns(r: random.Random, n: int) -> str:
    return f"columns:{n};column-gap:{r.choice([3, 3.5, 4, 5, 6, 8, 10])}mm;column-fill:{r.choice(['auto', 'balance'])};text-align:{r.choice(['justify', 'justify', 'left'])}"


def _page(body: str, head: str = "", foot: str = "") -> str:
    return f"<div class=head>{head}</div>{body}<div class=foot>{foot}</div>"


def _head(t: Prose, r: random.Random) -> str:
    return r.choice(["", t.heading(2, 6), f"<span>{t.heading(1, 4)}</span><span class=r>{r.randint(2, 400)}</span>"])


def _foot(t: Prose, r: random.Random) -> str:
    return r.choice(
        [
            "",
            str(r.randint(1, 300)),
            f"Page {r.randint(1, 9)} of {r.randint(9, 20)}",
            f"<span>{t.name()}</span><span class=r>{r.randint(2, 400)}</span>",
        ]
    )


def one_column(r: random.Random, t: Prose) -> str:
    body = "".join(_section(t, r) + (_figure(t, r) if r.random() < 0.15 else "") for _ in range(r.randint(3, 8)))
    notes = f"<hr><p class=note>{r.randint(1, 9)} {t.sentence()}</p>" * r.randint(0, 2)
    return _page(f"<h1>{t.heading(2, 8)}</h1>{body}{notes}", _head(t, r), _foot(t, r))


def paper(r: random.Random, t: Prose) -> str:
    top = f"<h1 class=c>{t.heading(4, 12)}</h1><p class=c>{t.name()}, {t.name()}</p>"
    if r.random() < 0.6:
        top += f"<div class=abs><b>Abstract.</b> {t.paragraph(3, 6)}</div>"
    parts = []
    for _ in range(r.randint(4, 7)):
        parts.append(_section(t, r))
        x = r.random()
        if x < 0.15:
            parts.append(_figure(t, r))
        elif x < 0.3:
            parts.append(
                f"<div class=cap>Table {r.randint(1, 9)}: {t.sentence(3, 8)}</div>" + _table(t, r, 3, r.randint(3, 7))
            )
        elif x < 0.45:
            parts.append(f"<p class=eq>a = b + c <span class=r>({r.randint(1, 20)})</span></p>")
        elif x < 0.55:
            parts.append("<ul>" + "".join(f"<li>{t.sentence()}</li>" for _ in range(3)) + "</ul>")
    return _page(
        top + f"<div style='{_columns(r, 2)};height:{r.choice([190, 210, 'auto'])}mm'>{''.join(parts)}</div>",
        _head(t, r),
        _foot(t, r),
    )


def plain_columns(r: random.Random, t: Prose) -> str:
    n = r.choice([2, 2, 3, 3, 4])
    return _page(
        f"<div style='{_columns(r, n)}'>{''.join(_section(t, r) for _ in range(r.randint(4, 9)))}</div>",
        _head(t, r),
        _foot(t, r),
    )


def newspaper(r: random.Random, t: Prose) -> str:
    out = f"<h1 class=c style='font-size:34pt'>{t.heading(2, 3)}</h1><p class=c>{t.date()}</p>"
    for _ in range(r.randint(2, 3)):
        out += f"<h2>{t.heading(4, 9)}</h2><div style='{_columns(r, r.choice([3, 4, 5]))};column-fill:balance'>{_p(t, r.randint(3, 6))}</div>"
    return out


def newspaper_grid(r: random.Random, t: Prose) -> str:
    def article(n: int, k: int) -> str:
        size = r.choice([13, 16, 20])
        return f"<h2 style='font-size:{size}pt'>{t.heading(3, 7)}</h2><div style='{_columns(r, n)};column-fill:balance'>{_p(t, k)}</div>"

    gap = r.choice([4, 6, 8])
    wide = r.choice([55, 62, 66])
    a = f"<div style='width:{wide}%'>{article(2, 4)}</div><div style='width:{100 - wide - gap / 2}%'>{article(1, 3)}</div>"
    b = f"<div style='width:{100 - wide - gap / 2}%'>{article(1, 2)}</div><div style='width:{wide}%'>{article(2, 4)}</div>"
    row = "<div style='display:flex;justify-content:space-between;margin-bottom:5mm'>"
    return f"<h1 class=c>{t.heading(2, 4)}</h1>{row}{a}</div>{row}{b}</div>"


def sidebar(r: random.Random, t: Prose) -> str:
    left = r.random() < 0.5
    width = r.choice([26, 30, 34])
    side = f"<div style='width:{width}%;font-size:85%;background:#eee;padding:2mm'><h3>{t.heading()}</h3>{_p(t, r.randint(1, 4))}</div>"
    main = f"<div style='width:{92 - width}%'>{''.join(_section(t, r) for _ in range(4))}</div>"
    parts = side + main if left else main + side
    return _page(
        f"<h1>{t.heading(2, 6)}</h1><div style='display:flex;justify-content:space-between'>{parts}</div>",
        _head(t, r),
        _foot(t, r),
    )


def spanning_middle(r: random.Random, t: Prose) -> str:
    n = r.choice([2, 2, 3])
    middle = r.choice(
        [
            lambda: f"<div style='margin:4mm 0'>{_table(t, r, r.randint(4, 7))}</div>",
            lambda: f"<div style='margin:4mm 0'>{_figure(t, r)}</div>",
            lambda: f"<h2 style='margin:4mm 0'>{t.heading(4, 9)}</h2>",
            lambda: f"<div style='margin:4mm 0'>{_p(t, 2)}</div>",
        ]
    )()
    block = lambda: (
        f"<div style='{_columns(r, n)};column-fill:balance'>{_section(t, r)}{_section(t, r)}{_p(t, 1)}</div>"
    )
    return _page(block() + middle + block(), _head(t, r), _foot(t, r))


def wrapped_quote(r: random.Random, t: Prose) -> str:
    quote = f"<div style='float:{r.choice(['left', 'right'])};width:{r.choice([40, 50])}%;font-size:150%;margin:2mm;'>{t.sentence(5, 9)}</div>"
    return _page(
        f"<div style='{_columns(r, r.choice([1, 2]))}'>{_p(t, 3)}{quote}{_p(t, 4)}</div>", _head(t, r), _foot(t, r)
    )


def table_page(r: random.Random, t: Prose) -> str:
    return _page(
        f"<h2>{t.heading(2, 6)}</h2>{_p(t, 1)}{_table(t, r, 0, r.randint(5, 24))}{_p(t, r.randint(0, 2))}",
        _head(t, r),
        _foot(t, r),
    )


def wrapped_table(r: random.Random, t: Prose) -> str:
    return _page(
        f"<h2>{t.heading(2, 6)}</h2>{_table(t, r, r.randint(2, 5), r.randint(4, 10), wrapped=True)}",
        _head(t, r),
        _foot(t, r),
    )


def paper_table(r: random.Random, t: Prose) -> str:
    text = "".join(_section(t, r) for _ in range(5))
    return _page(
        f"<div class=cap>Table 1. {t.sentence()}</div>{_table(t, r, r.randint(4, 8), r.randint(4, 9))}<div style='height:5mm'></div><div style='{_columns(r, 2)}'>{text}</div>",
        _head(t, r),
        _foot(t, r),
    )


def form(r: random.Random, t: Prose) -> str:
    k = r.choice([1, 2, 2])
    rows = "".join(
        "<tr>"
        + "".join(f"<td>{t.heading(1, 3)}:</td><td>{_cell(t, r, r.choice([0, 1, 1, 2, 3]))}</td>" for _ in range(k))
        + "</tr>"
        for _ in range(r.randint(5, 22))
    )
    return f"<h2 class={r.choice('cx')}>{t.heading(2, 5)}</h2><table style='width:{r.choice([60, 100])}%;line-height:{r.choice([1.3, 1.8, 2.2])}'>{rows}</table>{_p(t, r.randint(0, 1))}"


def receipt(r: random.Random, t: Prose) -> str:
    items = "".join(
        f"<tr><td>{t.words(1, 4).upper()}</td><td class=n>{t.amount()}</td></tr>" for _ in range(r.randint(4, 14))
    )
    return f"<div style='width:75mm'><p class=c>{t.name().upper()}</p><p class=c>{t.heading(2, 5)}</p><p class=c>TEL {r.randint(10**6, 10**7)}</p><table style='width:100%'>{items}<tr><td>TOTAL</td><td class=n>{t.amount()}</td></tr></table><p class=c>{t.sentence(3, 6)}</p></div>"


def letter(r: random.Random, t: Prose) -> str:
    address = "<br>".join([t.name(), f"{r.randint(1, 99)} {t.heading(1, 2)} Street", t.heading(1, 1)])
    return f"<p style='text-align:right'>{t.date()}</p><p>{address}</p><p>Dear {t.name()},</p>{_p(t, r.randint(2, 5))}<p style='margin-left:{r.choice([0, 60])}%'>Yours truly,<br><br>{t.name()}</p>"


def contents(r: random.Random, t: Prose) -> str:
    dots = " ." * 80 if r.random() < 0.5 else ""
    page = 1
    rows = []
    for i in range(r.randint(10, 30)):
        page += r.randint(0, 12)
        rows.append(
            f"<div style='display:flex;margin-left:{r.choice([0, 0, 6])}mm'><div style='white-space:nowrap;width:10mm'>{i + 1}.</div><div style='flex:1;white-space:nowrap;overflow:hidden'>{t.heading(2, 7)}{dots}</div><div style='margin-left:2mm'>{page}</div></div>"
        )
    return f"<h1>{r.choice(['Contents', 'Table of Contents'])}</h1>{''.join(rows)}"


def lists(r: random.Random, t: Prose) -> str:
    indent = r.choice([6, 10, 14])
    item = lambda mark: (
        f"<div style='display:flex;margin:1mm 0'><div style='width:{indent}mm'>{mark}</div><div style='flex:1'>{t.paragraph(1, 3)}</div></div>"
    )
    marks = r.choice([lambda i: "•", lambda i: f"{i + 1}.", lambda i: f"({chr(97 + i)})", lambda i: f"[{i + 1}]"])
    return _page(
        f"<h2>{t.heading()}</h2>{_p(t, 1)}{''.join(item(marks(i)) for i in range(r.randint(4, 12)))}{_p(t, 1)}",
        _head(t, r),
        _foot(t, r),
    )


def code(r: random.Random, t: Prose) -> str:
    lines = "\n".join(
        f"{'    ' * r.randint(0, 3)}{'_'.join(t.words(1, 2).split())}({t.words(1, 1)}, {r.randint(0, 99)})"
        for _ in range(r.randint(8, 25))
    )
    return f"<h2>{t.heading()}</h2>{_p(t, 2)}<pre>{lines}</pre>{_p(t, 1)}"


def poem(r: random.Random, t: Prose) -> str:
    stanza = lambda: (
        "<p>"
        + "<br>".join(
            f"<span style='margin-left:{r.choice([0, 0, 6])}mm'>{t.words(4, 8).capitalize()}</span>" for _ in range(4)
        )
        + "</p>"
    )
    return f"<div style='margin-left:{r.choice([0, 30])}mm'><h2>{t.heading()}</h2>{''.join(stanza() for _ in range(r.randint(3, 6)))}</div>"


def poem_columns(r: random.Random, t: Prose) -> str:
    stanza = lambda: (
        "<p style='break-inside:avoid'>" + "<br>".join(t.words(4, 7).capitalize() for _ in range(4)) + "</p>"
    )
    return f"<h1 class=c>{t.heading()}</h1><div style='columns:2;column-gap:{r.choice([6, 10])}mm'>{''.join(stanza() for _ in range(r.randint(6, 12)))}</div>"


def index(r: random.Random, t: Prose) -> str:
    entry = lambda: (
        f"<div style='text-indent:-3mm;margin-left:3mm'>{t.words(1, 4)}, {', '.join(str(r.randint(1, 400)) for _ in range(r.randint(1, 4)))}</div>"
    )
    return _page(
        f"<h1>Index</h1><div style='columns:{r.choice([2, 3, 4])};column-gap:{r.choice([4, 6, 10])}mm'>{''.join(entry() for _ in range(r.randint(60, 130)))}</div>",
        "",
        _foot(t, r),
    )


def invoice(r: random.Random, t: Prose) -> str:
    block = lambda title: (
        f"<div style='width:45%'><b>{title}</b><br>{t.name()}<br>{r.randint(1, 99)} {t.heading(1, 2)} Road<br>{t.heading(1, 2)}</div>"
    )
    total = "".join(f"<tr><td>{x}</td><td class=n>{t.amount()}</td></tr>" for x in ("Subtotal", "Tax", "Total"))
    return f"<h1>INVOICE</h1><div style='display:flex;justify-content:space-between'>{block('Bill to')}{block('Ship to')}</div><br>{_table(t, r, r.randint(4, 6))}<table style='margin-left:60%'>{total}</table><p>{t.sentence()}</p>"


def resume(r: random.Random, t: Prose) -> str:
    side = f"<h3>Contact</h3><p>{t.words(1, 2)}@{t.words(1, 1)}.org</p><h3>Skills</h3>" + "".join(
        f"<p>{t.heading(1, 3)}</p>" for _ in range(r.randint(4, 9))
    )
    main = "".join(
        f"<h3>{t.heading()}</h3><p><i>{t.date()}</i></p><ul>"
        + "".join(f"<li>{t.sentence()}</li>" for _ in range(3))
        + "</ul>"
        for _ in range(4)
    )
    return f"<h1>{t.name()}</h1><div style='display:flex'><div style='width:28%;padding-right:6mm'>{side}</div><div style='width:66%'>{main}</div></div>"


def slide(r: random.Random, t: Prose) -> str:
    part = lambda: (
        f"<div style='width:46%'><h3>{t.heading()}</h3><ul>"
        + "".join(f"<li>{t.words(3, 9).capitalize()}</li>" for _ in range(r.randint(3, 6)))
        + "</ul></div>"
    )
    return f"<h1>{t.heading(2, 6)}</h1><div style='display:flex;justify-content:space-between;font-size:140%'>{part()}{part()}</div>"


def margin_notes(r: random.Random, t: Prose) -> str:
    part = lambda: (
        f"<div style='display:flex'><div style='width:22%;font-size:75%;padding-right:4mm'>{t.sentence(3, 9) if r.random() < 0.5 else ''}</div><div style='width:74%'>{_p(t, 1)}</div></div>"
    )
    return _page("".join(part() for _ in range(r.randint(4, 8))), _head(t, r), _foot(t, r))


def line_numbers(r: random.Random, t: Prose) -> str:
    rows = "".join(
        f"<tr><td style='width:12mm'>{i + 1}</td><td>{t.words(6, 11)}</td></tr>" for i in range(r.randint(15, 35))
    )
    return f"<h2 class=c>{t.heading()}</h2><table style='line-height:1.7'>{rows}</table>"


def bilingual_headline(r: random.Random, t: Prose) -> str:
    parts = "".join(f"<div style='width:30%'><h3>{t.heading()}</h3>{_p(t, r.randint(1, 3))}</div>" for _ in range(3))
    return _page(
        f"<h1>{t.heading(3, 7)}</h1>{_p(t, 1)}<div style='display:flex;justify-content:space-between'>{parts}</div><br>{_p(t, 1)}",
        _head(t, r),
        _foot(t, r),
    )


def questions(r: random.Random, t: Prose) -> str:
    def item(i: int) -> str:
        options = "".join(f"<td>({c}) {t.words(1, 3)}</td>" for c in "abcd")
        return f"<p>{i + 1}. {t.sentence()}</p><table style='width:100%'><tr>{options}</tr></table>"

    body = "".join(item(i) for i in range(r.randint(5, 12)))
    return _page(
        f"<h2>{t.heading()}</h2><div style='columns:{r.choice([1, 2])};column-gap:8mm'>{body}</div>",
        _head(t, r),
        _foot(t, r),
    )


def references(r: random.Random, t: Prose) -> str:
    entry = lambda i: (
        f"<div style='display:flex;break-inside:avoid'><div style='width:8mm;flex:none'>[{i + 1}]</div><div>{t.name()}, {t.name()}. {t.sentence()} {r.randint(1950, 2026)}.</div></div>"
    )
    return _page(
        f"<div style='columns:2;column-gap:{r.choice([4, 6, 8])}mm'><h2>References</h2>{''.join(entry(i) for i in range(r.randint(15, 30)))}</div>",
        _head(t, r),
        _foot(t, r),
    )


def small_table(r: random.Random, t: Prose) -> str:
    return _table(t, r, r.randint(2, 5), r.randint(3, 12)) + (
        f"<p class=note>{t.sentence()}</p>" if r.random() < 0.3 else ""
    )


def small_tables(r: random.Random, t: Prose) -> str:
    return _page(
        "".join(_p(t, r.randint(0, 2)) + _table(t, r, r.randint(2, 5), r.randint(2, 5)) for _ in range(4)),
        _head(t, r),
        _foot(t, r),
    )


def till(r: random.Random, t: Prose) -> str:
    def pair(a: str, b: str) -> str:
        return f"<div style='display:flex;justify-content:space-between'><span>{a}</span><span>{b}</span></div>"

    def item() -> str:
        if r.random() < 0.5:
            return pair(t.words(1, 4).upper(), t.amount())
        return f"<div>{t.words(2, 5).upper()}</div>" + pair(
            f"{r.randint(10**5, 10**12)} &nbsp; {r.randint(1, 9)} X {t.amount()}", t.amount()
        )

    head = "".join(
        f"<p class=c>{x}</p>" for x in [t.name().upper(), *(t.heading(2, 4) for _ in range(r.randint(1, 5)))]
    )
    items = "".join(item() for _ in range(r.randint(2, 10)))
    total = "".join(pair(x, t.amount()) for x in ["TOTAL INCL.", "CASH", "CHANGE", "ROUNDING"][: r.randint(2, 4)])
    tax = _table(t, r, 3, 2) if r.random() < 0.5 else ""
    tail = "".join(f"<p class=c>{t.words(2, 5).upper()}</p>" for _ in range(r.randint(1, 3)))
    space = f"<div style='height:{r.choice([1, 3, 5])}mm'></div>"
    return space.join([head, pair(t.date(), f"{r.randint(1, 12)}:{r.randint(10, 59)}"), items, total, tax, tail])


def definitions(r: random.Random, t: Prose) -> str:
    width = r.choice([18, 25, 32])
    pair = lambda: (
        f"<div style='display:flex;margin-bottom:{r.choice([0, 1, 2])}mm'><div style='width:{width}%;flex:none'><b>{t.heading(1, 3)}</b></div><div>{t.paragraph(1, 3)}</div></div>"
    )
    return _page(f"<h2>{t.heading()}</h2>{''.join(pair() for _ in range(r.randint(5, 14)))}", _head(t, r), _foot(t, r))


def menu(r: random.Random, t: Prose) -> str:
    item = lambda: (
        f"<div style='display:flex;justify-content:space-between'><span>{t.heading(1, 3)}</span><span>{t.amount()}</span></div>"
    )
    part = lambda: (
        f"<div style='width:44%'><h3>{t.heading(1, 2)}</h3>{''.join(item() for _ in range(r.randint(5, 10)))}</div>"
    )
    return f"<h1 class=c>{t.heading(1, 3)}</h1><div style='display:flex;justify-content:space-between'>{part()}{part()}</div>"


def transcript(r: random.Random, t: Prose) -> str:
    turn = lambda: (
        f"<div style='display:flex'><div style='width:{r.choice([18, 18, 22])}%;flex:none'>{t.name().upper()}:</div><div>{t.paragraph(1, 3)}</div></div>"
    )
    return _page("".join(turn() for _ in range(r.randint(6, 14))), _head(t, r), _foot(t, r))


def directory(r: random.Random, t: Prose) -> str:
    item = lambda: (
        f"<div style='display:flex;justify-content:space-between'><span>{t.name()}</span><span>{r.randint(100, 999)}-{r.randint(1000, 9999)}</span></div>"
    )
    return _page(
        f"<div style='columns:{r.choice([2, 3])};column-gap:{r.choice([5, 8])}mm'>{''.join(item() for _ in range(r.randint(60, 110)))}</div>",
        _head(t, r),
        _foot(t, r),
    )


def cards(r: random.Random, t: Prose) -> str:
    n = r.choice([2, 3])
    card = lambda: f"<div style='width:{90 // n}%'><h3>{t.heading()}</h3>{_p(t, 1)}</div>"
    row = lambda: (
        f"<div style='display:flex;justify-content:space-between;margin-bottom:{r.choice([6, 9, 12])}mm'>{''.join(card() for _ in range(n))}</div>"
    )
    return f"<h1>{t.heading(2, 5)}</h1>{''.join(row() for _ in range(r.randint(2, 3)))}"


def short_lines(r: random.Random, t: Prose) -> str:
    entry = lambda: f"<div>{t.words(1, 4)}</div>" if r.random() < 0.85 else f"<h3>{t.heading(1, 2)}</h3>"
    return _page(
        f"<h2>{t.heading()}</h2><div style='columns:{r.choice([2, 3, 4])};column-gap:{r.choice([5, 8])}mm'>{''.join(entry() for _ in range(r.randint(40, 110)))}</div>",
        "",
        _foot(t, r),
    )


def text_table(r: random.Random, t: Prose) -> str:
    n = r.choice([2, 2, 3])
    row = lambda: (
        "<tr>" + "".join(f"<td style='width:{100 // n}%'>{t.sentence(3, 20)}</td>" for _ in range(n)) + "</tr>"
    )
    pad = r.choice([1, 2, 3])
    return _page(
        f"<h2>{t.heading()}</h2><style>td{{padding:{pad}mm}}</style><table>{''.join(row() for _ in range(r.randint(5, 12)))}</table>",
        _head(t, r),
        _foot(t, r),
    )


_TUNED: tuple[Maker, ...] = (
    one_column,
    paper,
    plain_columns,
    newspaper,
    sidebar,
    spanning_middle,
    table_page,
    wrapped_table,
    form,
    receipt,
    letter,
    contents,
    lists,
    poem,
    index,
    invoice,
    slide,
    margin_notes,
    definitions,
    cards,
    short_lines,
    text_table,
    line_numbers,
    questions,
    small_table,
    small_tables,
    till,
)
_HELD_OUT: tuple[Maker, ...] = (
    newspaper_grid,
    wrapped_quote,
    paper_table,
    code,
    poem_columns,
    resume,
    transcript,
    menu,
    bilingual_headline,
    references,
    directory,
)
TUNED: dict[str, Maker] = {maker.__name__: maker for maker in _TUNED}
HELD_OUT: dict[str, Maker] = {maker.__name__: maker for maker in _HELD_OUT}

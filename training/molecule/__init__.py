"""What made the network of letters and the numbers in `legenda.notation.molecule`.

On one core, in this order:

    python -m molecule.train drawn.npz --count 10000 --fonts FONT.ttf...          half a minute; put it in as glyphs.npz
    python -m molecule.collect real.npz TABLE.tsv PICTURES.zip --count 220        half a minute
    python -m molecule.train glyphs.npz --count 14000 --real real.npz --fonts FONT.ttf...    a minute
    python -m molecule.measure held TABLE.tsv PICTURES.zip                        two seconds a picture, with OSRA

Fonts: DejaVu Sans (book, condensed, bold) and Serif, Noto Sans and Serif (regular, bold), Liberation Sans and Serif
(regular, bold; Sans italic), STIX, Computer Modern (roman, sans), Telex and Comic Neue of RDKit. The table has a row a
drawing: file, smiles, patent; the archive the pictures. The weights in the package were made with drawings that patents
of the United States from 2001 to 2008 publish beside MOL files (USPTO, TREC-CHEM 2011, CLEF-IP 2012).
"""

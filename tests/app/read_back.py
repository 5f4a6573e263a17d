"""Downloaded files, read by other libraries than wrote them."""

import zipfile
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pyBigWig

from tests.app.figures.test_locus_paper import tool


def fonts_are_embedded(pdf: Path) -> None:
    """By poppler: every font TrueType, in the file."""
    fonts = tool("pdffonts", pdf).splitlines()[2:]
    assert fonts
    assert all("TrueType" in font and font.split()[-5] == "yes" for font in fonts)


def words_of(svg: Path) -> list[str]:
    """Each text of a drawing."""
    root = ElementTree.parse(svg).getroot()
    return ["".join(text.itertext()) for text in root.iter("{http://www.w3.org/2000/svg}text")]


def table_of(tsv: Path) -> pd.DataFrame:
    """A table without the lines that say where it comes from."""
    return pd.read_csv(tsv, sep="\t", comment="#")


def bigwigs_hold(bigwigs: Path, table: pd.DataFrame) -> None:
    """Every bin of every track of a table is in a zip of bigWigs."""
    tracks = [column for column in table if "/" in str(column)]
    with zipfile.ZipFile(bigwigs) as archive:
        archive.extractall(bigwigs.parent)
        names = sorted(name for name in archive.namelist() if name.endswith(".bw"))
    assert len(names) == len(tracks) > 0
    read = [_bins(bigwigs.parent / name, table) for name in names]
    for column in tracks:
        assert any(np.allclose(table[column], values, rtol=1e-5) for values in read), column


def _bins(path: Path, table: pd.DataFrame) -> list[float]:
    with pyBigWig.open(str(path)) as file:
        rows = table[["contig", "start_0based", "end_0based"]].itertuples(index=False)
        return [file.stats(str(contig), start, end, exact=True)[0] for contig, start, end in rows]

"""A VCF and how it is scored: as a link says it, and where uploaded files are kept."""

import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from enformer.cache import cache_dir
from enformer.errors import QueryError
from enformer.files import typed_path
from enformer.tracks import TrackTable
from interpret.score_options import Options
from interpret.scores import SCORES

SIZE_LIMIT = 4 * 2**30
"""Bytes that uploads and tables may take together; those not used for longest go first."""
ENDINGS = ["vcf", "gz", "bgz", "bcf"]
_KEPT = re.compile(r"([0-9a-f]{32})/([^/\\]+)")
_FLAGS = {"both": {"reverse_complement": True}, "centred": {"grid": 1}}
_FIELDS = 4


@dataclass(frozen=True)
class Calls:
    """What is scored. Written `file`, or `file~scores~assays~tracks~flags` where anything is chosen.

    Attributes:
        file: digest and name of a kept upload, or a path; empty for none.
        options: of the table.
    """

    file: str = ""
    options: Options = field(default_factory=Options)

    @classmethod
    def parse(cls, text: str) -> "Calls":
        """Reads what `str` writes; scores and flags that there are not are passed over."""
        file, *more = text.rsplit("~", _FIELDS)
        if len(more) < _FIELDS:
            return cls(text)
        scores, assays, tracks, flags = (tuple(filter(None, part.split(","))) for part in more)
        known = tuple(score for score in scores if score in SCORES) or Options.scores
        found = Options(scores=known, assays=assays, tracks=tracks)
        for flag in set(flags) & set(_FLAGS):
            found = replace(found, **_FLAGS[flag])
        return cls(file, found)

    def __str__(self) -> str:
        said = self.options
        if said == Options():
            return self.file
        flags = [
            name
            for name, meant in _FLAGS.items()
            if all(getattr(said, key) == value for key, value in meant.items())
        ]
        parts = (said.scores, said.assays, said.tracks, flags)
        return "~".join([self.file, *(",".join(part) for part in parts)])

    def fitting(self, tracks: TrackTable) -> "Calls":
        """The same without assays and tracks that a model has not."""
        assays = tuple(assay for assay in self.options.assays if assay in tracks.assays)
        there = set(map(str, tracks.ids)) if self.options.tracks else set()
        kept = tuple(track for track in self.options.tracks if track in there)
        return replace(self, options=replace(self.options, assays=assays, tracks=kept))

    @property
    def is_kept(self) -> bool:
        """Whether the file was uploaded, rather than named by its path."""
        return _KEPT.fullmatch(self.file) is not None

    @property
    def path(self) -> Path:
        """Where the file lies.

        Raises:
            QueryError: it is no longer there.
        """
        match = _KEPT.fullmatch(self.file)
        path = _files() / match[1] / match[2] if match else typed_path(self.file, QueryError)
        if not path.is_file():
            raise QueryError(
                "It is kept no longer." if match else "There is no such file.",
                read=f"the VCF {match[2] if match else self.file}",
                do="Upload it again; scores that are kept are found again." if match
                else "Check the path and its spelling.",
            )  # fmt: skip
        return path


def keep(content: bytes, name: str) -> str:
    """Keep an upload.

    Returns:
        What `Calls.file` says of it; the same for the same content and name.
    """
    digest = hashlib.sha256(content).hexdigest()[:32]
    plain = re.sub(r"[^\w.+@=,() -]", "_", Path(name).name).lstrip(".") or "calls.vcf"
    path = _files() / digest / plain
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        partial = path.with_name(f"{plain}.partial")
        partial.write_bytes(content)
        partial.replace(path)
    path.parent.touch()
    tidy(SIZE_LIMIT)
    return f"{digest}/{plain}"


def tables() -> Path:
    """The folder of tables, each in a folder of its own."""
    return cache_dir("vcf", "tables")


def _files() -> Path:
    return cache_dir("vcf", "files")


def tidy(limit: int) -> None:
    """Removes the uploads and tables not used for longest, until the rest fits; never the latest.

    Args:
        limit: bytes.
    """
    folders = [*_files().iterdir(), *tables().iterdir()]
    by_age = sorted((*_age_and_size(folder), folder) for folder in folders)
    total = sum(size for _, size, _ in by_age)
    for _, size, one in by_age[:-1]:
        if total <= limit:
            return
        shutil.rmtree(one, ignore_errors=True)
        total -= size


def _age_and_size(folder: Path) -> tuple[float, int]:
    """When something last changed in it, which for a table in the making is a moment ago; and bytes."""
    found = list(_looked_at(folder))
    return max((one.st_mtime for one in found), default=0.0), sum(one.st_size for one in found)


def _looked_at(folder: Path) -> Iterator[os.stat_result]:
    """The folder and what lies in it; jobs of other sessions may remove files meanwhile."""
    with suppress(FileNotFoundError):
        for one in [folder, *folder.iterdir()]:
            with suppress(FileNotFoundError):
                yield one.stat()

"""What a person has brought to look at beside the predictions; kept as long as their session."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from app.locus.own_files import Content, Kind, intervals, kind_of, read_file
from enformer.coverage import Missing
from enformer.errors import EnformerLensError, TrackError
from enformer.files import sha256_of, typed_path

MOST = 12
"""Files of one session."""
_ENDINGS = re.compile(r"(\.(gz|bw|bigwig|bed|bedgraph|bdg|bg|gtf|gff3?|txt|tsv))+$", re.IGNORECASE)
BESIDE_NOTHING = "none"
Use = Literal["lane", "highlights", "both"]


@dataclass(frozen=True, eq=False)
class OwnTrack:
    """A file and how it is shown.

    Attributes:
        key: tells it from the others of the session.
        name: what people call it.
        file: name of the file.
        sha256: of its content.
        content: what it holds.
        beside: the predicted track, as `human/4828`, that a signal is compared with; empty for the one that
            the app chooses, `none` for a lane of its own.
        over: above the predicted track, not under it.
        missing: what bases without a value count.
        use: whether intervals have a lane, are washed over all lanes, or both.
    """

    key: str
    name: str
    file: str
    sha256: str
    content: Content
    beside: str = ""
    over: bool = True
    missing: Missing = "zero"
    use: Use = "lane"

    @property
    def kind(self) -> Kind:
        """What it holds."""
        return kind_of(self.content)


class Shelf:
    """The files of one session, in the order they came. What was uploaded is deleted when it ends."""

    def __init__(self) -> None:
        self._folder = TemporaryDirectory(prefix="enformer-lens-", ignore_cleanup_errors=True)
        self._count = 0
        self.tracks: tuple[OwnTrack, ...] = ()
        self.problems: list[EnformerLensError] = []

    def upload(self, name: str, content: bytes) -> None:
        """Keep and read an uploaded file; what is wrong with it is among the problems then."""
        path = Path(self._folder.name) / self._next() / _safe(name)
        path.parent.mkdir()
        path.write_bytes(content)
        self._add(path, lambda: read_file(path))

    def open(self, text: str) -> None:
        """Read a file of this machine where it lies."""

        def read() -> Content:
            path = typed_path(text, TrackError)
            if not path.is_file():
                raise TrackError("There is no such file.", read=f"the path {text}",
                                 do="Check the path and its spelling.")  # fmt: skip
            return read_file(path)

        self._next()
        self._add(Path(text).expanduser(), read)

    def paste(self, text: str) -> None:
        """Read BED lines; they are washed over all lanes."""
        path = Path(self._folder.name) / self._next() / "pasted lines"
        path.parent.mkdir()
        path.write_text(text)
        self._add(path, lambda: intervals(text.encode(), path.name), use="highlights")

    def _next(self) -> str:
        self._count += 1
        return str(self._count)

    def _add(self, path: Path, read: Callable[[], Content], **more: Any) -> None:
        try:
            if len(self.tracks) >= MOST:
                raise TrackError(
                    f"There are {MOST} files already.", read=path.name, do="Remove one."
                )
            content = read()
            made = OwnTrack(
                str(self._count),
                self._free(_title(path)),
                path.name,
                sha256_of(path),
                content,
                **more,
            )
            self.tracks = (*self.tracks, made)
        except EnformerLensError as problem:
            self.problems.append(problem)

    def _free(self, name: str, key: str = "") -> str:
        """The name, with a number where another file is called so."""
        taken = {track.name for track in self.tracks if track.key != key}
        numbered = (f"{name} {number}" for number in range(2, 2 + len(taken)))
        return next((one for one in (name, *numbered) if one not in taken), name)

    def rename(self, key: str, name: str) -> None:
        """Call one of them so; it keeps its name where none is given."""
        if name.strip():
            self.change(key, name=self._free(name.strip()[:60], key))

    def change(self, key: str, **how: Any) -> None:
        """Show one of them in another way."""
        self.tracks = tuple(
            replace(track, **how) if track.key == key else track for track in self.tracks
        )

    def remove(self, key: str) -> None:
        """Show one of them no longer."""
        self.tracks = tuple(track for track in self.tracks if track.key != key)

    def close(self) -> None:
        """Delete what was uploaded."""
        self._folder.cleanup()


def _title(path: Path) -> str:
    """A file's name without its endings."""
    return _ENDINGS.sub("", path.name) or path.name


def _safe(name: str) -> str:
    """A name that is one file in a folder, whatever was uploaded."""
    return re.sub(r"[^\w.+() -]+", "_", Path(name).name)[-120:].lstrip(".") or "file"

"""The errors a person can act on."""


class EnformerLensError(ValueError):
    """What was read, what is wrong, what to do, and an example that works.

    The message is built from these parts; the app shows them one by one and makes `example` clickable,
    or each of `choices` where there are several to pick from; `example` is then the first of them.
    """

    def __init__(
        self,
        wrong: str,
        *,
        read: str = "",
        do: str = "",
        example: str = "",
        choices: tuple[str, ...] = (),
    ) -> None:
        self.wrong, self.read, self.do, self.choices = wrong, read, do, choices
        self.example = example or next(iter(choices), "")
        super().__init__(self._message())

    def _message(self) -> str:
        parts = [f"Read {self.read}." if self.read else "", self.wrong, self.do]
        if self.choices:
            parts.append(f"One of: {'; '.join(self.choices)}")
        elif self.example:
            parts.append(f"For example: {self.example}")
        return " ".join(part for part in parts if part)


class QueryError(EnformerLensError):
    """What was typed is no locus, gene, variant or sequence that can be used."""


class GenomeError(EnformerLensError):
    """A genome cannot be opened, or has no such contig or position."""


class TrackError(EnformerLensError):
    """A track table cannot be read, or has no such track."""


class CheckpointError(EnformerLensError):
    """A file holds no model that can be loaded."""


class AssetError(EnformerLensError):
    """Something could not be downloaded, or is not what it should be."""


class DataError(EnformerLensError):
    """Training data cannot be read or disagrees with itself."""


class Cancelled(Exception):
    """The person who asked no longer wants the result."""

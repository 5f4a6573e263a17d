"""Files that a person names: their path and their digest."""

import hashlib
from pathlib import Path

from enformer.errors import EnformerLensError


def typed_path(text: str | Path, refusal: type[EnformerLensError]) -> Path:
    """The path a person typed, with `~` as their home; there need not be a file.

    Raises:
        EnformerLensError: of the kind `refusal`; no file of this system can have that path.
    """
    try:
        path = Path(text).expanduser()
        path.stat()
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return Path(text).expanduser()
    except (OSError, RuntimeError, ValueError) as impossible:
        raise refusal(
            f"No file can have that path: {impossible}"[:120] + ".",
            read=f"the path {str(text)[:80]!r}",
            do="Check the path and its spelling.",
        ) from impossible
    return path


def sha256_of(path: Path) -> str:
    """Hexadecimal digest of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

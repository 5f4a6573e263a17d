"""What the VCF view asks for: the table of a file before a model, what is known of it, and its jobs."""

import hashlib
import json
import shlex
from dataclasses import replace
from pathlib import Path

from app import services
from app.asking.places import Place, PlaceName, stamp
from app.computing.seat import Key, Seat, Waiting
from app.vcf.calls import Calls, tables
from app.vcf.scoring_work import Survey, Task, read_work, score_work
from enformer.checkpoint import Checkpoint
from enformer.errors import EnformerLensError
from enformer.files import sha256_of
from enformer.provenance import now
from interpret.percentiles import Background
from interpret.score_options import provenance
from interpret.score_store import settled


def task_of(calls: Calls, checkpoint: Checkpoint, place: Place) -> Task:
    """The table of a file before a model. The same question has the same one in every session.

    Raises:
        EnformerLensError: the file is not there, or files may not be named.
    """
    if not calls.is_kept and not services.paths_allowed():
        raise EnformerLensError(
            "This server is open to others, so files on it cannot be named here.",
            read=calls.file,
            do="Upload the file instead.",
        )
    source, genome = calls.path, place.genome
    background = services.remembered(
        f"background|{checkpoint.sha256}", lambda: Background.bundled(checkpoint)
    )
    run = calls.options.run(source, Path("effects.parquet"), checkpoint, genome, background)
    origin = provenance(run, _digest(source))
    key = hashlib.sha256(json.dumps(origin).encode()).hexdigest()[:32]
    folder = tables() / key
    return Task(replace(run, out=folder / run.out), origin, folder, _begun(folder))


def _begun(folder: Path) -> str:
    """When the table was begun, which is written down beside it."""
    folder.mkdir(exist_ok=True)
    note = folder / "begun.txt"
    if not note.exists():
        note.write_text(now())
    return note.read_text()


def _digest(path: Path) -> str:
    return services.remembered(f"sha256|{path}|{stamp(path)}", lambda: sha256_of(path))


def survey(task: Task, seat: Seat) -> Survey | Waiting:
    """What can be scored of the file, and what not.

    Raises:
        EnformerLensError: it is no VCF.
        Cancelled: this session has stopped the reading.
    """
    key = ("vcf read", task.key)
    seat.leave_others("vcf read", key)
    title = f"Reading {task.run.source.name}"
    found = Survey.kept(task)
    return found or seat.ask(key, read_work(task), 0.5, title=title, device="vcf")


def score(task: Task, seat: Seat) -> Waiting | None:
    """Have the alleles scored; nothing once all files are there.

    Raises:
        EnformerLensError: something went wrong; what was scored is kept.
        Cancelled: this session has stopped it; what was scored is kept.
    """
    title = f"Scoring {task.run.source.name}"
    device = str(task.run.checkpoint.model.device)
    return seat.ask(_score_key(task), score_work(task), 0.5, title=title, device=device)


def is_under_way(task: Task) -> bool:
    """Whether its alleles are being scored, in this session or another."""
    return services.jobs().is_under_way(_score_key(task))


def so_far(task: Task) -> int | None:
    """How many of its alleles were scored before it was stopped; None until it has stopped."""
    return settled(task.run.work)


def _score_key(task: Task) -> Key:
    return ("vcf score", task.key)


def stem(task: Task) -> str:
    """The beginning of the names of its files."""
    name = task.run.source.name.removesuffix(".gz").removesuffix(".bgz")
    card = task.run.checkpoint.card
    parts = [name.rpartition(".")[0] or name, card.name, *([] if card.trained else ["untrained"])]
    return "_".join([*parts, "effects"])


def command(task: Task, model: str, genome: str, calls: Calls) -> str:
    """What makes the same table without the app."""
    source = PlaceName.of(genome, "", online=False).source
    shown = source if services.paths_allowed() else Path(source).name
    words = [
        calls.path.name if calls.is_kept else calls.file,
        f"--genome={shown}",
        f"--model={model}",
    ]
    words += [*calls.options.words(), f"--out={stem(task)}.parquet"]
    return shlex.join(["python", "-m", "interpret.score", *words])

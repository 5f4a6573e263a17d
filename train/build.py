"""Makes a prepared file from genomes and bigWigs: in blocks, by several processes, resumably.

Each block of windows becomes a small HDF5 file in `OUT.parts/`, renamed when it is whole; at the end
their compressed chunks are copied, in order, into one. A run that was killed goes on with the blocks
that are missing, and neither that nor the number of processes changes a bit of the result.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import h5py
from tqdm import tqdm

from enformer.errors import DataError
from enformer.genome import Genome, open_genome
from enformer.tracks import TrackTable
from train.bigwig import Track, check_values, read_tracks, shared_contigs
from train.blocks import Block, room, run_blocks
from train.hdf5 import array_of, copy_chunks
from train.species import Species
from train.track_sums import TrackSums
from train.windows import Chosen, choose_windows

_FORMAT = 1
_BLOCK_BYTES, _BLOCK_WINDOWS = 1 << 25, 16


@dataclass(frozen=True)
class HeadPlan:
    """What one head will hold."""

    species: Species
    genome: Genome
    table: TrackTable
    tracks: Sequence[Track]
    chosen: Chosen

    @classmethod
    def of(cls, species: Species) -> "HeadPlan":
        """Reads tables and genome, and chooses the windows.

        Raises:
            EnformerLensError: something that was named is missing or does not fit.
        """
        genome = open_genome(species.genome, species.assembly)
        table, tracks = read_tracks(species)
        chosen = choose_windows(species, genome, shared_contigs(tracks, genome))
        used = {window.contig: None for held in chosen.windows.values() for window in held}
        check_values(species, tracks, list(used))
        return cls(species, genome, table, tracks, chosen)

    @cached_property
    def fingerprint(self) -> dict[str, Any]:
        """All that decides the records: choices, files by size and time, windows."""
        files = [self.species.genome, self.species.tracks, *(track.path for track in self.tracks)]
        files += [bed for bed in (self.species.blacklist, self.species.unmappable) if bed]
        stamps = {str(file.resolve()): _stamp(file) for file in files}
        windows = hashlib.sha256(repr(self.chosen.windows).encode()).hexdigest()
        made = {"files": stamps, "chosen windows": windows, "format": _FORMAT}
        return self.species.to_dict() | made

    def blocks(self) -> Iterator[Block]:
        """Windows of each split, some at a time."""
        size = 4 * self.species.geometry.bins * len(self.tracks)
        step = min(_BLOCK_WINDOWS, max(1, _BLOCK_BYTES // size))
        for split, windows in self.chosen.windows.items():
            for start in range(0, len(windows), step):
                some = tuple(windows[start : start + step])
                yield Block(self.species.head, split, start, some)


def _stamp(file: Path) -> list[int]:
    status = file.stat()
    return [status.st_size, status.st_mtime_ns]


def build(
    species: Sequence[Species], out: Path, workers: int = 1, fresh: bool = False
) -> list[str]:
    """Writes the HDF5 file of one or more species; goes on where a run before was stopped.

    Args:
        species: with different heads.
        out: the file.
        workers: processes that read and compress.
        fresh: throw away what a stopped run left, and replace `out`.

    Returns:
        A sentence on each head, and one on the file.

    Raises:
        EnformerLensError: something named is missing or does not fit, or `out` or its parts were
            made with other choices.
    """
    plans = {one.head: HeadPlan.of(one) for one in species}
    wanted = {head: plan.fingerprint for head, plan in plans.items()}
    parts = out.with_name(out.name + ".parts")
    if fresh:
        shutil.rmtree(parts, ignore_errors=True)
    elif out.exists():
        _require_same(wanted, _plan_of(out), out)
        return [*map(_sentence, plans.values()), f"{out} is complete already."]
    _begin(parts, wanted)
    _write_blocks(plans, parts, workers)
    _assemble(plans, wanted, parts, out)
    shutil.rmtree(parts)
    return [*map(_sentence, plans.values()), f"{out} is complete."]


def _sentence(plan: HeadPlan) -> str:
    counts = ", ".join(f"{len(held):,} {split}" for split, held in plan.chosen.windows.items())
    text = f"{plan.species.head}: {counts} windows of {len(plan.tracks):,} tracks."
    if dropped := sum(plan.chosen.dropped.values()):
        text += f" {dropped:,} windows were left out, as they reach what another split predicts."
    if plan.chosen.shared_context:
        text += f" The context of {plan.chosen.shared_context:,} training windows shares sequence, "
        text += "but no target, with a held-out predicted region (--apart drops them)."
    return text


def _plan_of(out: Path) -> dict[str, Any]:
    with h5py.File(out) as file:
        return json.loads(str(file.attrs.get("plan", "{}")))


def _begin(parts: Path, wanted: dict[str, Any]) -> None:
    """Makes the folder of parts, or finds it made for the same choices."""
    stated = parts / "plan.json"
    if stated.exists():
        _require_same(wanted, json.loads(stated.read_text()), parts)
        return
    parts.mkdir(parents=True, exist_ok=True)
    aside = stated.with_suffix(".new")
    aside.write_text(json.dumps(wanted))
    aside.replace(stated)


def _require_same(wanted: dict[str, Any], found: dict[str, Any], where: Path) -> None:
    if wanted == found:
        return
    changed = sorted(wanted.keys() ^ found.keys()) or [
        f"{name} of {head}" for head in wanted for name in wanted[head]
        if wanted[head][name] != found[head].get(name)
    ]  # fmt: skip
    raise DataError(
        f"It was made with other choices or files: {', '.join(changed[:6])} differ.",
        read=str(where),
        do="Give the same ones, write to another file, or replace it with --fresh.",
    )


def _write_blocks(plans: dict[str, HeadPlan], parts: Path, workers: int) -> None:
    every = [block for plan in plans.values() for block in plan.blocks()]
    missing = [block for block in every if not (parts / block.name).exists()]
    total, left = (sum(len(block.windows) for block in some) for some in (every, missing))
    species = {head: plan.species for head, plan in plans.items()}
    with tqdm(total=total, initial=total - left, desc="windows", disable=None) as bar:
        for count in run_blocks(species, parts, missing, min(workers, len(missing))):
            bar.update(count)


def _assemble(plans: dict[str, HeadPlan], wanted: dict[str, Any], parts: Path, out: Path) -> None:
    partial = out.with_name(out.name + ".part")
    with h5py.File(partial, "w") as file:
        file.attrs["plan"] = json.dumps(wanted)
        for head, plan in plans.items():
            group = file.create_group(head)
            arrays = {split: room(group.create_group(split), plan.species, windows, len(plan.tracks))
                      for split, windows in plan.chosen.windows.items()}  # fmt: skip
            sums = TrackSums(len(plan.tracks))
            for block in plan.blocks():
                with h5py.File(parts / block.name) as source:
                    sequences, targets = arrays[block.split]
                    copy_chunks(array_of(source, "sequences"), sequences, block.start)
                    copy_chunks(array_of(source, "targets"), targets, block.start)
                    if block.split == "train":
                        sums.add(array_of(source, "targets")[:])
            _describe(group, plan, sums)
    os.replace(partial, out)


def _describe(group: h5py.Group, plan: HeadPlan, sums: TrackSums) -> None:
    chosen = plan.chosen
    facts = {"records": {split: len(held) for split, held in chosen.windows.items()},
             "dropped": chosen.dropped, "shared_context": chosen.shared_context}  # fmt: skip
    group.attrs["tracks"] = plan.table.to_json()
    group.attrs["assembly"] = plan.genome.assembly
    group.attrs["bin_size"] = plan.species.geometry.bin_size
    group.attrs["statistics"] = json.dumps({**sums.to_dict(), **facts})
    group.attrs["source"] = json.dumps({"bigwig": plan.species.to_dict()})

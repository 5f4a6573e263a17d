"""Records of a species: sequence and targets of a window, read from its files."""

import numpy as np
from jaxtyping import Float, UInt8

from enformer.coordinates import Interval
from enformer.genome import open_genome
from enformer.sequence import one_hot
from train.bed import covered, read_regions
from train.bigwig import Masks, read_tracks, targets_of
from train.species import Species
from train.windows import BLACKLIST_AROUND, known_bases, predicted


class RecordReader:
    """Opens the files of a species once, and makes the record of any window."""

    def __init__(self, species: Species) -> None:
        """Opens the genome and reads the tables.

        Raises:
            EnformerLensError: one of them cannot be used.
        """
        self.species, self.genome = species, open_genome(species.genome, species.assembly)
        _, self.tracks = read_tracks(species)
        self.blacklist = read_regions(species.blacklist, self.genome, BLACKLIST_AROUND)
        self.unmappable = read_regions(species.unmappable, self.genome)

    def record(
        self, window: Interval
    ) -> tuple[UInt8[np.ndarray, "length 4"], Float[np.ndarray, "bins tracks"]]:
        """One-hot sequence of a window, zeros beyond the contig, and targets of its middle."""
        sequence = self.genome.fetch(window, pad=True)
        targets = targets_of(
            self.species,
            self.tracks,
            predicted(window, self.species.geometry),
            self._masks(window, sequence),
        )
        return one_hot(sequence).numpy().astype(np.uint8), targets

    def _masks(self, window: Interval, sequence: str) -> Masks:
        geometry = self.species.geometry
        region = predicted(window, geometry)
        known = known_bases(sequence)[geometry.margin : geometry.margin + geometry.span]
        share = covered(self.unmappable, region).reshape(-1, geometry.bin_size).mean(axis=1)
        return Masks(known, covered(self.blacklist, region), share >= 0.5)

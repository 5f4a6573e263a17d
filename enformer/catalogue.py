"""What can be downloaded: where it lies, under which licence, and what it must be."""

from dataclasses import dataclass

from huggingface_hub import hf_hub_url

_BASENJI = "https://raw.githubusercontent.com/calico/basenji/master/manuscripts/cross2020/"
_GIMME = (
    "https://raw.githubusercontent.com/vanheeringen-lab/gimmemotifs/"
    "74512747f54102500a248d56db5b469fc75961bc/"
)


@dataclass(frozen=True)
class AssetFile:
    """One file of an asset.

    Attributes:
        name: in the asset's folder.
        size: bytes.
        sha256: hex digest; None where no public record is known: it is then recorded at the first
            download and held to afterwards.
        url: where it lies; "" means in the asset's Hugging Face repository.
    """

    name: str
    size: int
    sha256: str | None
    url: str = ""


@dataclass(frozen=True)
class Asset:
    """Files that belong together in one folder.

    Attributes:
        name: what `fetch` is asked for.
        title: what it is, for people.
        licence: of the files.
        files: all are needed.
        repo: Hugging Face repository.
        revision: its commit.
        endpoint: where repositories lie; None means huggingface.co or `HF_ENDPOINT`.
        needs: assets fetched first.
    """

    name: str
    title: str
    licence: str
    files: tuple[AssetFile, ...]
    repo: str = ""
    revision: str = ""
    endpoint: str | None = None
    needs: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)

    @property
    def variable(self) -> str:
        """Environment variable that points to a copy on disk instead."""
        return f"ENFORMER_LENS_{self.name.upper()}"

    def url(self, file: AssetFile) -> str:
        """Address of one file."""
        place = {"revision": self.revision, "endpoint": self.endpoint}
        return file.url or hf_hub_url(self.repo, file.name, **place)

    def __str__(self) -> str:
        lines = [self.title, f"{self.size / 1e6:,.1f} MB, licence {self.licence}"]
        for file in self.files:
            check = f"sha256 {file.sha256}"
            if file.sha256 is None:
                check = "no public checksum known: size checked, sha256 recorded at first download"
            lines += [f"  {self.url(file)}", f"  {file.size:,} bytes, {check}"]
        return "\n".join(lines)


_OFFICIAL = Asset(
    "official",
    "Enformer weights of Avsec et al. 2021, converted to PyTorch by EleutherAI",
    "CC-BY-4.0",
    # Commit, sizes and the weights' digest agree in two independent public repositories.
    (
        AssetFile(
            "config.json", 439, "ad7a0e07b2fe40fd4c93a8528416406b4429f303946f5a93209ef26f160a034f"
        ),
        AssetFile(
            "pytorch_model.bin",
            1_005_149_571,
            "99b09d602e195d89c7d4debe144bb2f43907ba0d74006e97098e99d9171c439c",
        ),
    ),
    repo="EleutherAI/enformer-official-rough",
    revision="affe5713ae9017460706a44108289b13c5fee16c",
    needs=("tracks",),
)
_TRACKS = Asset(
    "tracks",
    "Track tables of the published human and mouse heads",
    "Apache-2.0 (calico/basenji)",
    (
        AssetFile(
            "targets_human.txt",
            800_919,
            "d90233175a9fec389e5ac04cc4aac8cfc08c4aa86217e2e5c10221de78023580",
            _BASENJI + "targets_human.txt",
        ),
        AssetFile(
            "targets_mouse.txt",
            250_458,
            "f76c869a38bfc79690d7a43e86f155db9b8ac8085ff5a717f99358b3253cd230",
            _BASENJI + "targets_mouse.txt",
        ),
    ),
)
_JASPAR = Asset(
    "jaspar",
    "JASPAR 2022, counts of the 838 motifs of vertebrates, as gimmemotifs 0.18 keeps them",
    "CC-BY-4.0 (JASPAR)",
    (
        AssetFile(
            "JASPAR2022_vertebrates.pfm",
            270_260,
            "0dc530939dfba5c7183228dc0fc5c86ef01a72f0ceb48d7e548e816748cf7e01",
            _GIMME + "data/motif_databases/JASPAR2022_vertebrates.pfm",
        ),
    ),
)
ASSETS = {asset.name: asset for asset in (_OFFICIAL, _TRACKS, _JASPAR)}

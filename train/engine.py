"""Where a run computes: Lightning Fabric on one process or many, on one machine or many."""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import torch

from enformer.errors import DataError

if TYPE_CHECKING:  # three seconds of import that no `--help` should wait for
    from lightning_fabric import Fabric

PATIENCE = timedelta(hours=12)
"""How long processes wait for the first one, which alone validates."""


@dataclass(frozen=True)
class Place:
    """The processes of a run. Under torchrun the launcher decides on devices and nodes.

    Attributes:
        accelerator: "cpu", "cuda", or "auto" for CUDA where there is one.
        devices: processes on each machine, one a GPU; on a CPU any number.
        nodes: machines, each of which runs the same command.
    """

    accelerator: str = "auto"
    devices: int = 1
    nodes: int = 1

    @property
    def processes(self) -> int:
        """Processes on all machines."""
        return self.devices * self.nodes


def start(place: Place, autocast: bool = False) -> "Fabric":
    """Starts the other processes, which run this same command, and connects all of them.

    Args:
        place: where.
        autocast: bfloat16 for matrix products, float32 for the rest.

    Raises:
        DataError: this machine lacks the devices.
    """
    from lightning_fabric import Fabric
    from lightning_fabric.strategies.ddp import DDPStrategy

    place = _as_launched(place)
    accelerator = _accelerator(place)
    parallel = DDPStrategy(
        find_unused_parameters=True,  # a step leaves the heads of other species without a gradient
        gradient_as_bucket_view=True,
        timeout=PATIENCE,
    )
    fabric = Fabric(
        accelerator=accelerator,
        devices=place.devices,
        num_nodes=place.nodes,
        strategy=parallel if place.processes > 1 else "auto",
        precision="bf16-mixed" if autocast else "32-true",
    )
    fabric.launch()
    return fabric


def _as_launched(place: Place) -> Place:
    """What torchrun has started, if it has."""
    if "TORCHELASTIC_RUN_ID" not in os.environ:
        return place
    devices = int(os.environ["LOCAL_WORLD_SIZE"])
    return Place(place.accelerator, devices, int(os.environ["WORLD_SIZE"]) // devices)


def _accelerator(place: Place) -> str:
    there = torch.cuda.device_count()
    if place.accelerator == "cpu" or (place.accelerator == "auto" and not there):
        return "cpu"
    if place.devices > there:
        raise DataError(
            f"This machine has {there} CUDA devices.",
            read=f"--accelerator {place.accelerator} --devices {place.devices}",
            do="Ask for no more than that, or for the CPU.",
            example="--accelerator cpu --devices 1",
        )
    return "cuda"


def without_sync(
    fabric: "Fabric", module: Callable[..., object], apart: bool
) -> AbstractContextManager[None]:
    """Keeps gradients of a backward pass to this process, where `apart`, until a later one."""
    if fabric.world_size == 1:
        return nullcontext()
    return fabric.no_backward_sync(module, enabled=apart)  # pyright: ignore[reportArgumentType]


def over_processes(fabric: "Fabric", value: int | float, how: str) -> int | float:
    """The "mean" or "max" of a number over all processes."""
    if fabric.world_size == 1:
        return value
    tensor = torch.tensor(value, dtype=torch.float64, device=fabric.device)
    return float(fabric.all_reduce(tensor, reduce_op=how))  # pyright: ignore[reportArgumentType]


def available_memory(device: torch.device) -> int:
    """Bytes of the device, in use or not."""
    if device.type == "cuda":
        return torch.cuda.get_device_properties(device).total_memory
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")

"""The folder of a training run: what lies where, and going on with one."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor

from nsg_core.documents.record import TEXT, Record
from nsg_core.errors import FileError, NsgError
from nsg_core.files import make_folder, read_json, write_bytes, write_json
from nsg_core.settings import from_json, to_json
from nsg_core.train.config import TrainConfig


@dataclass(frozen=True)
class Run:
    """Paths of a run."""

    folder: Path

    @property
    def config(self) -> Path:
        """Its settings."""
        return self.folder / "config.json"

    @property
    def newest(self) -> Path:
        """The newest checkpoint."""
        return self.folder / "checkpoint.safetensors"

    @property
    def state(self) -> Path:
        """What only a resumed training needs."""
        return self.folder / "optimiser.safetensors"

    @property
    def metrics(self) -> Path:
        """Numbers of the finished or interrupted run."""
        return self.folder / "metrics.json"

    @property
    def events(self) -> Path:
        """TensorBoard's folder."""
        return self.folder / "tensorboard"

    @property
    def data(self) -> Path:
        """Where the data set lies. Not in the checkpoint, which travels."""
        return self.folder / "data.json"

    def begin(self, config: TrainConfig, data: Path = Path()) -> None:
        """Make the folder and write the settings; refuse to write over another run."""
        if self.newest.exists():
            raise NsgError(
                f"{self.folder} holds a run already. Go on with --resume, or choose "
                "another folder."
            )
        make_folder(self.folder)
        write_json(self.config, to_json(config))
        if data != Path():
            write_json(self.data, {"data": str(data.resolve())})

    def remembered_data(self) -> Path | None:
        """The folder of the data set, as far as anybody wrote it down."""
        if not self.data.exists():
            return None
        record = Record(read_json(self.data), self.data, "the file")
        return Path(record.take("data", TEXT))

    def stored_config(self) -> TrainConfig:
        """The settings of the run that is to go on."""
        if not self.config.exists():
            raise NsgError(
                f"{self.folder} holds no run to go on with. Leave --resume out."
            )
        data = read_json(self.config)
        return from_json(TrainConfig, data, self.config)

    def save_state(self, state: Mapping[str, Tensor]) -> None:
        """Keep the state of the training, whole or not at all."""
        tensors = {name: x.detach().cpu().contiguous() for name, x in state.items()}
        write_bytes(self.state, save(tensors))

    def load_state(self, like: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """The state of the training, if it has the names and shapes of `like`."""
        expected, fix = "the state of a training", "Train anew in another folder."
        try:
            state = load_file(self.state)
        except FileNotFoundError:
            raise FileError(self.state, expected, "no such file", fix) from None
        except (OSError, SafetensorError) as error:
            raise FileError(self.state, expected, f"{error}", fix) from None
        for name in sorted(like.keys() | state.keys()):
            found, wanted = (
                tuple(x[name].shape) if name in x else "none" for x in (state, like)
            )
            if found != wanted:
                here = f"{name} of shape {wanted}"
                raise FileError(self.state, here, str(found), fix)
        return state


def generator_for(seed: int, step: int) -> torch.Generator:
    """Random numbers of a run from a step on; the same whenever it is resumed there."""
    return torch.Generator().manual_seed(seed * 1_000_003 + step)

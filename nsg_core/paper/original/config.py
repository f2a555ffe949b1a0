"""The original code's configuration files: `key = value` lines.

Every option of the original is known here, so a misspelt one is named; those that
choose a model become a `PaperConfig`, a few more say what the run was.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nsg_core.errors import FileError, NsgError
from nsg_core.paper.config import PaperConfig, Sampling
from nsg_core.paper.original.planes import SPACINGS
from nsg_core.request import Only


@dataclass(frozen=True)
class OriginalConfig:
    """What a configuration file says."""

    paper: PaperConfig
    dataset: str
    """"kitti" or "vkitti"."""
    data: Path
    """The image folder of the sequence, as the file has it."""
    weights: Path
    """Where the original keeps this run's weights: basedir/expname."""
    frames: tuple[int, int]
    """First and last frame, both included; (0, -1) where the file does not say."""
    only: Only
    """What the original drew of the scene."""
    batch_rays: int
    learning_rate: float
    decay_steps: int
    """The learning rate falls to a tenth in so many steps."""


def _flag(text: str) -> bool:
    if text.lower() not in ("true", "false", ""):
        raise ValueError
    return text.lower() != "false"


_TYPES: dict[str, Callable[[str], Any]] = {
    "a whole number": int,
    "a number": float,
    "True or False": _flag,
    "a text": str,
}

# The original's options by type; those without a default in `_DEFAULTS` change nothing
# in a picture (printing, folders of other data sets, parts that were never finished).
_OPTIONS: dict[str, str] = {
    "a whole number": """netdepth netwidth netdepth_fine netwidth_fine N_rand
        lrate_decay chunk netchunk random_seed crop_size latent_size precrop_iters
        N_samples N_samples_obj N_importance i_embed multires multires_views
        multires_obj remove_frame remove_obj render_factor testskip factor
        training_factor llffhold object_setting max_input_objects i_print i_img
        i_weights frame_number""",
    "a number": """lrate latent_balance precrop_frac perturb raw_noise_std single_obj
        box_scale near_plane far_plane""",
    "True or False": """no_batching no_reload bckg_only obj_only use_inst_segm
        use_viewdirs use_shadows use_time render_only render_test white_bkgd half_res
        no_ndc lindisp spherify use_object_properties obj_opaque obj_detection
        debug_local""",
    "a text": """config expname basedir datadir ft_path model_library sampling_method
        manipulate dataset_type first_frame last_frame plane_type scene_objects
        scene_classes""",
}
_KINDS = {name: kind for kind, names in _OPTIONS.items() for name in names.split()}

_DEFAULTS: dict[str, Any] = {
    "netdepth": 8, "netwidth": 256, "netdepth_fine": 8, "netwidth_fine": 256,
    "multires": 10, "multires_views": 4, "multires_obj": 4, "i_embed": 0,
    "N_samples": 64, "N_samples_obj": 3, "N_importance": 0, "perturb": 1.0,
    "sampling_method": "None", "plane_type": "uniform", "near_plane": 0.5,
    "far_plane": 150.0, "latent_size": 0, "latent_balance": 0.01, "box_scale": 1.0,
    "object_setting": 0, "obj_opaque": False, "white_bkgd": False,
    "raw_noise_std": 0.0, "use_viewdirs": False, "use_time": False,
    "bckg_only": False, "obj_only": False, "use_object_properties": False,
    "dataset_type": "llff", "datadir": "./data/llff/fern", "basedir": "./logs/",
    "expname": "None", "first_frame": "0", "last_frame": "-1", "N_rand": 4096,
    "lrate": 5e-4, "lrate_decay": 250,
}  # fmt: skip

_SAMPLING: dict[str, Sampling] = {
    "None": "linear",
    "discrete": "linear",
    "lindisp": "lindisp",
    "squareddist": "squareddist",
    "planes": "planes",
}

# As in configargparse: `key = value`, `key: value` or `key value`, quotes around the
# value, a comment behind white space.
_LINE = re.compile(
    r"-{0,2}(?P<key>[^:=;#\s]+)\s*(?:[:=\s]\s*(?P<quote>['\"]?)(?P<value>.+?)?"
    r"(?P=quote))?\s*(?:\s[;#].*)?"
)


def read_config(path: Path) -> OriginalConfig:
    """A configuration file's settings; FileError names the line that is wrong."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        wanted = "a configuration file of the original code"
        raise FileError(path, wanted, "no such file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise FileError(path, "a readable text file", str(error)) from None
    values, lines = dict(_DEFAULTS), dict[str, int]()
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        if line and line[0] not in "#;[" and not line.startswith("---"):
            key, value = _entry(path, number, line)
            values[key], lines[key] = value, number
    _refuse_what_is_missing_here(path, values, lines)
    try:
        return _config(path, values, lines)
    except FileError:
        raise
    except NsgError as error:
        raise FileError(path, "settings that fit together", str(error)) from None


def _entry(path: Path, number: int, line: str) -> tuple[str, Any]:
    match = _LINE.fullmatch(line)
    if match is None:
        raise FileError(path, "key = value", repr(line), line=number)
    key, value = match["key"], (match["value"] or "").strip()
    kind = _KINDS.get(key)
    if kind is None:
        near = [name for name in _KINDS if name.lower() == key.lower()]
        fix = f"Did you mean {near[0]}?" if near else ""
        raise FileError(path, "an option of the original code", key, fix, number)
    try:
        return key, _TYPES[kind](value)
    except ValueError:
        found = repr(value) if value else "nothing"
        raise FileError(path, f"{key} to be {kind}", found, line=number) from None


def _refuse_what_is_missing_here(
    path: Path, values: Mapping[str, Any], lines: Mapping[str, int]
) -> None:
    """Stop at settings whose pictures would come out different here."""
    wanted = {
        "use_viewdirs": (True, "networks that do not see the direction are not read"),
        "use_time": (False, "networks that see the time are not read"),
        "N_importance": (0, "second, fine networks are not read"),
    }
    for key, (value, reason) in wanted.items():
        if values[key] != value:
            fix = f"Only such models can be imported: {reason}."
            found = f"{key} = {values[key]}"
            raise FileError(path, f"{key} = {value}", found, fix, lines.get(key))
    for key, known in (("sampling_method", _SAMPLING), ("plane_type", SPACINGS)):
        if values[key] not in known:
            expected = f"{key} to be one of {', '.join(known)}"
            raise FileError(path, expected, values[key], line=lines.get(key))


def _config(
    path: Path, values: Mapping[str, Any], lines: Mapping[str, int]
) -> OriginalConfig:
    only: Only = "all"
    if values["bckg_only"] or not (
        values["use_object_properties"] or values["obj_only"]
    ):
        only = "background"
    elif values["obj_only"]:
        only = "objects"
    frames = (_frame(path, values, lines, "first"), _frame(path, values, lines, "last"))
    return OriginalConfig(
        _paper(values),
        values["dataset_type"],
        Path(values["datadir"]),
        Path(values["basedir"]) / values["expname"],
        frames,
        only,
        values["N_rand"],
        values["lrate"],
        values["lrate_decay"] * 1000,
    )


def _frame(
    path: Path, values: Mapping[str, Any], lines: Mapping[str, int], end: str
) -> int:
    """The first of the frames that a comma list names, as for KITTI."""
    key = f"{end}_frame"
    text = values[key].split(",")[0].strip()
    try:
        return int(text)
    except ValueError:
        expected = f"{key} to be a whole number"
        raise FileError(path, expected, repr(text), line=lines.get(key)) from None


def _paper(values: Mapping[str, Any]) -> PaperConfig:
    plain = values["i_embed"] == -1
    return PaperConfig(
        netdepth=values["netdepth"],
        netwidth=values["netwidth"],
        netdepth_obj=values["netdepth_fine"],
        netwidth_obj=values["netwidth_fine"],
        multires=0 if plain else values["multires"],
        multires_views=0 if plain else values["multires_views"],
        # -1 is the original's way to leave a position as it is.
        multires_obj=0 if plain else max(0, values["multires_obj"]),
        n_samples=values["N_samples"],
        n_samples_obj=values["N_samples_obj"],
        sampling=_SAMPLING[values["sampling_method"]],
        plane_type=values["plane_type"],
        near=values["near_plane"],
        far=values["far_plane"],
        latent_size=max(0, values["latent_size"]),
        latent_balance=values["latent_balance"],
        box_scale=values["box_scale"],
        object_setting=1 if values["object_setting"] == 1 else 0,
        opaque=values["obj_opaque"],
        white_background=values["white_bkgd"],
        raw_noise_std=values["raw_noise_std"],
        perturb=values["perturb"] > 0 and values["sampling_method"] != "discrete",
        original_distances=True,
    )

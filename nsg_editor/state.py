"""All that the editor knows at one moment, as one frozen value.

Pixels and weights are not here, nor are threads and processes: those belong to the
worker and to the jobs, which report what the screen should know about them.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from nsg_core.documents.project import FIRST_VARIANT, Variant
from nsg_core.edits.edit import Edit
from nsg_core.scene import Matrix, ObjectNode, Pose, Scene
from nsg_core.sequence import Sequence
from nsg_editor.geometry.transform import Hands, Transform
from nsg_editor.values.cast import Cast
from nsg_editor.values.flight import Flight
from nsg_editor.values.front import Front
from nsg_editor.values.history import History, start
from nsg_editor.values.looking import Looking
from nsg_editor.values.outline import Outline, soloed
from nsg_editor.values.plans import BoardInfo, ExportPlan, Job, Precheck, TrainPlan
from nsg_editor.values.runs import RunInfo
from nsg_editor.values.scope import Scope
from nsg_editor.values.settings import Settings
from nsg_editor.values.survey import Survey
from nsg_editor.values.timing import Timing
from nsg_editor.values.views import Views


@dataclass(frozen=True, slots=True)
class Drive:
    """A recording and where it came from."""

    recording: Scene
    sequence: Sequence = field(compare=False, repr=False)
    """The same drive with its pictures."""
    data: Path = Path()
    """The folder that `nsg` commands are given."""
    name: str | None = None
    """The sequence within that folder, as it was asked for."""
    frames: tuple[int, int] | None = None
    runs: Path = Path("runs")
    """Where trainings of this drive are kept."""
    builtin: bool = False
    """The street that comes with the program."""

    @property
    def title(self) -> str:
        """What the window calls it, and the runs that are trained on it."""
        if self.builtin:
            return "street"
        folder = self.data.parent if self.data.name == "training" else self.data
        return f"{folder.name} {self.recording.sequence}".strip() or "drive"


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """The weights that draw the picture."""

    status: Literal["none", "loading", "ready", "failed"] = "none"
    path: Path | None = None
    step: int = 0
    device: str = ""
    keys: frozenset[str] = frozenset()
    """Objects it can draw."""
    version: int = 0
    """Counts what was asked for, so that the same file can be loaded again."""
    before: Path | None = None
    """The weights that draw while those of `path` are read; None: these do."""


@dataclass(frozen=True, slots=True)
class PictureInfo:
    """What is known of the picture on the screen."""

    stride: int
    final: bool
    """As fine as was asked for, and nothing else is asked for by now."""
    milliseconds: float
    """Since its request was made."""
    rays_per_s: float
    samples: int = 1
    left_s: float = 0.0
    """Seconds until full resolution, at the speed so far; when it arrived."""
    arrived: float = 0.0
    """When that was, by the clock that never goes back."""


@dataclass(frozen=True, slots=True)
class Dialog:
    """Something that went wrong, in words that can be copied."""

    title: str
    text: str
    remedy: str = ""
    """An action that may help, offered beside the text."""


@dataclass(frozen=True, slots=True)
class Target:
    """Something to open: a project or a data set."""

    path: Path
    sequence: str | None = None
    frames: tuple[int, int] | None = None
    data: Path | None = None
    """Where a project's data set is now; None: where the project says."""


@dataclass(frozen=True, slots=True)
class Wish:
    """The user wants to leave this drive, and is asked about what is not saved."""

    target: Target | None = None
    """For this one; None: for good."""


@dataclass(frozen=True, slots=True)
class EditorState:
    """One moment of the editor."""

    drive: Drive
    history: History
    frame: int
    camera: str
    selection: int | None = None
    """The active object: the one that was selected last."""
    others: frozenset[int] = frozenset()
    """What is selected besides it."""
    scope: Scope = field(default_factory=Scope)
    """Where in time edits hold."""
    timing: Timing = field(default_factory=Timing)
    """What the tools for motion are doing."""
    hands: Hands = field(default_factory=Hands)
    """How objects are taken hold of, and what is going on with them."""
    settings: Settings = field(default_factory=Settings)
    """What the user has chosen for the program, whatever is open."""
    front: Front = field(default_factory=Front)
    """Windows that the user has called up."""
    outline: Outline = field(default_factory=Outline)
    """How the list of the scene is looked at."""
    flight: Flight = field(default_factory=Flight)
    """Where the preview of the camera path is."""
    survey: Survey = field(default_factory=Survey)
    """What a look through the whole drive has found."""
    hover: int | None = None
    views: Views = field(default_factory=Views)
    """What the free view and the map look at."""
    free: Matrix | None = None
    """Where the camera view looks from when somebody has turned it away; None:
    through the recorded camera."""
    shown: Literal["neural", "recorded"] = "neural"
    looking: Looking = field(default_factory=Looking)
    """What of the picture is shown, and what it is compared with."""
    compared: str | None = None
    """The variant that the picture is compared with, in place of no edits."""
    rival: Path | None = None
    """The checkpoint that the picture is compared with, in place of no edits."""
    beside: tuple[str, ...] = ()
    """Variants that are shown side by side, the one that was chosen last at the end."""
    cast: Cast = field(default_factory=Cast)
    """Who is chosen in the casting sheet, and who is carried into a view."""
    panel: tuple[int, int] = (960, 540)
    """Pixels that the picture's panel has."""
    tabs: tuple[str, ...] = ()
    """Titles of the panels that were chosen, the last one first."""
    playing: bool = False
    boxes: bool = True
    help: bool = False
    notice: str = ""
    """One line for the status bar."""
    dialog: Dialog | None = None
    older: tuple[Dialog, ...] = ()
    """Messages behind that one, the next one last."""
    model: ModelInfo = ModelInfo()
    picture: PictureInfo | None = None
    train_plan: TrainPlan = field(default_factory=TrainPlan)
    train: Job = field(default_factory=Job)
    runs: tuple[RunInfo, ...] = ()
    """Trainings of this drive that lie on the disk, the newest first."""
    board: BoardInfo = field(default_factory=BoardInfo)
    export_plan: ExportPlan = field(default_factory=ExportPlan)
    precheck: Precheck | None = None
    """What is asked before an export; None: nothing."""
    export: Job = field(default_factory=Job)
    film: Job = field(default_factory=Job)
    """A camera path that is drawn to a video."""
    project: Path | None = None
    saving: Path | None = None
    """Where the edits are being written to, at this moment."""
    saved: tuple[Variant, ...] = (Variant(FIRST_VARIANT),)
    """What the project's file holds."""
    choosing: bool = False
    """The dialog that opens another drive is shown."""
    wanted: Target | None = None
    """What shall be opened, until it is known whether it can be."""
    wish: Wish | None = None
    then: Target | None = None
    """What is opened once this drive is left."""
    quitting: bool = False

    @property
    def scene(self) -> Scene:
        """The edited scene, as it is looked at: soloed objects hide all others."""
        return soloed(self.history.present.scene, self.outline.solo)

    @property
    def edits(self) -> tuple[Edit, ...]:
        """All edits since the recording."""
        return self.history.present.edits

    @property
    def dirty(self) -> bool:
        """There are edits that no project file holds."""
        return self.history.present.variants != self.saved

    @property
    def transform(self) -> Transform | None:
        """The move, turn or resize by keys that is going on."""
        return self.hands.transform

    @property
    def selected(self) -> ObjectNode | None:
        """The selected object."""
        nodes = self.scene.objects
        return next((o for o in nodes if o.track_id == self.selection), None)

    @property
    def selected_tracks(self) -> tuple[int, ...]:
        """All that is selected and there; the active object comes last."""
        chosen = self.others - {self.selection}
        tracks = [o.track_id for o in self.scene.objects if o.track_id in chosen]
        active = [] if self.selected is None else [self.selected.track_id]
        return (*tracks, *active)

    @property
    def selected_pose(self) -> Pose | None:
        """Where the selected object is in this frame, if it is there."""
        node = self.selected
        return None if node is None else node.track.at(self.frame)

    @property
    def flying(self) -> bool:
        """The picture shows what the camera sees on its path."""
        view = self.flight.view
        return view is not None and view.T_world_camera == self.free

    @property
    def neural(self) -> bool:
        """The picture comes from the model; nothing else can fill the free view."""
        wanted = self.shown == "neural" or self.free is not None
        return self.model.status == "ready" and wanted


def open_drive_state(
    drive: Drive,
    edits: tuple[Edit, ...] = (),
    project: Path | None = None,
    checkpoint: Path | None = None,
    variant: str = FIRST_VARIANT,
    variants: tuple[Variant, ...] = (),
) -> EditorState:
    """The first moment of an opened drive."""
    scene = drive.recording
    history = start(scene, edits, variant, variants)
    name = drive.title.replace(" ", "-")
    model = ModelInfo("loading", checkpoint, version=1) if checkpoint else ModelInfo()
    return EditorState(
        drive,
        history,
        scene.frames[0],
        scene.cameras[0].name,
        model=model,
        project=project,
        saved=history.present.variants,
        export_plan=ExportPlan(Path.cwd() / f"edited-{name}"),
    )

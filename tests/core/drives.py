"""Small drives made by hand or by Hypothesis, for tests of values and files."""

import math

from hypothesis import strategies as st

from nsg_core.edits.edit import Duplicate, Edit, Move, Remove, SetCamera, Turn
from nsg_core.scene import Camera, ObjectNode, Pose, Scene, Size, Track

CAR = Size(4.2, 1.5, 1.8)
PERSON = Size(0.8, 1.75, 0.6)


def matrix(x: float = 0.0, y: float = 0.0, z: float = 0.0) -> tuple[float, ...]:
    """A camera that looks along the world's z from a point."""
    return (1.0, 0, 0, x, 0, 1.0, 0, y, 0, 0, 1.0, z, 0, 0, 0, 1.0)


def small_scene(frames: int = 4, size: tuple[int, int] = (96, 64)) -> Scene:
    """Two cameras that drive forward, a moving car, a parked car, a person."""
    numbers = tuple(range(frames))
    width, height = size

    def camera(name: str, x: float) -> Camera:
        Ts = tuple(matrix(x, 0.0, 0.4 * i) for i in numbers)
        middle = ((width - 1) / 2, (height - 1) / 2)
        return Camera(name, width, height, 0.6 * width, 0.6 * width, *middle, Ts)

    def node(track: int, category: str, size: Size, poses: list[Pose]) -> ObjectNode:
        at = Track(numbers[: len(poses)], tuple(poses))
        return ObjectNode(track, category, size, at, f"object/{track}")

    moving = [Pose((-2.5, 1.6, 9.0 + i), -math.pi / 2) for i in numbers]
    parked = [Pose((2.5, 1.6, 14.0), 1.4) for _ in numbers]
    person = [Pose((0.8 + 0.2 * i, 1.6, 7.0), 0.3) for i in numbers[: frames - 1]]
    objects = (
        node(0, "Van", CAR, moving),
        node(3, "Car", CAR, parked),
        node(5, "Pedestrian", PERSON, person),
    )
    cameras = (camera("image_02", 0.0), camera("image_03", 0.54))
    return Scene("kitti-tracking", "0000", numbers, cameras, objects)


numbers = st.floats(-1e3, 1e3, allow_subnormal=False)
vectors = st.tuples(numbers, numbers, numbers)
angles = st.floats(-10.0, 10.0, allow_subnormal=False)
ranges = st.tuples(st.integers(0, 500), st.integers(0, 500)).map(
    lambda pair: (min(pair), max(pair))
)
scopes = st.none() | ranges
tracks = st.integers(0, 10_000)
names = st.text(min_size=1, max_size=12)
pixels = st.tuples(st.integers(1, 4000), st.integers(1, 4000))
mounts = st.builds(
    SetCamera,
    camera=names,
    shift=vectors,
    turn=st.tuples(angles, angles, angles),
    focal_scale=st.floats(0.01, 100),
    size=st.none() | pixels,
    frames=scopes,
)
edits: st.SearchStrategy[Edit] = st.one_of(
    st.builds(Move, tracks, vectors, scopes),
    st.builds(Turn, tracks, angles, scopes),
    st.builds(Remove, tracks),
    st.builds(Duplicate, tracks, tracks, vectors),
    mounts,
)
edit_lists = st.lists(edits, max_size=8).map(tuple)

poses = st.builds(Pose, vectors, st.floats(-math.pi, math.pi))
sizes = st.builds(Size, *[st.floats(0.1, 20.0)] * 3)


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    """Any drive with a few objects, whose tracks may have gaps."""
    frames = tuple(range(draw(st.integers(1, 6))))
    ids = draw(st.lists(st.integers(0, 99), unique=True, min_size=1, max_size=4))
    objects = []
    for track_id in ids:
        seen = draw(
            st.lists(st.sampled_from(frames), unique=True, min_size=1).map(sorted)
        )
        at = Track(tuple(seen), tuple(draw(poses) for _ in seen))
        size = draw(sizes)
        objects.append(ObjectNode(track_id, "Car", size, at, f"object/{track_id}"))
    Ts = tuple(matrix(*draw(vectors)) for _ in frames)
    camera = Camera("image_02", 64, 48, 40.0, 41.0, 31.0, 23.0, Ts)
    return Scene("kitti-tracking", "0000", frames, (camera,), tuple(objects))

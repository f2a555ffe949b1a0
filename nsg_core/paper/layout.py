"""What a scene adds to the paper's model: planes, networks for its objects, cameras."""

import numpy as np

from nsg_core.paper.config import ObjectField, PaperConfig, PaperLayout
from nsg_core.paper.original.planes import Planes, lay_planes, opengl_poses
from nsg_core.paper.sampling import PlaneStack
from nsg_core.scene import ObjectNode, Scene


def lay_out(config: PaperConfig, scene: Scene) -> PaperLayout:
    """The layout of a scene: objects share a class's network if they have codes."""
    planes = None
    if config.sampling == "planes":
        poses, samples = opengl_poses(scene), config.n_samples
        near, far = config.near, config.far
        planes = lay_planes(poses, near, far, config.plane_type, samples)
    unique = {node.model: node for node in scene.objects}
    objects = tuple(_object(config, node) for node in unique.values())
    cameras = tuple(camera.name for camera in scene.cameras)
    return PaperLayout(plane_stack(planes), objects, cameras)


def _object(config: PaperConfig, node: ObjectNode) -> ObjectField:
    shared = config.latent_size > 0
    network = f"class/{node.category}" if shared else node.model
    person = node.category == "Pedestrian"
    grow = config.pedestrian_scale if person else config.box_scale
    return ObjectField(node.model, network, grow)


def plane_stack(planes: Planes | None) -> PlaneStack | None:
    """The original's planes as plain numbers.

    The number of the last one is rounded up from 32-bit numbers there, so a rounding
    error may add a plane; weights trained with it need it again.
    """
    if planes is None:
        return None
    bounds = planes.bounds.astype(np.float32)
    depth = np.linalg.norm(bounds[:, 1] - bounds[:, 0])
    last = float(np.ceil(depth / np.float32(planes.delta))) + 1
    first_x, first_y, first_z = planes.first.tolist()
    normal_x, normal_y, normal_z = planes.normal.tolist()
    return PlaneStack(
        (first_x, first_y, first_z),
        (normal_x, normal_y, normal_z),
        float(planes.delta),
        tuple(planes.ids.tolist()),
        last,
        float(planes.near),
    )

"""Pictures of the street with pyrender: colour, exact depth, and who is where.

Everything here belongs to one thread of one process: deleting a pyrender renderer ends
every other one in its process, so the street is drawn by a program of its own.
"""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float, Int, UInt8

from nsg_core.datasets.street.parts import Mesh, Part, flatten
from nsg_core.datasets.street.sun import Sun
from nsg_core.view import View

if sys.platform == "linux":
    os.environ.setdefault("PYOPENGL_PLATFORM", "egl")
if not hasattr(np, "infty"):
    # pyrender 0.1.45 asks for a name that NumPy 2 has dropped.
    setattr(np, "infty", np.inf)  # noqa: B010

import OpenGL.GL as gl
import pyrender
import pyrender.light
import pyrender.renderer

SHADOW_TEXELS = 4096
OPENGL = np.diag([1.0, -1.0, -1.0, 1.0])
MAX_ANISOTROPY = 0x84FE
ANISOTROPY = 8.0
NEAR, FAR = 0.3, 900.0
# Display gamma and back, as tables.
TO_LIGHT = (np.linspace(0, 1, 256) ** 2.2).astype(np.float32)
TO_CODE = np.round(255 * np.linspace(0, 1, 65536) ** (1 / 2.2)).astype(np.uint8)


def _single_sample(target: int, _: int, *shape: int) -> None:
    gl.glRenderbufferStorage(target, *shape)


class _Texture(pyrender.Texture):
    """A texture that stays sharp where it is seen at a flat angle."""

    def _add_to_context(self) -> None:
        # Rows lie one after the other; OpenGL would expect them padded to 4 bytes.
        gl.glPixelStorei(gl.GL_UNPACK_ALIGNMENT, 1)
        super()._add_to_context()
        gl.glBindTexture(self.tex_type, self._texid)
        gl.glTexParameterf(self.tex_type, MAX_ANISOTROPY, ANISOTROPY)
        gl.glBindTexture(self.tex_type, 0)


@dataclass(frozen=True)
class Shot:
    """What one camera sees."""

    rgb: UInt8[np.ndarray, "height width 3"]
    depth: Float[np.ndarray, "height width"]
    """Metres along the camera's z at the pixel's centre; 0: sky."""
    track: Int[np.ndarray, "height width"]
    """Track id; -1: no object."""


class StreetRenderer:
    """One scene in one OpenGL context: static parts, and objects that move."""

    def __init__(self, static: Mesh, objects: Mapping[int, tuple[Mesh, ...]], sun: Sun):
        """`objects`: the meshes of each track, one for each phase of its gait."""
        # Our averaging replaces multisampling, which costs three times as much.
        pyrender.renderer.glRenderbufferStorageMultisample = _single_sample
        pyrender.light.SHADOW_TEX_SZ = SHADOW_TEXELS
        pyrender.renderer.SHADOW_TEX_SZ = SHADOW_TEXELS
        self._sun = sun
        self._scene = pyrender.Scene(ambient_light=sun.ambient)
        self._textures: dict[int, Any] = {}
        self._static = [self._add(p) for p in static]
        self._objects = {
            track: [[self._add(p) for p in mesh] for mesh in phases]
            for track, phases in objects.items()
        }
        light = pyrender.DirectionalLight(color=sun.color, intensity=sun.intensity)
        self._scene.add(light, pose=sun.T_world_light())
        self._camera = self._scene.add(pyrender.IntrinsicsCamera(1, 1, 0, 0))
        self._gl = pyrender.OffscreenRenderer(8, 8)
        view, projection = np.linalg.inv(sun.T_world_light()), sun.projection()
        inner: Any = self._gl._renderer
        # pyrender spreads its shadow map over everything, sky included; ours is tight.
        inner._get_light_cam_matrices = lambda scene, node, flags: (view, projection)
        # It draws from far to near; the other way round hides most pixels unshaded.
        inner._sorted_mesh_nodes = self._near_to_far

    def close(self) -> None:
        """Give the OpenGL context back."""
        self._gl.delete()

    def shoot(
        self, view: View, poses: Mapping[int, tuple[np.ndarray, int]], smooth: int = 2
    ) -> Shot:
        """A picture of objects at their `T_world_object` and phase; others are absent.

        Colours are averaged over `smooth` x `smooth` samples a pixel, depth and tracks
        are those of its centre.
        """
        nodes = self._place(poses)
        self._look(view, 1)
        ids, depth = self._render(pyrender.RenderFlags.SEG, self._colors(nodes))
        self._look(view, smooth)
        rgb, _ = self._render(pyrender.RenderFlags.SHADOWS_DIRECTIONAL)
        # Averaged as light, not as code values, so that thin bright things stay so.
        light = TO_LIGHT[rgb].reshape(view.height, smooth, view.width, smooth, 3)
        levels = np.round(light.mean((1, 3)) * (len(TO_CODE) - 1)).astype(np.uint16)
        track = ids[..., 0].astype(np.int64) * 256 + ids[..., 1] - 1
        return Shot(TO_CODE[levels], depth, track)

    def silhouette(self, view: View, track: int, pose: np.ndarray, phase: int) -> int:
        """Pixels that an object would cover if nothing stood before it."""
        nodes = self._place({track: (pose, phase)})
        self._look(view, 1)
        colors = dict.fromkeys(nodes[track], (255, 255, 255))
        ids, _ = self._render(pyrender.RenderFlags.SEG, colors)
        return int((ids[..., 0] > 0).sum())

    def _render(self, flags: int, colors: Any = None) -> tuple[np.ndarray, np.ndarray]:
        rendered: Any = self._gl.render(self._scene, flags, colors)
        return rendered

    def _near_to_far(self, scene: Any) -> list[Any]:
        eye = scene.get_pose(self._camera)[:3, 3]

        def distance(node: Any) -> float:
            if node.mesh.name == "sky":
                return np.inf
            middle = scene.get_pose(node) @ node.mesh.extras["middle"]
            return float(np.linalg.norm(middle[:3] - eye))

        return sorted(scene.mesh_nodes, key=distance)

    def _place(
        self, poses: Mapping[int, tuple[np.ndarray, int]]
    ) -> dict[int, list[Any]]:
        shown: dict[int, list[Any]] = {}
        for track, phases in self._objects.items():
            T, phase = poses.get(track, (None, -1))
            for i, nodes in enumerate(phases):
                for node in nodes:
                    node.mesh.is_visible = i == phase
                    if T is not None and i == phase:
                        self._scene.set_pose(node, T)
            if T is not None:
                shown[track] = phases[phase]
        return shown

    def _colors(
        self, nodes: Mapping[int, list[Any]]
    ) -> dict[Any, tuple[int, int, int]]:
        # The sky is left out, so its depth reads 0.
        colors = {node: (0, 0, 0) for node in self._static if node.mesh.name != "sky"}
        for track, parts in nodes.items():
            high, low = divmod(track + 1, 256)
            colors |= dict.fromkeys(parts, (high, low, 0))
        return colors

    def _look(self, view: View, smooth: int) -> None:
        self._gl.viewport_width = view.width * smooth
        self._gl.viewport_height = view.height * smooth
        # OpenGL counts from a pixel's corner, we from its centre.
        self._camera.camera = pyrender.IntrinsicsCamera(
            view.fx * smooth,
            view.fy * smooth,
            (view.cx + 0.5) * smooth,
            (view.cy + 0.5) * smooth,
            znear=NEAR,
            zfar=FAR,
        )
        self._scene.set_pose(self._camera, view.matrix() @ OPENGL)

    def _add(self, p: Part) -> Any:
        p = flatten(p) if p.normals is None else p
        texture = self._texture(p.texture)
        material = pyrender.MetallicRoughnessMaterial(
            baseColorFactor=np.array((0.0, 0, 0, 1) if p.emissive else (1.0, 1, 1, 1)),
            baseColorTexture=None if p.emissive else texture,
            emissiveFactor=np.full(3, 1.0 if p.emissive else 0.0),
            emissiveTexture=texture if p.emissive else None,
            metallicFactor=1.0 if p.emissive else 0.0,
            roughnessFactor=p.roughness,
        )
        colors = np.concatenate([p.colors, np.ones((len(p.colors), 1))], 1)
        primitive = pyrender.Primitive(
            positions=p.vertices.astype(np.float32),
            normals=None if p.normals is None else p.normals.astype(np.float32),
            # pyrender puts the origin of a texture at its bottom.
            texcoord_0=None if p.uv is None else (p.uv * (1, -1) + (0, 1)),
            color_0=colors.astype(np.float32),
            indices=p.faces.astype(np.uint32),
            material=material,
        )
        mesh: Any = pyrender.Mesh([primitive], name="sky" if p.emissive else None)
        mesh.extras = {"middle": np.append(p.vertices.mean(0), 1.0)}
        return self._scene.add(mesh)

    def _texture(self, pixels: np.ndarray | None) -> Any:
        if pixels is None:
            return None
        if id(pixels) not in self._textures:
            self._textures[id(pixels)] = _Texture(source=pixels, source_channels="RGB")
        return self._textures[id(pixels)]

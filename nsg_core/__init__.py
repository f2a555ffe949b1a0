"""Neural scene graphs of recorded drives, without a screen.

Conventions, everywhere in this package and in the editor:

=================  ============================================================
World              metres, right-handed, **y points down** (KITTI's camera
                   frame: rectified camera 0 at the first frame of the sequence)
Camera             OpenCV axes: x right, y down, z forward; a pixel's centre has
                   integer coordinates (u to the right, v down)
Object             x along the length (forward), y down, z along the width; the
                   origin is the middle of the box's *bottom* face, so the box is
                   x in [-l/2, l/2], y in [-h, 0], z in [-w/2, w/2]
Yaw                about +y: the box's forward axis in the world is
                   (cos yaw, 0, -sin yaw), as ``rotation_y`` in KITTI labels
``T_world_camera``  maps camera coordinates to world coordinates; chains read
                   like dominoes: ``T_world_object = T_world_camera @ T_camera_object``
Ray                unit direction, so distances ``t`` along it are metric
Angles             radians in code, degrees on the screen and the command line
Colours            [0, 1] float32 in memory, uint8 [height width 3] in files
=================  ============================================================

The only place that departs from this is ``original`` (OpenGL camera axes, for
compatibility with the original code's files).
"""

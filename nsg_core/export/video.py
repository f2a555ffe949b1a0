"""A video of numbered pictures, whole or not at all."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import cast

from nsg_core.errors import NsgError
from nsg_core.export.pictures import read_png
from nsg_core.files import whole_file

RATE = 10
"""Pictures a second, as KITTI's cameras take them."""


def write_video(path: Path, pictures: list[Path], rate: float = RATE) -> Iterator[int]:
    """Write pictures of one size as an MP4 file; yields how many are in so far."""
    import imageio_ffmpeg

    height, width = read_png(pictures[0]).shape[:2]
    # The common pixel format halves the colours' resolution: both edges must be even.
    even = ["-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2", "-f", "mp4"]
    with whole_file(path) as temporary:
        try:
            video = imageio_ffmpeg.write_frames(
                str(temporary),
                (width, height),
                # It takes fractions too, whatever its default makes of its type.
                fps=cast(int, rate),
                quality=8,
                macro_block_size=1,
                output_params=even,
            )
            with closing(video):
                video.send(None)
                for count, picture in enumerate(pictures, 1):
                    video.send(read_png(picture).tobytes())
                    yield count
        except RuntimeError as error:
            raise NsgError(
                f"cannot write {path}: no ffmpeg ({error}). Install imageio-ffmpeg "
                "again or leave the video out with --no-video."
            ) from None

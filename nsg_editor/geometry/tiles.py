"""Some pictures of one shape in a room, as large as they can be."""

from nsg_editor.geometry.arrangement import Rect


def tiles(room: Rect, count: int, shape: float, gap: int = 4) -> tuple[Rect, ...]:
    """Equal places in a room for pictures of a shape (width through height).

    Side by side or one below the other, whichever makes the pictures larger.
    """

    def width_of(columns: int) -> float:
        cell = _cell(room, columns, -(-count // columns), gap)
        return min(cell[0], cell[1] * shape)

    columns = max(range(1, count + 1), key=width_of)
    rows = -(-count // columns)
    width, height = _cell(room, columns, rows, gap)
    return tuple(
        Rect(
            room.x + (i % columns) * (width + gap),
            room.y + (i // columns) * (height + gap),
            width,
            height,
        )
        for i in range(count)
    )


def _cell(room: Rect, columns: int, rows: int, gap: int) -> tuple[int, int]:
    width = (room.width - (columns - 1) * gap) // columns
    height = (room.height - (rows - 1) * gap) // rows
    return max(width, 1), max(height, 1)

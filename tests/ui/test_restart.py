"""What a person has arranged is as it was after a restart."""

from pathlib import Path

from tests.ui.screens import Desk, desk, editor_on

KEPT = ("tabs", "liked")
ARRANGED = ("order", "folded", "large")


def chosen(editor: Desk) -> dict[str, object]:
    """What is kept of the window, and where its parts lie."""
    state = editor.until(lambda s: s["model"]["status"] == "ready")
    places = {name: place for name, place in state["panes"].items() if place}
    views = {name: state["views"][name] for name in ARRANGED}
    return {name: state[name] for name in KEPT} | views | {"panes": places}


def test_sizes_places_folds_tabs_scale_colours_and_keys_are_kept(
    tmp_path: Path,
) -> None:
    with desk(tmp_path) as editor:
        usual = chosen(editor)
        editor.ask("swap-views", view="camera", other="map")
        editor.ask("divide", part="large", to=0.7)
        editor.ask("divide", part="right", to=320)
        editor.ask("fold", dock="left", on=True)
        editor.ask("panel", title="Export")
        editor.ask("panel", title="Checks")
        editor.ask("ui-scale", to=1.25)
        editor.ask("theme", name="light")
        editor.ask("keymap", name="Unreal")
        wished = chosen(editor)
        light = editor.pixels().mean()
    assert wished != usual
    data, weights = tmp_path / "data", tmp_path / "fake.safetensors"
    arguments = (str(data), "--checkpoint", str(weights))
    with editor_on(tmp_path, *arguments, program="tests.ui.fake_editor") as editor:
        assert chosen(editor) == wished
        assert abs(editor.pixels().mean() - light) < 12, "as light as it was"

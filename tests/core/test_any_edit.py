"""What holds for every kind of edit there is, alone and after others."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nsg_core.documents import scene_file
from nsg_core.documents.scene_file import edits_from_json, edits_to_json
from nsg_core.edits.edit import Edit, replay
from nsg_core.manoeuvres.table import Manoeuvre
from tests.any_edits import KINDS, any_edits
from tests.editor.scenes import street

REFUSED = (HealthCheck.filter_too_much, HealthCheck.too_slow)
"""What a scene refuses is drawn anew."""
FILE = Path("/made-up/edits.json")


def test_every_kind_is_made_here() -> None:
    stored = {type_ for type_, _ in scene_file._EDITS.values()}
    assert set(KINDS) == stored | {Manoeuvre}


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=8, suppress_health_check=REFUSED, deadline=None)
@given(st.data())
def test_an_edit_of_any_kind_is_kept_in_files_and_replayed(
    kind: type, data: st.DataObject
) -> None:
    edits: tuple[Edit, ...] = data.draw(any_edits(street(), 3, ends_with=kind))
    assert type(edits[-1]) is kind
    assert edits[-1].label
    read = edits_from_json(edits_to_json(edits), FILE)
    scene, again = (replay(street(), e) for e in (edits, read))
    assert [type(edit) for edit in read] == [type(edit) for edit in edits]
    assert [n.track_id for n in again.objects] == [n.track_id for n in scene.objects]
    for node, same in zip(scene.objects, again.objects, strict=True):
        assert same.track.frames == node.track.frames
        for pose, twin in zip(node.track.poses, same.track.poses, strict=True):
            assert twin.position == pytest.approx(pose.position, abs=1e-6)
            assert twin.angles == pytest.approx(pose.angles, abs=1e-6)

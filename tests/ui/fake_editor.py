"""The editor with an analytic model, for tests that need a window but no training."""

import sys

from nsg_editor import app
from tests.editor.fakes import fake_load, fake_render

if __name__ == "__main__":
    app.render_request = fake_render
    app.program(sys.argv[1:], fake_load)

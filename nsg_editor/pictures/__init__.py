"""Where pictures come from: the worker, the shapes, small pictures, shading."""

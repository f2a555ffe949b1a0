"""The edited drive as a data set: pictures, depth, instances, labels, video."""

"""What lies around the views: bars, docks and their panels."""

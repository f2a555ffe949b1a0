"""Protocols and metrics: which frames are held out, how near a picture comes."""

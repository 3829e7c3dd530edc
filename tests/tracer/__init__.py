"""Tests of the Python tracer; standard library only. `python3 -m unittest discover` in this folder."""

"""A small IT services company that buys hardware, invented for this project: CSV files."""

from pathlib import Path

FOLDER = Path(__file__).parent
"""Where the files are; of the shape that ``sandbox load autotask`` reads."""

"""Inputs nobody would write, thrown at every reader of what comes from outside.

``targets`` names the readers, each with its seeds and what it may raise; ``mutation`` spoils
seeds, the same way for the same number; ``running`` judges one input or many.
"""

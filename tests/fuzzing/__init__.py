"""Inputs nobody would write, thrown at every reader of what comes from outside.

``targets``   the readers, each with its seeds and the failures it may answer with
``mutation``  spoils seeds, the same way for the same number
``keeping``   what a reader gave can be kept: every number finite, every text storable
``running``   judges one input, or many
``seeds``     what our own sandboxes answered

``./dev fuzz --help`` says how long runs are made and how an input is read again.
"""

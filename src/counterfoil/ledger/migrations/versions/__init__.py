"""The revisions, oldest first; what was released stays as it is."""

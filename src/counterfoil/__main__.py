"""``python -m counterfoil`` is ``counterfoil``."""

from counterfoil.cli import main

main()

"""``python -m yellowcart``: the same as the console script."""

from yellowcart.cli import main

main()

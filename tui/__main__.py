"""`python -m tui` is `handrail`."""

from tui.cli import main

main()

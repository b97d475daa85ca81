"""`python -m tui` is `handrail`."""

from tui.entry import main

main()

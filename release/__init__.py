"""How a release is made and tried: what a maintainer runs, and the workflow of the code host."""

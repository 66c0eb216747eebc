"""The claims of the paper on real data: `make reproduce`. See docs/reproduction/README.md."""

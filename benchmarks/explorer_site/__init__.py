"""A small Wagtail site for `benchmarks.explorer`, which runs it in another environment."""

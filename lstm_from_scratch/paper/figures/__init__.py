"""Every figure of the results, drawn as SVG: the same numbers give the same bytes."""

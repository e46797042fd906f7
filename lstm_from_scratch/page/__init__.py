"""What a person sees: the demo, and the page that it ends with."""

"""How a model learns: batches, a recipe, a run that can be stopped anywhere, and the loop around it."""

"""What a model is worth: on songs that it has not seen, beside counting models, and by its melodies."""

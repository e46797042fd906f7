"""What the lessons lean on: checks and graders, drawings and sound, and what opens and runs them."""

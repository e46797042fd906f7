"""What grades each lesson's exercises: one module a lesson, one function an exercise."""

"""What each lesson draws and prepares, and its reader need not read: one file a lesson."""

"""Collections of songs that come with a package: read in place, and written as **kern in a user's folder."""

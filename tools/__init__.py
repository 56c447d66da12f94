"""What the makers of Newskeep run; nothing here is installed with it."""

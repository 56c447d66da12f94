"""What `newskeep doctor` looks at. A check gives findings and raises nothing on purpose."""

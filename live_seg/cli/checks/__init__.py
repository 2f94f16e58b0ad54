"""What `live-seg doctor` looks at; one file a subject."""

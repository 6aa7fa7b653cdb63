"""In what two logs differ."""

"""What leaves memory, without what is personal or secret."""

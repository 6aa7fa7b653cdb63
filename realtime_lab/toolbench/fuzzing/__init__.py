"""Tools called with what their schemas allow, and with what they forbid."""

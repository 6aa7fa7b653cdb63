"""A log for others: what it says about itself, in their formats, without what is personal."""

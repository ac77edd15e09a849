"""Tags of the operator's desk."""

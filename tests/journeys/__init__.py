"""Stories told through HTTP."""

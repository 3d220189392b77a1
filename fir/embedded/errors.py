"""The one kind of error that the launcher shows to its user as a plain sentence."""


class LauncherError(Exception):
    """Says what is wrong, where, and what to do; shown without a traceback."""

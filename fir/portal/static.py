"""Static files under names made of their content."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Hashed names, also inside scripts that import one another."""

    support_js_module_import_aggregation = True

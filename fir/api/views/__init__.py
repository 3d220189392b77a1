"""One module a subject, one class a URL."""

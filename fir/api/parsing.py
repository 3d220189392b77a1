"""Reading JSON bodies."""

from typing import Any

from rest_framework import exceptions, parsers


class JSONParser(parsers.JSONParser):
    """JSON, and a clear answer to JSON that is nested too deeply to be read."""

    def parse(self, *args: Any, **kwargs: Any) -> Any:
        """The body's value. Raises ParseError."""
        try:
            return super().parse(*args, **kwargs)
        except RecursionError as error:
            raise exceptions.ParseError("The JSON is nested too deeply.") from error

"""The shapes of what the doors take and answer, for the OpenAPI document.

`fir.api.answers` makes the answers; a test holds every real answer against these shapes, so that
the document is true. A field may be added here, never renamed or taken away.
"""

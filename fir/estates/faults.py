"""What is wrong with an inventory as a whole."""


class SourceFault(ValueError):
    """The inventory cannot be read as a whole: nothing of it is kept. Names the line, and in a ZIP
    the member by its number."""

    def __init__(self, line: int, message: str, member: int = 0) -> None:
        self.line = line
        self.message = message
        self.member = member
        where = f"Member {member}, line" if member else "Line"
        super().__init__(f"{where} {line}: {message}")

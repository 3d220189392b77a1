"""What a rule is, whatever it judges: a sentence, where it comes from, and yes or no. Pure."""

from typing import ClassVar, Generic, TypeVar

Facts = TypeVar("Facts")


class Rule(Generic[Facts]):
    """A rule: the docstring of its class is the sentence that people read."""

    code: ClassVar[str]
    reference: ClassVar[str]

    def holds(self, facts: Facts) -> bool:
        """Whether what the facts tell of keeps this rule."""
        raise NotImplementedError


def sentence_of(rule: object) -> str:
    """A rule's sentence, as people read it: its docstring on one line."""
    return " ".join((type(rule).__doc__ or "").split())

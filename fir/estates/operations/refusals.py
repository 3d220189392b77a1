"""Why an inventory is not taken in, or not taken up."""


class EstateRefused(ValueError):
    """The inventory could not be taken in; nothing of it was kept, and the estate is as it was."""


class SameFileAgain(EstateRefused):
    """The very file was sent before, and nothing came after it: there is nothing to do."""


class NotASupplier(PermissionError):
    """Only a Supplier has an estate."""


class NewerLoadStands(ValueError):
    """A load that was sent later is the estate already."""


class BaseReplaced(ValueError):
    """The estate that changes were sent for stands no more."""


class ReceptionUnderWay(RuntimeError):
    """Too many inventories are being received at this moment; nothing of this one was kept."""


class LoadNotHeld(ValueError):
    """Only a load that is held for its bad rows can be accepted or dropped."""

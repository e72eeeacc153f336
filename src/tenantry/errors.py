"""What can go wrong beyond a judgement: one root, and a leaf for each person who has to act."""


class TenantryError(Exception):
    """The root. `str()` is one sentence for a person; `hint` says what to do next, or is empty."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class CallerError(TenantryError):
    """The words of a call are off (a pattern that matches nothing, an option that doesn't fit); the caller mends it."""


class AuthorError(TenantryError):
    """Something that was written (a file, a folder) can't be used; its author mends it."""


class OperatorError(TenantryError):
    """The surroundings fail (a disk, a permission, an installation); whoever runs tenantry mends them."""


class PlanAgainError(TenantryError):
    """A saved plan isn't, or is no longer, what it claims to be; plan again."""


class BusyError(PlanAgainError):
    """Another process has the database; it may be tried again."""


class CollisionError(BusyError):
    """Somebody else wrote the same rows at the same moment; it may be tried again at once, with a new look."""


class CommitError(OperatorError):
    """The database failed while it committed; whether what was written is there has to be looked up."""


class UnknownError(OperatorError):
    """Whether what was written is there can't be told; somebody has to look later."""

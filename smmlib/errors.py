"""The base of all errors that the package raises on purpose, but for ValueError where a verb is called wrongly."""


class SmmlibError(Exception):
    """Something that the user can mend: parameters, tables, figures, claims or what stands in a folder."""

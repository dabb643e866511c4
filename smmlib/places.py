"""Where the package finds its notebooks and the parameters of the bundled studies."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
CHECKOUT = PACKAGE.parent


def is_checkout() -> bool:
    """Whether the package runs from its own repository."""
    return all((CHECKOUT / name).exists() for name in ("pyproject.toml", "notebooks", "params", "smmlib/places.py"))


def project_folder() -> Path:
    """Folder that holds `notebooks` and `params`: the repository, or what an installed package brings along."""
    return CHECKOUT if is_checkout() else PACKAGE / "bundled"


def reports_folder() -> Path:
    """Where reports go when no other folder is named: the repository's `reports`, or that of the working folder."""
    return CHECKOUT / "reports" if is_checkout() else Path("reports")


def params_file(name: str | Path) -> Path:
    """A parameters file from what was given for it: a path, or the name of a bundled study.

    Parameters
    ----------
    name : str or Path

    Returns
    -------
    Path
        The path as given, where there is no bundled study of that name either.
    """
    given, bundled = Path(name), project_folder() / "params" / f"{name}.yaml"
    return bundled if not given.exists() and given.name == str(name) and bundled.is_file() else given

"""The version of this distribution; the build and the command read it here."""

__all__ = ["__version__"]

__version__ = "0.1.0"

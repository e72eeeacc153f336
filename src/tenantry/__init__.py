"""Keep who holds which license of a Nimbus tenant in git, and see the effect before it happens."""

__version__ = "0.1.0"

"""A run as one page: a file of HTML that needs no network, and no script to be read."""

from verifier.report.html.page import page

__all__ = ["page"]

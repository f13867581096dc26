"""PDF documents (receipts, certificates, forms, reports) from a template file and data, with an embedded Chinese font.

`print_pdf(template, data)` for one document of a request; `render_pdf(template, data)` in a process for many.
docs/adr/0015 says why Typst. What a template may use stands in `prelude.typ` beside this file.
"""

from .render import TemplateFault, print_pdf, render_pdf

__all__ = ["TemplateFault", "print_pdf", "render_pdf"]

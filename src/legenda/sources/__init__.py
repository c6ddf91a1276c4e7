"""Bytes in, pages out: sniffing, pictures, PDF. The only place that knows pdfium and pikepdf; parsing runs in a sandboxed child."""

"""The catalog's files: imported, synchronized with decisions, rendered, published."""

"""The catalogue's files: imported, kept in step with decisions, rendered, published."""

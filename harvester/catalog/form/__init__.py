"""The form of a list: how it writes a paper, where its papers stand, and what stands around them."""

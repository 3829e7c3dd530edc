"""Small agents on real frameworks, one file each, with their tools beside them."""

# This reactor was moved.
# See the other file.

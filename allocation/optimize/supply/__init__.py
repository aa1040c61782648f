"""Stock that lines and slots share, portion by portion: check, cut, branch, pick.

See `routing.sourcing.supply` for what a problem says, and `search` for how it is solved.
"""

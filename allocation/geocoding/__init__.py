"""Where postal codes are that the offline index does not know: asked of a geocoder, if one is set.

Only country and postal code leave the server. Answers are kept for a while, also that there is
none; the geocoder is asked at most so often, and left alone for a while when it keeps failing.
What it says is checked for the country that was asked about, and never believed otherwise.
"""

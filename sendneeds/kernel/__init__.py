"""Arrays in, arrays out: numpy and scipy only. Time leads, lanes (draws, scenarios) are last."""

import numpy as _np

# The arrays of a block of draws are some megabytes each. By default glibc gives memory of that size back to the
# system at every release and takes it page by page again, at up to half of the time of a list. The release of one
# large array (never written to, so it costs nothing) raises that threshold for good; elsewhere it does nothing.
_np.empty(2**25 - 2**16, dtype=_np.uint8)
